/* In place of the kernels of the sources: the one that a finished library has chosen, through its
 * interface. */
#include "simd.h"

static int32_t key_of(uint32_t pattern)
{
    uint8_t key[4];
    memcpy(key, &pattern, 4);
    return (int32_t)((uint32_t)key[0] << 24 | (uint32_t)key[1] << 16 | (uint32_t)key[2] << 8
                     | key[3]);
}

static bool usable(void)
{
    return true;
}

static void mask(uint8_t *bytes, size_t length, uint32_t pattern)
{
    (void)vf_mask((int64_t)(intptr_t)bytes, (int32_t)length, key_of(pattern), 0);
}

static int32_t mask_text(uint8_t *bytes, size_t length, uint32_t pattern, int32_t state)
{
    return vf_mask_text((int64_t)(intptr_t)bytes, (int32_t)length, key_of(pattern), 0, state);
}

const struct simd simd_portable = {VF_SIMD_PORTABLE, usable, mask, mask_text};
const struct simd *const simd_candidates[] = {&simd_portable};

const struct simd *simd_chosen(void)
{
    static struct simd chosen;
    chosen = simd_portable;
    chosen.kind = vf_simd();
    return &chosen;
}
