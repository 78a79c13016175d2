/* Kernels for 64-bit ARM, all of which have NEON. */
#include <arm_neon.h>
#include <stdint.h>

typedef uint8x16_t vec;
enum { LANES = 16 };

static inline vec load(const uint8_t *from)
{
    return vld1q_u8(from);
}

static inline void store(uint8_t *to, vec v)
{
    vst1q_u8(to, v);
}

static inline vec splat(int byte)
{
    return vdupq_n_u8((uint8_t)byte);
}

static inline vec splat4(uint32_t pattern)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(pattern));
}

static inline vec xor(vec a, vec b)
{
    return veorq_u8(a, b);
}

static inline vec or(vec a, vec b)
{
    return vorrq_u8(a, b);
}

static inline vec and(vec a, vec b)
{
    return vandq_u8(a, b);
}

static inline vec subtract(vec a, vec b)
{
    return vqsubq_u8(a, b);
}

static inline vec high_nibbles(vec v)
{
    return vshrq_n_u8(v, 4);
}

static inline vec lookup(const uint8_t *table, vec nibbles)
{
    return vqtbl1q_u8(load(table), nibbles);
}

static inline vec before1(vec v, vec previous)
{
    return vextq_u8(previous, v, 15);
}

static inline vec before2(vec v, vec previous)
{
    return vextq_u8(previous, v, 14);
}

static inline vec before3(vec v, vec previous)
{
    return vextq_u8(previous, v, 13);
}

static inline int all_ascii(vec v)
{
    return vmaxvq_u8(v) < 0x80;
}

static inline int all_zero(vec v)
{
    return vmaxvq_u8(v) == 0;
}

#include "simd_kernel.h"

static bool usable(void)
{
    return true;
}

const struct simd simd_neon = {VF_SIMD_NEON, usable, mask, mask_text};
