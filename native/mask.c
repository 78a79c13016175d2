/* Masking, RFC 6455 section 5.3; and the choice of the kernels. */
#include "simd.h"

#include <errno.h>

static const struct simd *chosen;

__attribute__((constructor)) static void choose(void)
{
    const struct simd *const *candidate = simd_candidates;
    while (!(*candidate)->usable()) {
        candidate++;
    }
    chosen = *candidate;
}

const struct simd *simd_chosen(void)
{
    return chosen;
}

const int32_t vf_abi = VF_ABI_VERSION;

int32_t vf_abi_version(void)
{
    return vf_abi;
}

int32_t vf_simd(void)
{
    return chosen->kind;
}

int32_t vf_layout(void)
{
    return (int32_t)(sizeof(struct vf_slot) | sizeof(struct vf_submission) << 8 |
                     sizeof(struct vf_completion) << 16);
}

static uint32_t pattern_of(int32_t key, int64_t offset)
{
    uint32_t wire = (uint32_t)key;
    uint8_t bytes[4] = {(uint8_t)(wire >> 24), (uint8_t)(wire >> 16), (uint8_t)(wire >> 8),
                        (uint8_t)wire};
    uint32_t pattern;
    memcpy(&pattern, bytes, 4);
    return pattern_after(pattern, (size_t)offset & 3);
}

int32_t vf_mask(int64_t address, int32_t length, int32_t key, int64_t offset)
{
    if (address == 0 || length < 0) {
        return -EINVAL;
    }
    chosen->mask((uint8_t *)(intptr_t)address, (size_t)length, pattern_of(key, offset));
    return 0;
}

int32_t vf_mask_text(int64_t address, int32_t length, int32_t key, int64_t offset, int32_t state)
{
    if (address == 0 || length < 0 || state < 0) {
        return UTF8_INVALID;
    }
    return chosen->mask_text((uint8_t *)(intptr_t)address, (size_t)length, pattern_of(key, offset),
                             state);
}
