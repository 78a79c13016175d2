/* Kernels for x86-64 with AVX2; compiled with -mavx2, entered only where the CPU has it. */
#include <immintrin.h>
#include <stdint.h>

typedef __m256i vec;
enum { LANES = 32 };

static inline vec load(const uint8_t *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

static inline void store(uint8_t *to, vec v)
{
    _mm256_storeu_si256((__m256i *)(void *)to, v);
}

static inline vec splat(int byte)
{
    return _mm256_set1_epi8((char)byte);
}

static inline vec splat4(uint32_t pattern)
{
    return _mm256_set1_epi32((int)pattern);
}

static inline vec xor(vec a, vec b)
{
    return _mm256_xor_si256(a, b);
}

static inline vec or(vec a, vec b)
{
    return _mm256_or_si256(a, b);
}

static inline vec and(vec a, vec b)
{
    return _mm256_and_si256(a, b);
}

static inline vec subtract(vec a, vec b)
{
    return _mm256_subs_epu8(a, b);
}

static inline vec high_nibbles(vec v)
{
    return and(_mm256_srli_epi16(v, 4), splat(0x0F));
}

static inline vec lookup(const uint8_t *table, vec nibbles)
{
    __m128i half = _mm_loadu_si128((const __m128i *)(const void *)table);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), nibbles);
}

/* The upper half of previous and the lower half of v, to shift in from. */
static inline vec straddle(vec v, vec previous)
{
    return _mm256_permute2x128_si256(previous, v, 0x21);
}

static inline vec before1(vec v, vec previous)
{
    return _mm256_alignr_epi8(v, straddle(v, previous), 15);
}

static inline vec before2(vec v, vec previous)
{
    return _mm256_alignr_epi8(v, straddle(v, previous), 14);
}

static inline vec before3(vec v, vec previous)
{
    return _mm256_alignr_epi8(v, straddle(v, previous), 13);
}

static inline int all_ascii(vec v)
{
    return _mm256_movemask_epi8(v) == 0;
}

static inline int all_zero(vec v)
{
    return _mm256_testz_si256(v, v);
}

#include "simd_kernel.h"
#include "simd_x86.h"

static bool usable(void)
{
    return cpu_has_avx2();
}

const struct simd simd_avx2 = {VF_SIMD_AVX2, usable, mask, mask_text};
