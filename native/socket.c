/* Sockets: the system calls, and the translation of addresses. */
#include "loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
};

/* Returns the length of the result, or -EINVAL. */
static int to_system(const struct vf_address *from, union any_address *to)
{
    memset(to, 0, sizeof *to);
    if (from->port < 0 || from->port > 65535) {
        return -EINVAL;
    }
    switch (from->family) {
    case 4:
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons((uint16_t)from->port);
        memcpy(&to->v4.sin_addr, from->bytes, 4);
        return (int)sizeof to->v4;
    case 6:
        to->v6.sin6_family = AF_INET6;
        to->v6.sin6_port = htons((uint16_t)from->port);
        to->v6.sin6_scope_id = (uint32_t)from->scope;
        memcpy(&to->v6.sin6_addr, from->bytes, 16);
        return (int)sizeof to->v6;
    case 1:
        if (from->length < 1 || (size_t)from->length >= sizeof to->path.sun_path) {
            return -EINVAL;
        }
        to->path.sun_family = AF_UNIX;
        memcpy(to->path.sun_path, from->bytes, (size_t)from->length);
        return (int)offsetof(struct sockaddr_un, sun_path) + from->length + 1;
    default:
        return -EINVAL;
    }
}

static int from_system(const union any_address *from, socklen_t length, struct vf_address *to)
{
    memset(to, 0, sizeof *to);
    switch (from->any.sa_family) {
    case AF_INET:
        to->family = 4;
        to->port = ntohs(from->v4.sin_port);
        to->length = 4;
        memcpy(to->bytes, &from->v4.sin_addr, 4);
        return 0;
    case AF_INET6:
        to->family = 6;
        to->port = ntohs(from->v6.sin6_port);
        to->scope = (int32_t)from->v6.sin6_scope_id;
        to->length = 16;
        memcpy(to->bytes, &from->v6.sin6_addr, 16);
        return 0;
    case AF_UNIX: {
        size_t start = offsetof(struct sockaddr_un, sun_path);
        size_t bytes = length > start ? strnlen(from->path.sun_path, length - start) : 0;
        to->family = 1;
        to->length = (int32_t)bytes;
        memcpy(to->bytes, from->path.sun_path, bytes);
        return 0;
    }
    default:
        return -EAFNOSUPPORT;
    }
}

static int open_socket(int family)
{
    int fd = system_socket(family);
    return fd < 0 ? -errno : fd;
}

/* The slot for a new token, or NULL when it is out of range or taken. */
static struct vf_slot *free_slot(struct loop *loop, int64_t token)
{
    uint32_t index = (uint32_t)token;
    if (index >= (uint32_t)loop->slot_count || loop->slots[index].phase != VF_PHASE_FREE) {
        return NULL;
    }
    return &loop->slots[index];
}

static int occupy(struct loop *loop, struct vf_slot *slot, int64_t token, int fd, int phase)
{
    *slot = (struct vf_slot){.token = token, .fd = fd, .wanted = VF_READ, .phase = (uint8_t)phase};
    int result = loop_arm(loop, slot);
    if (result < 0) {
        slot->phase = VF_PHASE_FREE;
    }
    return result;
}

static int bind_and_listen(int fd, const union any_address *address, int length, int backlog,
                           int reuse_port)
{
    int on = 1;
    int off = 0;
    if (address->any.sa_family != AF_UNIX &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) {
        return -errno;
    }
    if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) {
        return -errno;
    }
    if (address->any.sa_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (bind(fd, &address->any, (socklen_t)length) < 0 || listen(fd, backlog) < 0) {
        return -errno;
    }
    return 0;
}

int32_t vf_listen(int64_t handle, int64_t token, int64_t address, int32_t backlog,
                  int32_t reusePort)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    if (loop == NULL || address == 0) {
        return -EINVAL;
    }
    union any_address system;
    struct vf_slot *slot = free_slot(loop, token);
    int length = to_system((const struct vf_address *)(intptr_t)address, &system);
    if (slot == NULL || length < 0) {
        return -EINVAL;
    }
    int fd = open_socket(system.any.sa_family);
    if (fd < 0) {
        return system_result(fd);
    }
    int result = bind_and_listen(fd, &system, length, backlog, reusePort);
    if (result == 0) {
        result = occupy(loop, slot, token, fd, VF_PHASE_LISTENING);
    }
    if (result < 0) {
        close(fd);
    }
    return system_result(result);
}

int32_t vf_connect(int64_t handle, int64_t token, int64_t address, int32_t receiveBytes,
                   int32_t sendBytes, int32_t tcpNoDelay, int32_t busyPollMicros)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    if (loop == NULL || address == 0 || receiveBytes < 0 || sendBytes < 0 || busyPollMicros < 0) {
        return -EINVAL;
    }
    union any_address system;
    struct vf_slot *slot = free_slot(loop, token);
    int length = to_system((const struct vf_address *)(intptr_t)address, &system);
    if (slot == NULL || length < 0) {
        return -EINVAL;
    }
    int fd = open_socket(system.any.sa_family);
    if (fd < 0) {
        return system_result(fd);
    }
    socket_apply_options(fd, receiveBytes, sendBytes, tcpNoDelay, busyPollMicros);
    int result = 0;
    /* An interrupted connect goes on by itself, as one in progress does. */
    if (connect(fd, &system.any, (socklen_t)length) < 0 && errno != EINPROGRESS && errno != EINTR) {
        result = -errno;
    }
    if (result == 0) {
        result = occupy(loop, slot, token, fd, VF_PHASE_CONNECTING);
    }
    if (result < 0) {
        close(fd);
    }
    return system_result(result);
}

/* The options are wishes: a socket that has no Nagle algorithm, say a Unix one, works as well. */
void socket_apply_options(int fd, int receive_bytes, int send_bytes, int no_delay,
                          int busy_poll_micros)
{
    if (receive_bytes > 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    if (send_bytes > 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes);
    }
    if (no_delay) {
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (busy_poll_micros > 0) {
        (void)system_busy_poll(fd, busy_poll_micros);
    }
}

int socket_accept(int listener)
{
    for (;;) {
        int fd = system_accept(listener);
        if (fd >= 0) {
            return fd;
        }
        switch (errno) {
        case EINTR:
        case ECONNABORTED:
            continue;
        case EAGAIN:
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return -errno;
        default:
            /* Network errors of one new connection, which accept(2) passes on: the listener is
             * level-triggered, so that leaving it until the next turn loses nothing. */
            return -EAGAIN;
        }
    }
}

int socket_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

ptrdiff_t socket_send(int fd, struct iovec *regions, int count)
{
    struct msghdr message = {.msg_iov = regions};
    message.msg_iovlen = (uint16_t)count; /* an int or a size_t, as the system has it */
    int flags = system_send_flags();
    ptrdiff_t sent;
    do {
        sent = count == 1 ? send(fd, regions->iov_base, regions->iov_len, flags)
                          : sendmsg(fd, &message, flags);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ptrdiff_t socket_receive(int fd, uint8_t *to, size_t length)
{
    ptrdiff_t received;
    do {
        received = recv(fd, to, length, MSG_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

bool socket_has_bytes(int fd)
{
    uint8_t byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void socket_reset_on_close(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static int32_t write_address(int (*ask)(int, struct sockaddr *, socklen_t *), int fd, int64_t to)
{
    union any_address system;
    socklen_t length = sizeof system;
    if (fd < 0 || to == 0) {
        return -EINVAL;
    }
    int result = ask(fd, &system.any, &length) < 0
                     ? -errno
                     : from_system(&system, length, (struct vf_address *)(intptr_t)to);
    return system_result(result);
}

static int ask_local(int fd, struct sockaddr *to, socklen_t *length)
{
    return getsockname(fd, to, length);
}

static int ask_remote(int fd, struct sockaddr *to, socklen_t *length)
{
    return getpeername(fd, to, length);
}

int32_t vf_local_address(int32_t fd, int64_t address)
{
    return write_address(ask_local, fd, address);
}

int32_t vf_remote_address(int32_t fd, int64_t address)
{
    return write_address(ask_remote, fd, address);
}

int32_t vf_discard(int32_t fd)
{
    if (fd < 0) {
        return -EINVAL;
    }
    /* Not retried after EINTR: the descriptor is free already, and may be another's by then. */
    return system_result(close(fd) < 0 && errno != EINTR ? -errno : 0);
}

int32_t vf_busy_poll_usable(int32_t micros)
{
    if (micros < 0) {
        return -EINVAL;
    }
    int fd = open_socket(AF_INET);
    if (fd < 0) {
        return system_result(fd);
    }
    int result = system_busy_poll(fd, micros);
    close(fd);
    return system_result(result);
}
