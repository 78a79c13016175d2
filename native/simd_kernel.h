/*
 * The vector kernels, written once over the few operations that each simd_*.c defines before it
 * includes this file:
 *   vec, LANES                      a vector of LANES bytes
 *   load, store                     unaligned
 *   splat(byte), splat4(pattern)
 *   xor, or, and, subtract(a, b)    subtract saturates at 0
 *   high_nibbles(v)
 *   lookup(table, nibbles)          table: 16 bytes
 *   before1(v, previous), before2, before3    the bytes 1, 2, 3 places before those of v
 *   all_ascii(v), all_zero(v)
 *
 * UTF-8 is validated with the lookup algorithm of Keiser and Lemire, "Validating UTF-8 In Less Than
 * One Instruction Per Byte" (2021): three table lookups classify each pair of adjacent bytes, and
 * two saturating subtractions tell where a third or fourth byte must stand.
 */
#include "simd.h"

enum { BLOCK = 64, VECTORS = BLOCK / LANES };

/* What can be wrong with a pair of bytes: one bit each, set where all three lookups agree. */
enum {
    TOO_SHORT = 1 << 0,      /* a lead byte is followed by no continuation byte */
    TOO_LONG = 1 << 1,       /* an ASCII byte is followed by a continuation byte */
    OVERLONG_3 = 1 << 2,     /* E0 80..9F */
    TOO_LARGE = 1 << 3,      /* F4 90..BF, F5..FF */
    SURROGATE = 1 << 4,      /* ED A0..BF */
    OVERLONG_2 = 1 << 5,     /* C0, C1 */
    OVERLONG_4 = 1 << 6,     /* F0 80..8F */
    TOO_LARGE_1000 = 1 << 6, /* F5..FF 80..8F: shares the bit, the lead byte tells them apart */
    TWO_CONTINUATIONS = 1 << 7, /* in order only as third or fourth byte */
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS /* whatever the low nibble of the first byte */
};

static const uint8_t first_high[16] = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
    TOO_SHORT | OVERLONG_2,                              /* C */
    TOO_SHORT,                                           /* D */
    TOO_SHORT | OVERLONG_3 | SURROGATE,                  /* E */
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4, /* F */
};

static const uint8_t first_low[16] = {
    CARRY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, /* 0 */
    CARRY | OVERLONG_2,                           /* 1 */
    CARRY,
    CARRY,
    CARRY | TOO_LARGE, /* 4 */
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE, /* D */
    CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000,
};

enum { ANY_CONTINUATION = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS };

static const uint8_t second_high[16] = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    ANY_CONTINUATION | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4, /* 8 */
    ANY_CONTINUATION | OVERLONG_3 | TOO_LARGE,                   /* 9 */
    ANY_CONTINUATION | SURROGATE | TOO_LARGE,                    /* A */
    ANY_CONTINUATION | SURROGATE | TOO_LARGE,                    /* B */
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
};

/* Above these, the last three bytes of a block begin a character that the block does not end. */
static const uint8_t greatest_complete[32] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF,
};

static inline vec incomplete(vec last)
{
    return subtract(last, load(greatest_complete + sizeof greatest_complete - LANES));
}

/* Bytes that are not zero where `bytes` after `previous` is wrong. */
static inline vec errors_in(vec bytes, vec previous)
{
    vec one_before = before1(bytes, previous);
    vec pairs = and(and(lookup(first_high, high_nibbles(one_before)),
                        lookup(first_low, and(one_before, splat(0x0F)))),
                    lookup(second_high, high_nibbles(bytes)));
    vec third = subtract(before2(bytes, previous), splat(0xE0 - 0x80));
    vec fourth = subtract(before3(bytes, previous), splat(0xF0 - 0x80));
    return xor(and(or(third, fourth), splat(0x80)), pairs);
}

/* What is carried from block to block. */
struct scan {
    vec previous;
    vec unfinished;
    vec errors;
};

static inline void scan_block(struct scan *scan, const vec *block)
{
    vec any = block[0];
    for (int v = 1; v < VECTORS; v++) {
        any = or(any, block[v]);
    }
    if (all_ascii(any)) {
        scan->errors = or(scan->errors, scan->unfinished);
        scan->unfinished = splat(0);
    } else {
        scan->errors = or(scan->errors, errors_in(block[0], scan->previous));
        for (int v = 1; v < VECTORS; v++) {
            scan->errors = or(scan->errors, errors_in(block[v], block[v - 1]));
        }
        scan->unfinished = incomplete(block[VECTORS - 1]);
    }
    scan->previous = block[VECTORS - 1];
}

static void mask(uint8_t *bytes, size_t length, uint32_t pattern)
{
    if (length < LANES) {
        simd_portable.mask(bytes, length, pattern);
        return;
    }
    /* The last vector overlaps the one before it, so its bytes are fetched before they change. */
    uint8_t *last = bytes + length - LANES;
    vec tail = load(last);
    vec key = splat4(pattern);
    size_t i = 0;
    for (; i + BLOCK <= length; i += BLOCK) {
        for (int v = 0; v < VECTORS; v++) {
            uint8_t *at = bytes + i + v * LANES;
            store(at, xor(load(at), key));
        }
    }
    for (; i + LANES <= length; i += LANES) {
        store(bytes + i, xor(load(bytes + i), key));
    }
    store(last, xor(tail, splat4(pattern_after(pattern, length - LANES))));
}

/* The state after well-formed bytes, of which the last character may be unfinished. */
static int32_t state_after(const uint8_t *end)
{
    int length = end[-1] >= 0xC0 ? 1 : end[-2] >= 0xE0 ? 2 : end[-3] >= 0xF0 ? 3 : 0;
    int32_t state = UTF8_COMPLETE;
    for (int i = length; i > 0 && state != UTF8_INVALID; i--) {
        state = utf8_step(state, end[-i]);
    }
    return state;
}

/* At least two blocks, beginning between characters. */
static int32_t mask_text_blocks(uint8_t *bytes, size_t length, uint32_t pattern)
{
    uint8_t *last = bytes + length - BLOCK;
    vec block[VECTORS];
    vec tail[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        tail[v] = load(last + v * LANES);
    }
    vec key = splat4(pattern);
    struct scan scan = {splat(0), splat(0), splat(0)};
    uint8_t *at = bytes;
    for (; at <= last; at += BLOCK) {
        for (int v = 0; v < VECTORS; v++) {
            block[v] = xor(load(at + v * LANES), key);
            store(at + v * LANES, block[v]);
        }
        scan_block(&scan, block);
    }
    if (at != last + BLOCK) {
        /* As in mask(), with what precedes the overlapping block as it has been unmasked. */
        key = splat4(pattern_after(pattern, (size_t)(last - bytes)));
        scan.previous = load(last - LANES);
        scan.unfinished = incomplete(scan.previous);
        for (int v = 0; v < VECTORS; v++) {
            block[v] = xor(tail[v], key);
            store(last + v * LANES, block[v]);
        }
        scan_block(&scan, block);
    }
    return all_zero(scan.errors) ? state_after(bytes + length) : UTF8_INVALID;
}

static int32_t mask_text(uint8_t *bytes, size_t length, uint32_t pattern, int32_t state)
{
    if (length < 2 * BLOCK + 3) {
        return simd_portable.mask_text(bytes, length, pattern, state);
    }
    uint8_t key[4];
    memcpy(key, &pattern, 4);
    size_t i = 0;
    for (; state > UTF8_COMPLETE; i++) {
        bytes[i] ^= key[i & 3];
        state = utf8_step(state, bytes[i]);
    }
    return state == UTF8_INVALID
               ? state
               : mask_text_blocks(bytes + i, length - i, pattern_after(pattern, i));
}
