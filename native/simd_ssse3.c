/* Kernels for x86-64 with SSSE3; compiled with -mssse3, entered only where the CPU has it. */
#include <stdint.h>
#include <tmmintrin.h>

typedef __m128i vec;
enum { LANES = 16 };

static inline vec load(const uint8_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store(uint8_t *to, vec v)
{
    _mm_storeu_si128((__m128i *)(void *)to, v);
}

static inline vec splat(int byte)
{
    return _mm_set1_epi8((char)byte);
}

static inline vec splat4(uint32_t pattern)
{
    return _mm_set1_epi32((int)pattern);
}

static inline vec xor(vec a, vec b)
{
    return _mm_xor_si128(a, b);
}

static inline vec or(vec a, vec b)
{
    return _mm_or_si128(a, b);
}

static inline vec and(vec a, vec b)
{
    return _mm_and_si128(a, b);
}

static inline vec subtract(vec a, vec b)
{
    return _mm_subs_epu8(a, b);
}

static inline vec high_nibbles(vec v)
{
    return and(_mm_srli_epi16(v, 4), splat(0x0F));
}

static inline vec lookup(const uint8_t *table, vec nibbles)
{
    return _mm_shuffle_epi8(load(table), nibbles);
}

static inline vec before1(vec v, vec previous)
{
    return _mm_alignr_epi8(v, previous, 15);
}

static inline vec before2(vec v, vec previous)
{
    return _mm_alignr_epi8(v, previous, 14);
}

static inline vec before3(vec v, vec previous)
{
    return _mm_alignr_epi8(v, previous, 13);
}

static inline int all_ascii(vec v)
{
    return _mm_movemask_epi8(v) == 0;
}

static inline int all_zero(vec v)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) == 0xFFFF;
}

#include "simd_kernel.h"
#include "simd_x86.h"

static bool usable(void)
{
    return cpu_has_ssse3();
}

const struct simd simd_ssse3 = {VF_SIMD_SSSE3, usable, mask, mask_text};
