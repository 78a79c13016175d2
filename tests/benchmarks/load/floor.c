#include "floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    FIN = 0x80,
    OPCODE = 0x0F,
    CLOSE = 8,
    LENGTH = 0x7F,
    KEY_BYTES = 4,
    BACKLOG = 4096,
    LEAST_ROOM = 4096
};

const char FLOOR_ANSWER[] = "HTTP/1.1 101 Switching Protocols\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                            "\r\n";
const size_t FLOOR_ANSWER_BYTES = sizeof FLOOR_ANSWER - 1;

void floor_fail(const char *call, int error)
{
    fprintf(stderr, "%s: %s\n", call, strerror(error));
    exit(1);
}

static void reserve(struct pending *pending, size_t capacity)
{
    if (pending->capacity < capacity) {
        uint8_t *grown = realloc(pending->bytes, capacity);
        if (grown == NULL) {
            floor_fail("realloc", ENOMEM);
        }
        pending->bytes = grown;
        pending->capacity = capacity;
    }
}

void pending_append(struct pending *pending, const uint8_t *bytes, size_t length)
{
    size_t end = pending->start + pending->length;
    if (pending->capacity < end + length) {
        reserve(pending, 2 * (end + length));
    }
    memcpy(pending->bytes + end, bytes, length);
    pending->length += length;
}

void pending_drop(struct pending *pending, size_t length)
{
    pending->start += length;
    pending->length -= length;
    if (pending->length == 0) {
        free(pending->bytes);
        *pending = (struct pending){0};
    }
}

void pending_keep(struct pending *pending, const uint8_t *bytes, size_t length, size_t expected)
{
    if (length == 0) {
        pending_drop(pending, pending->length);
        return;
    }
    /* The bytes may be its own: they move before the memory does. */
    if (pending->bytes != NULL && bytes >= pending->bytes &&
        bytes < pending->bytes + pending->capacity) {
        memmove(pending->bytes, bytes, length);
        bytes = NULL;
    }
    reserve(pending, expected > length ? expected : length + LEAST_ROOM);
    if (bytes != NULL) {
        memcpy(pending->bytes, bytes, length);
    }
    pending->start = 0;
    pending->length = length;
}

/* From `from` to `to`, which may be the same or lie before it. */
static void unmask(uint8_t *to, const uint8_t *from, size_t length, const uint8_t *key)
{
    uint64_t pattern;
    memcpy(&pattern, key, KEY_BYTES);
    memcpy((uint8_t *)&pattern + KEY_BYTES, key, KEY_BYTES);
    size_t at = 0;
    for (; at + sizeof pattern <= length; at += sizeof pattern) {
        uint64_t word;
        memcpy(&word, from + at, sizeof word);
        word ^= pattern;
        memcpy(to + at, &word, sizeof word);
    }
    for (; at < length; at++) {
        to[at] = from[at] ^ key[at & 3];
    }
}

struct echo floor_echo(uint8_t *bytes, size_t length)
{
    struct echo echo = {.reply = bytes};
    uint8_t *at = bytes;
    uint8_t *end = bytes + length;
    uint8_t *out = bytes;
    while (end - at >= 2) {
        uint8_t first = at[0];
        size_t payload = at[1] & LENGTH;
        size_t head = payload < 126 ? 2 : payload == 126 ? 4 : 10;
        if ((size_t)(end - at) < head + KEY_BYTES) {
            break;
        }
        if (payload >= 126) {
            payload = 0;
            for (size_t i = 2; i < head; i++) {
                payload = payload << 8 | at[i];
            }
        }
        echo.expected = head + KEY_BYTES + payload;
        if ((size_t)(end - at) < echo.expected) {
            break;
        }
        uint8_t key[KEY_BYTES];
        memcpy(key, at + head, KEY_BYTES);
        uint8_t *data = at + head + KEY_BYTES;
        if (out == bytes) {
            out = data - head; /* nothing moves where there is but one frame */
            echo.reply = out;
        }
        memmove(out, at, head);
        out[1] &= LENGTH;
        unmask(out + head, data, payload, key);
        out += head + payload;
        at = data + payload;
        echo.expected = 0;
        if ((first & OPCODE) == CLOSE) {
            echo.over = 1;
            break;
        }
    }
    echo.consumed = (size_t)(at - bytes);
    echo.reply_bytes = (size_t)(out - echo.reply);
    return echo;
}

size_t floor_head_bytes(const uint8_t *bytes, size_t length)
{
    const uint8_t *found = memmem(bytes, length, "\r\n\r\n", 4);
    return found == NULL ? 0 : (size_t)(found + 4 - bytes);
}

int floor_listen(const char *port)
{
    long number = strtol(port, NULL, 10);
    if (number < 1 || number > 65535) {
        fprintf(stderr, "expected a port, 1 to 65535, got %s\n", port);
        exit(2);
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    /* Buffers of a megabyte come and go: not by a system call and a page fault each. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, BACKLOG) < 0) {
        floor_fail("listen", errno);
    }
    return fd;
}

void floor_accepted(int fd)
{
    int on = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) {
        floor_fail("TCP_NODELAY", errno);
    }
}
