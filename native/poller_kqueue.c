/* Readiness on macOS and the BSDs: kqueue, with EVFILT_USER for wakeups. */
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WAKE_IDENT = 0, NANOS_PER_SECOND = 1000000000 };

struct kqueue {
    struct poller base;
    int kqueue;
    struct kevent events[READY_MAX];
};

/* What the read filter of a socket is there for. */
enum reading { READING_OFF, READING_BREAKAGE, READING_BYTES };

static struct kqueue *of(const struct loop *loop)
{
    return (struct kqueue *)loop->poller;
}

static void close_kqueue(struct loop *loop)
{
    struct kqueue *poller = of(loop);
    if (poller->kqueue >= 0) {
        close(poller->kqueue);
    }
    free(poller);
}

/* Alone: after one that fails, the kernel would leave out the rest of a list. */
static int change(int kqueue, const struct kevent *wanted)
{
    int result;
    do {
        result = kevent(kqueue, wanted, 1, NULL, 0, NULL);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

static enum reading reading_of(unsigned armed)
{
    if (armed & VF_READ) {
        return READING_BYTES;
    }
    /* The write filter tells of breakage as well. */
    return armed & VF_ATTACHED && !(armed & VF_WRITE) ? READING_BREAKAGE : READING_OFF;
}

static int add(struct loop *loop, const struct vf_slot *slot, struct kevent filter)
{
    filter.ident = (uintptr_t)slot->fd;
    filter.flags |= EV_ADD;
    filter.udata = (void *)(intptr_t)slot->token;
    return change(of(loop)->kqueue, &filter);
}

static void forget(struct loop *loop, const struct vf_slot *slot, int16_t filter)
{
    struct kevent gone = {.ident = (uintptr_t)slot->fd, .filter = filter, .flags = EV_DELETE};
    (void)change(of(loop)->kqueue, &gone);
}

/*
 * kqueue has no event that tells of breakage only. Where nobody wants to read, the read filter asks
 * for more bytes than a socket holds, so that the end alone makes it fire, and with EV_CLEAR, so
 * that an end that does not matter, or a full receive buffer, is told of once. Flags of a filter
 * cannot be changed: it is deleted and added.
 */
static int arm(struct loop *loop, struct vf_slot *slot, unsigned from, unsigned to)
{
    static const struct kevent filters[] = {
        [READING_BREAKAGE] = {.filter = EVFILT_READ,
                              .flags = EV_CLEAR,
                              .fflags = NOTE_LOWAT,
                              .data = INT32_MAX},
        [READING_BYTES] = {.filter = EVFILT_READ},
    };
    enum reading before = reading_of(from);
    enum reading after = reading_of(to);
    int result = 0;
    if (before != after && before != READING_OFF) {
        forget(loop, slot, EVFILT_READ);
    }
    if ((from & VF_WRITE) && !(to & VF_WRITE)) {
        forget(loop, slot, EVFILT_WRITE);
    }
    if (before != after && after != READING_OFF) {
        result = add(loop, slot, filters[after]);
    }
    if (result == 0 && (to & VF_WRITE) && !(from & VF_WRITE)) {
        result = add(loop, slot, (struct kevent){.filter = EVFILT_WRITE});
    }
    return result;
}

static int close_socket(struct loop *loop, int fd)
{
    (void)loop;
    close(fd); /* with its filters, even if a forked child holds a copy */
    return 0;
}

/* EV_EOF of the read filter is the peer's end: what is pending is received before it, and a socket
 * that nobody reads is left alone. With an error the connection is gone. */
static struct ready ready_of(const struct kevent *event)
{
    uint32_t flags = event->filter == EVFILT_READ ? VF_READ : VF_WRITE;
    if ((event->flags & EV_EOF) && event->fflags != 0) {
        flags |= READY_BROKEN;
    }
    return (struct ready){.token = (int64_t)(intptr_t)event->udata, .flags = flags};
}

int readiness_wait(struct loop *loop, int64_t timeout_nanos)
{
    struct kqueue *poller = of(loop);
    struct timespec timeout = {timeout_nanos / NANOS_PER_SECOND, timeout_nanos % NANOS_PER_SECOND};
    int count;
    do {
        count = kevent(poller->kqueue, NULL, 0, poller->events, READY_MAX,
                       timeout_nanos < 0 ? NULL : &timeout);
    } while (count < 0 && errno == EINTR && timeout_nanos <= 0);
    if (count < 0) {
        /* Interrupted, waiting less is allowed; waiting anew could go on for ever. */
        return errno == EINTR ? 0 : -errno;
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
        if (poller->events[i].filter != EVFILT_USER) {
            loop->ready[found++] = ready_of(&poller->events[i]);
        }
    }
    return found;
}

static int wake(struct loop *loop)
{
    struct kevent trigger = {.ident = WAKE_IDENT, .filter = EVFILT_USER, .fflags = NOTE_TRIGGER};
    return change(of(loop)->kqueue, &trigger);
}

int32_t readiness_kind(void)
{
    return VF_POLLER_KQUEUE;
}

int readiness_open(struct loop *loop)
{
    static const struct poller_kind kind = {
        .close = close_kqueue,
        .wake = wake,
        .arm = arm,
        .close_socket = close_socket,
        .send = submit_send_now,
        .settle = settle_nothing,
        .turn = turn_by_readiness,
        .flush = flush_nothing,
    };
    struct kqueue *poller = calloc(1, sizeof *poller);
    if (poller == NULL) {
        return -ENOMEM;
    }
    poller->base.kind = &kind;
    poller->kqueue = kqueue();
    loop->poller = &poller->base;
    struct kevent wakeups = {
        .ident = WAKE_IDENT, .filter = EVFILT_USER, .flags = EV_ADD | EV_CLEAR};
    int result = poller->kqueue < 0 || fcntl(poller->kqueue, F_SETFD, FD_CLOEXEC) < 0
                     ? -errno
                     : change(poller->kqueue, &wakeups);
    if (result < 0) {
        close_kqueue(loop);
    }
    return result;
}
