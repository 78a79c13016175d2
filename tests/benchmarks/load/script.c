#include "script.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_MESSAGES = 16,
    CYCLE_BYTES_WISHED = 2 << 20, /* else the generator would measure its own cache misses */
    FIN = 0x80,
    MASK = 0x80
};

static const char ASCII[] =
    "The quick brown fox jumps over the lazy dog; 0123456789 {\"price\": 100.25, \"size\": 7}. ";

/* Scripts of two, three and four bytes a character, and ASCII between them. */
static const char MIXED[] =
    "Съешь ещё этих мягких французских булок, да выпей чаю. "
    "天地玄黄宇宙洪荒日月盈昃 mixed with some ASCII 😀🚀 Ζαφείρι δέξου πάγκαλο. ";

static uint32_t next_random(void)
{
    static uint64_t state = 0x9E3779B97F4A7C15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static int continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Text from any character of a sample on; a character that would be cut becomes ASCII. */
static void fill_text(uint8_t *payload, uint32_t size, const char *sample, size_t length,
                      uint32_t first)
{
    size_t from = first * 7 % length;
    while (continues((uint8_t)sample[from])) {
        from++;
    }
    uint32_t whole = 0;
    for (uint32_t i = 0; i < size; i++) {
        payload[i] = (uint8_t)sample[(from + i) % length];
        if (!continues((uint8_t)sample[(from + i + 1) % length])) {
            whole = i + 1;
        }
    }
    memset(payload + whole, 'x', size - whole);
}

static void fill(uint8_t *payload, uint32_t size, enum payload kind, uint32_t number)
{
    switch (kind) {
    case PAYLOAD_BINARY:
        for (uint32_t i = 0; i < size; i++) {
            payload[i] = (uint8_t)next_random();
        }
        break;
    case PAYLOAD_ASCII:
        fill_text(payload, size, ASCII, sizeof ASCII - 1, number);
        break;
    case PAYLOAD_MIXED:
        fill_text(payload, size, MIXED, sizeof MIXED - 1, number);
        break;
    }
}

static size_t put_frame(uint8_t *at, uint8_t opcode, const uint8_t *payload, uint32_t size)
{
    size_t length = 0;
    at[length++] = (uint8_t)(FIN | opcode);
    if (size <= 125) {
        at[length++] = (uint8_t)(MASK | size);
    } else if (size <= 0xFFFF) {
        at[length++] = MASK | 126;
        at[length++] = (uint8_t)(size >> 8);
        at[length++] = (uint8_t)size;
    } else {
        at[length++] = MASK | 127;
        for (int shift = 56; shift >= 0; shift -= 8) {
            at[length++] = (uint8_t)((uint64_t)size >> shift);
        }
    }
    uint8_t key[4];
    uint32_t random = next_random();
    memcpy(key, &random, sizeof key);
    memcpy(at + length, key, sizeof key);
    length += sizeof key;
    for (uint32_t i = 0; i < size; i++) {
        at[length + i] = payload[i] ^ key[i & 3];
    }
    return length + size;
}

struct script script_make(enum payload payload, uint32_t size, uint32_t batch)
{
    struct script script = {.size = size};
    script.opcode = payload == PAYLOAD_BINARY ? OPCODE_BINARY : OPCODE_TEXT;
    script.frame_bytes = (size <= 125 ? 2u : size <= 0xFFFF ? 4u : 10u) + 4 + size;
    uint32_t fitting = (uint32_t)(CYCLE_BYTES_WISHED / script.frame_bytes);
    script.messages = fitting < 2 ? 2 : fitting > MOST_MESSAGES ? MOST_MESSAGES : fitting;
    script.cycle_bytes = script.messages * script.frame_bytes;
    script.ring_bytes = script.cycle_bytes + batch * script.frame_bytes;
    script.ring = allocate(script.ring_bytes);
    script.payloads = allocate((size_t)script.messages * size);
    for (uint32_t i = 0; i < script.messages; i++) {
        uint8_t *bytes = script.payloads + (size_t)i * size;
        fill(bytes, size, payload, i);
        put_frame(script.ring + i * script.frame_bytes, script.opcode, bytes, size);
    }
    for (size_t at = script.cycle_bytes; at < script.ring_bytes; at++) {
        script.ring[at] = script.ring[at - script.cycle_bytes];
    }
    return script;
}

void script_free(struct script *script)
{
    free(script->ring);
    free(script->payloads);
}
