/* The floor on epoll: wait, receive, unmask, send; level-triggered, one thread, one buffer. */
#include "floor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READY_MAX = 1024, BUFFER_BYTES = 512 * 1024 };

struct connection {
    int fd;
    int upgraded;
    struct pending in;
    struct pending out;
};

static int epoll;
static uint8_t buffer[BUFFER_BYTES];

static void watch(int operation, int fd, uint32_t events, void *pointer)
{
    struct epoll_event event = {.events = events, .data.ptr = pointer};
    if (epoll_ctl(epoll, operation, fd, &event) < 0) {
        floor_fail("epoll_ctl", errno);
    }
}

static void end(struct connection *connection)
{
    close(connection->fd);
    free(connection->in.bytes);
    free(connection->out.bytes);
    free(connection);
}

static void accept_all(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL) {
            floor_fail("calloc", ENOMEM);
        }
        connection->fd = fd;
        floor_accepted(fd);
        watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
}

/* How many bytes the kernel took, or -1 when the connection is broken. */
static ssize_t send_now(struct connection *connection, const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 0;
    }
    ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN ? 0 : -1;
    }
    return sent;
}

static int send_pending(struct connection *connection)
{
    struct pending *out = &connection->out;
    ssize_t sent = send_now(connection, out->bytes + out->start, out->length);
    if (sent < 0) {
        return 0;
    }
    pending_drop(out, (size_t)sent);
    if (out->length == 0) {
        watch(EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
    }
    return 1;
}

static int upgrade(struct connection *connection, const uint8_t *bytes, size_t length)
{
    size_t head = floor_head_bytes(bytes, length);
    connection->upgraded = head > 0;
    pending_keep(&connection->in, bytes + head, length - head, 0);
    ssize_t answer = (ssize_t)FLOOR_ANSWER_BYTES;
    return head == 0 ||
           send_now(connection, (const uint8_t *)FLOOR_ANSWER, FLOOR_ANSWER_BYTES) == answer;
}

/* Whether the connection goes on. Nothing more is read until what is left has been sent. */
static int echo_frames(struct connection *connection, uint8_t *bytes, size_t length)
{
    struct pending *in = &connection->in;
    struct pending *out = &connection->out;
    struct echo echo = floor_echo(bytes, length);
    ssize_t sent = send_now(connection, echo.reply, echo.reply_bytes);
    if (sent < 0 || echo.over) {
        return 0;
    }
    size_t left = echo.reply_bytes - (size_t)sent;
    if (left > 0) {
        watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
        if (in->length > 0 && echo.consumed == length) {
            *out = *in; /* the memory that a long frame was put together in */
            out->start = (size_t)(echo.reply + sent - bytes);
            out->length = left;
            *in = (struct pending){0};
            return 1;
        }
        pending_append(out, echo.reply + sent, left);
    }
    pending_keep(in, bytes + echo.consumed, length - echo.consumed, echo.expected);
    return 1;
}

/* Receives behind what is incomplete, else into the shared buffer. */
static int read_some(struct connection *connection)
{
    struct pending *in = &connection->in;
    uint8_t *bytes = in->length > 0 ? in->bytes : buffer;
    size_t capacity = in->length > 0 ? in->capacity : sizeof buffer;
    ssize_t received = recv(connection->fd, bytes + in->length, capacity - in->length, 0);
    if (received <= 0) {
        return received < 0 && errno == EAGAIN;
    }
    size_t length = in->length + (size_t)received;
    return connection->upgraded ? echo_frames(connection, bytes, length)
                                : upgrade(connection, bytes, length);
}

int main(int argc, char **argv)
{
    static struct epoll_event ready[READY_MAX];
    int spin = argc == 3 && strcmp(argv[2], "spin") == 0;
    if (argc != 2 + spin) {
        fputs("usage: floor-epoll PORT [spin]\n", stderr);
        return 2;
    }
    int listener = floor_listen(argv[1]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        floor_fail("epoll_create1", errno);
    }
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll, ready, READY_MAX, spin ? 0 : -1);
        if (count < 0 && errno != EINTR) {
            floor_fail("epoll_wait", errno);
        }
        for (int i = 0; i < count; i++) {
            struct connection *connection = ready[i].data.ptr;
            if (connection == NULL) {
                accept_all(listener);
            } else if (!(connection->out.length > 0 ? send_pending(connection)
                                                    : read_some(connection))) {
                end(connection);
            }
        }
    }
}
