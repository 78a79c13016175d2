#include "deflate.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW_BITS = 15, MEMORY_LEVEL = 8, TAIL_BYTES = 4, PIECE_BYTES = 16 << 10 };

/* What a flush ends with, and a sender leaves out: RFC 7692 §7.2.1. */
static const uint8_t TAIL[TAIL_BYTES] = {0x00, 0x00, 0xFF, 0xFF};

struct inflater {
    z_stream stream;
    int keeps_context;
    uint8_t piece[PIECE_BYTES];
};

int deflate_is_there(void)
{
    return 1;
}

size_t deflate_bound(size_t length)
{
    return compressBound((uLong)length) + TAIL_BYTES + 16;
}

size_t deflate_message(const uint8_t *message, size_t length, uint8_t *at, size_t capacity)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return 0;
    }
    stream.next_in = (Bytef *)(uintptr_t)message;
    stream.avail_in = (uInt)length;
    stream.next_out = at;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_SYNC_FLUSH);
    size_t written = capacity - stream.avail_out;
    deflateEnd(&stream);
    int whole = result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0;
    return whole && written > TAIL_BYTES ? written - TAIL_BYTES : 0;
}

struct inflater *inflater_new(int keeps_context)
{
    struct inflater *inflater = allocate(sizeof *inflater);
    inflater->keeps_context = keeps_context;
    if (inflateInit2(&inflater->stream, -WINDOW_BITS) != Z_OK) {
        abort();
    }
    return inflater;
}

void inflater_free(struct inflater *inflater)
{
    if (inflater != NULL) {
        inflateEnd(&inflater->stream);
        free(inflater);
    }
}

int64_t inflater_compare(struct inflater *inflater, const uint8_t *part, size_t length,
                         const uint8_t *expected, size_t expected_length)
{
    z_stream *stream = &inflater->stream;
    size_t compared = 0;
    stream->next_in = (Bytef *)(uintptr_t)part;
    stream->avail_in = (uInt)length;
    do {
        stream->next_out = inflater->piece;
        stream->avail_out = sizeof inflater->piece;
        int result = inflate(stream, Z_SYNC_FLUSH);
        if (result != Z_OK && result != Z_BUF_ERROR) {
            return -1;
        }
        size_t inflated = sizeof inflater->piece - stream->avail_out;
        if (inflated > expected_length - compared ||
            memcmp(inflater->piece, expected + compared, inflated) != 0) {
            return -1;
        }
        compared += inflated;
    } while (stream->avail_out == 0);
    return stream->avail_in == 0 ? (int64_t)compared : -1;
}

int64_t inflater_end(struct inflater *inflater, const uint8_t *expected, size_t expected_length)
{
    int64_t compared =
        inflater_compare(inflater, TAIL, sizeof TAIL, expected, expected_length);
    if (!inflater->keeps_context) {
        inflateReset(&inflater->stream);
    }
    return compared;
}
