#include "script.h"

#include "deflate.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_MESSAGES = 16,
    CYCLE_BYTES_WISHED = 2 << 20, /* else the generator would measure its own cache misses */
    FIN = 0x80,
    COMPRESSED = 0x40,
    HEADER_BYTES = 14,
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

/* An array of orders with numbers of their own, and white space up to the size. */
static void fill_json(uint8_t *payload, uint32_t size)
{
    memset(payload, ' ', size);
    char order[160];
    uint32_t at = 0;
    for (;;) {
        uint32_t random = next_random();
        int length = snprintf(order, sizeof order,
                              "%c{\"id\":%u,\"symbol\":\"%s\",\"side\":\"%s\",\"price\":%u.%02u,"
                              "\"quantity\":%u}",
                              at == 0 ? '[' : ',', random, random & 1 ? "ACME" : "VOLF",
                              random & 2 ? "buy" : "sell", 90 + random % 20, random / 32 % 100,
                              100 * (1 + random % 50));
        if (at + (uint32_t)length + 1 > size) {
            break;
        }
        memcpy(payload + at, order, (size_t)length);
        at += (uint32_t)length;
    }
    if (at > 0) {
        payload[at] = ']';
    }
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
    case PAYLOAD_JSON:
        fill_json(payload, size);
        break;
    }
}

static size_t put_frame(uint8_t *at, uint8_t first, const uint8_t *payload, size_t size)
{
    size_t length = 0;
    at[length++] = first;
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

/* One message of the script, as it is sent. Returns its length. */
static size_t put_message(uint8_t *at, uint8_t opcode, const uint8_t *message, uint32_t size,
                          enum deflate deflate)
{
    if (deflate == DEFLATE_NONE) {
        return put_frame(at, (uint8_t)(FIN | opcode), message, size);
    }
    size_t capacity = deflate_bound(size);
    uint8_t *compressed = allocate(capacity);
    size_t length = deflate_message(message, size, compressed, capacity);
    if (length == 0) {
        fputs("volfram-load: zlib does not compress\n", stderr);
        exit(2);
    }
    length = put_frame(at, (uint8_t)(FIN | COMPRESSED | opcode), compressed, length);
    free(compressed);
    return length;
}

struct script script_make(const struct options *options, uint32_t batch)
{
    uint32_t size = options->size;
    struct script script = {.size = size};
    script.opcode = options->payload == PAYLOAD_BINARY ? OPCODE_BINARY : OPCODE_TEXT;
    size_t longest =
        HEADER_BYTES + (options->deflate == DEFLATE_NONE ? size : deflate_bound(size));
    uint32_t fitting = (uint32_t)(CYCLE_BYTES_WISHED / longest);
    script.messages = fitting < 2 ? 2 : fitting > MOST_MESSAGES ? MOST_MESSAGES : fitting;
    script.ring = allocate((script.messages + batch) * longest);
    script.frames = allocate((script.messages + 1) * sizeof *script.frames);
    script.payloads = allocate((size_t)script.messages * size);
    for (uint32_t i = 0; i < script.messages; i++) {
        uint8_t *message = script.payloads + (size_t)i * size;
        fill(message, size, options->payload, i);
        script.frames[i + 1] = script.frames[i] + put_message(script.ring + script.frames[i],
                                                              script.opcode, message, size,
                                                              options->deflate);
    }
    script.cycle_bytes = script.frames[script.messages];
    script.ring_bytes = script.cycle_bytes + script_bytes(&script, 0, batch);
    for (size_t at = script.cycle_bytes; at < script.ring_bytes; at++) {
        script.ring[at] = script.ring[at - script.cycle_bytes];
    }
    return script;
}

size_t script_bytes(const struct script *script, uint32_t first, uint32_t messages)
{
    uint32_t end = first + messages;
    return end / script->messages * script->cycle_bytes + script->frames[end % script->messages] -
           script->frames[first];
}

void script_free(struct script *script)
{
    free(script->ring);
    free(script->frames);
    free(script->payloads);
}
