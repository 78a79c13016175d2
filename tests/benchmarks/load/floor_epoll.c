/* The floor on epoll: wait, receive, unmask, send; level-triggered, one thread, one buffer. */
#include "floor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Whether the connection goes on. Nothing more is read until what is left has been sent. */
static int send_reply(struct connection *connection, const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return 1;
    }
    ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        return 0;
    }
    size_t taken = sent < 0 ? 0 : (size_t)sent;
    if (taken < length) {
        pending_append(&connection->out, bytes + taken, length - taken);
        watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
    }
    return 1;
}

static int send_pending(struct connection *connection)
{
    ssize_t sent = send(connection->fd, connection->out.bytes + connection->out.start,
                        connection->out.length, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN;
    }
    pending_drop(&connection->out, (size_t)sent);
    if (connection->out.length == 0) {
        watch(EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
    }
    return 1;
}

static int upgrade(struct connection *connection, const uint8_t *bytes, size_t length)
{
    size_t head = floor_head_bytes(bytes, length);
    connection->upgraded = head > 0;
    pending_keep(&connection->in, bytes + head, length - head, 0);
    return head == 0 || send_reply(connection, (const uint8_t *)FLOOR_ANSWER, FLOOR_ANSWER_BYTES);
}

static int echo_frames(struct connection *connection, uint8_t *bytes, size_t length)
{
    struct echo echo = floor_echo(bytes, length);
    int goes_on = send_reply(connection, echo.reply, echo.reply_bytes) && !echo.over;
    pending_keep(&connection->in, bytes + echo.consumed, length - echo.consumed, echo.expected);
    return goes_on;
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
    int listener = floor_listen(argc, argv);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        floor_fail("epoll_create1", errno);
    }
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll, ready, READY_MAX, -1);
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
