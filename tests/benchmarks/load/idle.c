/*
 * Idle connections: what each costs the server in memory. The first half is opened twice, and
 * closed in between, so that the second half does not pay for what a server needs but once, for
 * opening and for closing: classes, tables, the blocks that an allocator takes at a time.
 */
#include "clock.h"
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "process.h"
#include "report.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PING = 0x89, PONG = 0x8A, MASK = 0x80, HEADER_BYTES = 2, KEY_BYTES = 4, PAYLOAD_MAX = 125 };

enum { CLOSE_MILLIS = 5000 };

/* Short, so that pongs come one by one, as pings do: many at once make a server's tables grow. */
static const uint64_t ATTENTION = NANOS_PER_SECOND / 10;

struct idlers {
    int *fds;
    uint32_t open;
    uint64_t seen; /* when they were looked after */
};

/* Answers a server that asks whether we are still there; the key is one of zeros. */
static void answer_ping(int fd)
{
    uint8_t ping[HEADER_BYTES + PAYLOAD_MAX];
    ssize_t received = recv(fd, ping, sizeof ping, MSG_DONTWAIT);
    if (received < HEADER_BYTES || ping[0] != PING || received != HEADER_BYTES + ping[1]) {
        return; /* nothing, or something else: then the server will drop us, and that is counted */
    }
    uint8_t pong[HEADER_BYTES + KEY_BYTES + PAYLOAD_MAX] = {PONG, (uint8_t)(MASK | ping[1])};
    memcpy(pong + HEADER_BYTES + KEY_BYTES, ping + HEADER_BYTES, ping[1]);
    (void)!send(fd, pong, (size_t)(HEADER_BYTES + KEY_BYTES + ping[1]), MSG_NOSIGNAL);
}

static void look_after(struct idlers *idlers)
{
    if (now() - idlers->seen < ATTENTION) {
        return;
    }
    for (uint32_t i = 0; i < idlers->open; i++) {
        answer_ping(idlers->fds[i]);
    }
    idlers->seen = now();
}

static void open_until(struct idlers *idlers, uint32_t count, const struct options *options)
{
    while (idlers->open < count) {
        idlers->fds[idlers->open] = connection_open(options, idlers->open, NULL);
        idlers->open++;
        look_after(idlers);
    }
}

/* Until the server has closed them, too: then nothing of them is left that belongs to the next. */
static void close_all(struct idlers *idlers)
{
    for (uint32_t i = 0; i < idlers->open; i++) {
        shutdown(idlers->fds[i], SHUT_WR);
    }
    for (uint32_t i = 0; i < idlers->open; i++) {
        struct pollfd state = {.fd = idlers->fds[i], .events = POLLIN};
        uint8_t rest[HEADER_BYTES + PAYLOAD_MAX];
        while (poll(&state, 1, CLOSE_MILLIS) == 1 &&
               recv(idlers->fds[i], rest, sizeof rest, MSG_DONTWAIT) > 0) {
        }
        close(idlers->fds[i]);
    }
    idlers->open = 0;
}

/* Says how many there are, and goes on when a line comes. */
static void await_line(struct idlers *idlers)
{
    report_open(idlers->open);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, (int)(ATTENTION / 1000000)) == 0) {
        look_after(idlers);
    }
    char byte;
    while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
    }
}

static uint32_t still_open(const int *fds, uint32_t count)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct pollfd state = {.fd = fds[i], .events = POLLRDHUP};
        open += poll(&state, 1, 0) == 0;
    }
    return open;
}

int idle(const struct options *options)
{
    uint32_t all = options->connections;
    uint32_t half = all / 2;
    struct idlers idlers = {.fds = allocate(all * sizeof(int)), .seen = now()};
    connection_raise_limit(all);
    open_until(&idlers, half, options);
    close_all(&idlers);
    await_line(&idlers);
    open_until(&idlers, half, options);
    await_line(&idlers);
    uint64_t before = process_resident_bytes(options->pid);
    open_until(&idlers, all, options);
    await_line(&idlers);
    uint64_t after = process_resident_bytes(options->pid);
    uint32_t lost = all - still_open(idlers.fds, all);
    printf("{\"mode\":\"idle\",\"connections\":%" PRIu32 ",\"resident_before\":%" PRIu64
           ",\"resident_after\":%" PRIu64 ",\"resident_bytes_per_connection\":%.1f"
           ",\"errors\":%" PRIu32 "}\n",
           all, before, after, ((double)after - (double)before) / (double)(all - half), lost);
    for (uint32_t i = 0; i < all; i++) {
        close(idlers.fds[i]);
    }
    free(idlers.fds);
    return lost == 0 ? 0 : 1;
}
