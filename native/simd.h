/* The kernels for masking and UTF-8, one set per instruction set, chosen when the library loads. */
#ifndef VOLFRAM_SIMD_H
#define VOLFRAM_SIMD_H

#include "volfram.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A pattern is the masking key as it lies in memory, turned so that its first byte meets the first
 * payload byte.
 */
struct simd {
    int32_t kind; /* enum vf_simd_kind */
    bool (*usable)(void);
    void (*mask)(uint8_t *bytes, size_t length, uint32_t pattern);
    /* Unmasks and validates; see vf_mask_text. */
    int32_t (*mask_text)(uint8_t *bytes, size_t length, uint32_t pattern, int32_t state);
};

/* The sets that were compiled for this architecture, best first; the last is the portable one. */
extern const struct simd *const simd_candidates[];

extern const struct simd simd_portable;
extern const struct simd simd_ssse3;
extern const struct simd simd_avx2;
extern const struct simd simd_neon;

/* The best usable set. */
const struct simd *simd_chosen(void);

enum { UTF8_COMPLETE = 0, UTF8_INVALID = -1 };

/* The state inside a character: missing continuation bytes, and the range of the next byte. */
#define UTF8_STATE(missing, lowest, highest) ((missing) | (lowest) << 8 | (highest) << 16)

/* The state after one more byte; the state before is not UTF8_INVALID. (RFC 3629, section 4) */
static inline int32_t utf8_step(int32_t state, uint8_t byte)
{
    if (state != UTF8_COMPLETE) {
        if (byte < (state >> 8 & 0xFF) || byte > (state >> 16 & 0xFF)) {
            return UTF8_INVALID;
        }
        int32_t missing = (state & 3) - 1;
        return missing == 0 ? UTF8_COMPLETE : UTF8_STATE(missing, 0x80, 0xBF);
    }
    if (byte < 0x80) {
        return UTF8_COMPLETE;
    }
    if (byte < 0xC2 || byte > 0xF4) {
        return UTF8_INVALID;
    }
    if (byte < 0xE0) {
        return UTF8_STATE(1, 0x80, 0xBF);
    }
    if (byte < 0xF0) {
        return UTF8_STATE(2, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF);
    }
    return UTF8_STATE(3, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF);
}

/* The pattern for the bytes that follow `count` others. */
static inline uint32_t pattern_after(uint32_t pattern, size_t count)
{
    uint8_t from[4];
    uint8_t to[4];
    memcpy(from, &pattern, 4);
    for (size_t i = 0; i < 4; i++) {
        to[i] = from[(i + count) & 3];
    }
    memcpy(&pattern, to, 4);
    return pattern;
}

#endif
