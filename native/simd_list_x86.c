/* What an x86-64 CPU can do, asked of itself: not every compiler's runtime library answers it. */
#include "simd_x86.h"

#include "simd.h"

#include <cpuid.h>

const struct simd *const simd_candidates[] = {&simd_avx2, &simd_ssse3, &simd_portable};

bool cpu_has_ssse3(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3);
}

/* Whether the system keeps the upper halves of the registers, too. */
static bool keeps_avx_registers(void)
{
    enum { SSE = 2, AVX = 4 };
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) {
        return false;
    }
    unsigned kept;
    unsigned upper;
    __asm__ volatile("xgetbv" : "=a"(kept), "=d"(upper) : "c"(0));
    return (kept & (SSE | AVX)) == (SSE | AVX);
}

bool cpu_has_avx2(void)
{
    unsigned a, b, c, d;
    return keeps_avx_registers() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2);
}
