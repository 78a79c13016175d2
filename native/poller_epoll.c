/* Readiness on Linux: epoll, with an eventfd for wakeups. */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { WAKE_TOKEN = -1, NANOS_PER_SECOND = 1000000000, NANOS_PER_MILLI = 1000000 };

struct kernel_timespec {
    int64_t seconds;
    int64_t nanos;
};

struct epoll {
    struct poller base;
    int epoll;
    int wake;
    int lacks_pwait2;
    struct epoll_event events[READY_MAX];
};

static struct epoll *of(const struct loop *loop)
{
    return (struct epoll *)loop->poller;
}

static void close_epoll(struct loop *loop)
{
    struct epoll *poller = of(loop);
    if (poller->epoll >= 0) {
        close(poller->epoll);
    }
    if (poller->wake >= 0) {
        close(poller->wake);
    }
    free(poller);
}

static int arm(struct loop *loop, struct vf_slot *slot, unsigned from, unsigned to)
{
    int operation = !(to & VF_ATTACHED)    ? EPOLL_CTL_DEL
                    : (from & VF_ATTACHED) ? EPOLL_CTL_MOD
                                           : EPOLL_CTL_ADD;
    struct epoll_event event = {.data = {.u64 = (uint64_t)slot->token}};
    event.events =
        (to & VF_READ ? (uint32_t)EPOLLIN : 0) | (to & VF_WRITE ? (uint32_t)EPOLLOUT : 0);
    return epoll_ctl(of(loop)->epoll, operation, slot->fd, &event) < 0 ? -errno : 0;
}

static int close_socket(struct loop *loop, int fd)
{
    /* close() would do, but for a child that has just been forked and still holds a copy. */
    struct epoll_event unused = {0};
    (void)epoll_ctl(of(loop)->epoll, EPOLL_CTL_DEL, fd, &unused);
    close(fd);
    return 0;
}

static int wait_nanos(struct epoll *poller, int max, int64_t nanos)
{
    if (!poller->lacks_pwait2) {
        struct kernel_timespec timeout = {nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND};
        long count = syscall(SYS_epoll_pwait2, poller->epoll, poller->events, max, &timeout, NULL,
                             (size_t)0);
        /* Sandboxes that do not know the call answer EPERM. */
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return (int)count;
        }
        poller->lacks_pwait2 = 1;
    }
    int64_t millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI != 0);
    return epoll_wait(poller->epoll, poller->events, max, millis > INT_MAX ? INT_MAX : (int)millis);
}

int readiness_wait(struct loop *loop, int64_t timeout_nanos)
{
    struct epoll *poller = of(loop);
    int count;
    if (timeout_nanos > 0) {
        count = wait_nanos(poller, READY_MAX, timeout_nanos);
        if (count < 0 && errno == EINTR) {
            return 0; /* waiting less is allowed; waiting anew could go on for ever */
        }
    } else {
        do {
            count =
                epoll_wait(poller->epoll, poller->events, READY_MAX, timeout_nanos < 0 ? -1 : 0);
        } while (count < 0 && errno == EINTR);
    }
    if (count < 0) {
        return -errno;
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
        uint32_t events = poller->events[i].events;
        int64_t token = (int64_t)poller->events[i].data.u64;
        if (token == WAKE_TOKEN) {
            continue;
        }
        loop->ready[found].token = token;
        loop->ready[found].flags = (events & EPOLLIN ? (uint32_t)VF_READ : 0) |
                                   (events & EPOLLOUT ? (uint32_t)VF_WRITE : 0) |
                                   (events & (EPOLLERR | EPOLLHUP) ? (uint32_t)READY_BROKEN : 0);
        found++;
    }
    return found;
}

static int wake(struct loop *loop)
{
    return system_signal(of(loop)->wake);
}

int32_t readiness_kind(void)
{
    return VF_POLLER_EPOLL;
}

int readiness_open(struct loop *loop)
{
    static const struct poller_kind kind = {
        .close = close_epoll,
        .wake = wake,
        .arm = arm,
        .close_socket = close_socket,
        .send = submit_send_now,
        .settle = settle_nothing,
        .turn = turn_by_readiness,
        .flush = flush_nothing,
    };
    struct epoll *poller = calloc(1, sizeof *poller);
    if (poller == NULL) {
        return -ENOMEM;
    }
    poller->base.kind = &kind;
    poller->epoll = epoll_create1(EPOLL_CLOEXEC);
    poller->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->poller = &poller->base;
    /* Edge-triggered: every write is an edge, so that nothing needs to read the counter. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = (uint64_t)WAKE_TOKEN}};
    if (poller->epoll < 0 || poller->wake < 0 ||
        epoll_ctl(poller->epoll, EPOLL_CTL_ADD, poller->wake, &event) < 0) {
        int error = errno;
        close_epoll(loop);
        return -error;
    }
    return 0;
}
