/* Which instruction sets this CPU and its system have. Compiled without any of them. */
#ifndef VOLFRAM_SIMD_X86_H
#define VOLFRAM_SIMD_X86_H

#include <stdbool.h>

bool cpu_has_ssse3(void);
bool cpu_has_avx2(void);

#endif
