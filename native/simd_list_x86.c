#include "simd.h"

const struct simd *const simd_candidates[] = {&simd_avx2, &simd_ssse3, &simd_portable};
