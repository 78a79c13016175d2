/* The portable kernels; the compiler makes of the word loops what its target has. */
#include "simd.h"

enum {
    /* Unmasked and then validated, so that the second pass finds it in the first-level cache. */
    CHUNK_BYTES = 4096
};

static bool usable(void)
{
    return true;
}

static void mask(uint8_t *bytes, size_t length, uint32_t pattern)
{
    uint64_t pattern2 = (uint64_t)pattern << 32 | pattern;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        word ^= pattern2;
        memcpy(bytes + i, &word, 8);
    }
    uint8_t key[4];
    memcpy(key, &pattern, 4);
    for (; i < length; i++) {
        bytes[i] ^= key[i & 3];
    }
}

static bool is_ascii(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, 8);
    return (word & 0x8080808080808080u) == 0;
}

static int32_t validate(const uint8_t *bytes, size_t length, int32_t state)
{
    size_t i = 0;
    while (i < length && state != UTF8_INVALID) {
        if (state == UTF8_COMPLETE && i + 8 <= length && is_ascii(bytes + i)) {
            i += 8;
        } else {
            state = utf8_step(state, bytes[i++]);
        }
    }
    return state;
}

static int32_t mask_text(uint8_t *bytes, size_t length, uint32_t pattern, int32_t state)
{
    /* A chunk is a multiple of four bytes, so the pattern stays as it is. */
    for (size_t i = 0; i < length && state != UTF8_INVALID; i += CHUNK_BYTES) {
        size_t chunk = length - i < CHUNK_BYTES ? length - i : CHUNK_BYTES;
        mask(bytes + i, chunk, pattern);
        state = validate(bytes + i, chunk, state);
    }
    return state;
}

const struct simd simd_portable = {VF_SIMD_PORTABLE, usable, mask, mask_text};
