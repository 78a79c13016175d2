#include <stdint.h>

__attribute__((visibility("default"))) int32_t vf_abi_version(void);

int32_t vf_abi_version(void)
{
    return 999;
}
