#include "simd.h"

const struct simd *const simd_candidates[] = {&simd_neon, &simd_portable};
