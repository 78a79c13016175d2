/* The ring of an io_uring loop: system calls and requests. */
#include "uring.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    SQ_ENTRIES = 1024,
    CQ_ENTRIES = 8192,
    FIRST_EVENTS = 1024,
    NANOS_PER_SECOND = 1000000000,
    PLAIN_FLAGS = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL |
                  IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_TASKRUN_FLAG
};

/* IORING_SETUP_SINGLE_ISSUER came with the last of what is needed here, in Linux 6.0. */
static int set_up(struct io_uring_params *params)
{
    static const unsigned ways[] = {IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_COOP_TASKRUN};
    int fd = -1;
    for (int i = 0; fd < 0 && i < 2; i++) {
        *params =
            (struct io_uring_params){.flags = PLAIN_FLAGS | ways[i], .cq_entries = CQ_ENTRIES};
        fd = (int)syscall(SYS_io_uring_setup, SQ_ENTRIES, params);
        if (fd < 0 && errno != EINVAL) {
            return -errno;
        }
    }
    return fd < 0 ? -EINVAL : fd;
}

static int map(struct uring *uring, const struct io_uring_params *params)
{
    size_t sq_bytes = params->sq_off.array + params->sq_entries * sizeof(unsigned);
    size_t cq_bytes = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
    uring->rings_bytes = sq_bytes > cq_bytes ? sq_bytes : cq_bytes;
    uring->sqes_bytes = params->sq_entries * sizeof(struct io_uring_sqe);
    int protection = PROT_READ | PROT_WRITE;
    int flags = MAP_SHARED | MAP_POPULATE;
    void *rings = mmap(NULL, uring->rings_bytes, protection, flags, uring->fd, IORING_OFF_SQ_RING);
    if (rings == MAP_FAILED) {
        return -errno;
    }
    uring->rings = rings;
    void *sqes = mmap(NULL, uring->sqes_bytes, protection, flags, uring->fd, IORING_OFF_SQES);
    if (sqes == MAP_FAILED) {
        return -errno;
    }
    uring->sqes = sqes;
    uring->sq_entries = params->sq_entries;
    uring->sq_head = (unsigned *)(uring->rings + params->sq_off.head);
    uring->sq_tail = (unsigned *)(uring->rings + params->sq_off.tail);
    uring->sq_flags = (unsigned *)(uring->rings + params->sq_off.flags);
    uring->cq_head = (unsigned *)(uring->rings + params->cq_off.head);
    uring->cq_tail = (unsigned *)(uring->rings + params->cq_off.tail);
    uring->cq_mask = params->cq_entries - 1;
    uring->cqes = (struct io_uring_cqe *)(uring->rings + params->cq_off.cqes);
    unsigned *array = (unsigned *)(uring->rings + params->sq_off.array);
    for (unsigned i = 0; i < params->sq_entries; i++) {
        array[i] = i;
    }
    return 0;
}

int uring_reserve(struct uring *uring)
{
    unsigned head = __atomic_load_n(uring->sq_head, __ATOMIC_ACQUIRE);
    return uring->tail - head < uring->sq_entries ? 0 : uring_submit(uring);
}

struct io_uring_sqe *uring_request(struct uring *uring, uint8_t opcode, int fd, uint64_t data)
{
    if (uring_reserve(uring) < 0) {
        return NULL;
    }
    struct io_uring_sqe *request = &uring->sqes[uring->tail++ & (uring->sq_entries - 1)];
    *request = (struct io_uring_sqe){.opcode = opcode, .fd = fd, .user_data = data};
    return request;
}

static int enter(struct uring *uring, unsigned wait, unsigned flags, const void *argument,
                 size_t size)
{
    if (!uring->enabled) {
        if (syscall(SYS_io_uring_register, uring->fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0) < 0) {
            return -errno;
        }
        uring->enabled = true;
    }
    __atomic_store_n(uring->sq_tail, uring->tail, __ATOMIC_RELEASE);
    long result;
    do {
        unsigned count = uring->tail - __atomic_load_n(uring->sq_head, __ATOMIC_ACQUIRE);
        result = syscall(SYS_io_uring_enter, uring->fd, count, wait, flags, argument, size);
        /* Fewer than asked for when the kernel is short of memory; it says so when none is taken.
         */
    } while (result >= 0 && uring->tail != __atomic_load_n(uring->sq_head, __ATOMIC_ACQUIRE));
    uring->message_count = 0;
    uring->region_count = 0;
    return result < 0 ? -errno : 0;
}

int uring_submit(struct uring *uring)
{
    int result;
    do {
        result = enter(uring, 0, 0, NULL, 0);
    } while (result == -EINTR);
    return result;
}

int uring_enter(struct uring *uring, int64_t wait_nanos)
{
    unsigned flags = __atomic_load_n(uring->sq_flags, __ATOMIC_ACQUIRE);
    if (wait_nanos == 0 && uring->tail == *uring->sq_head &&
        !(flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW))) {
        return 0; /* there is nothing that the kernel could do: a loop that spins stays out of it */
    }
    struct __kernel_timespec limit = {wait_nanos / NANOS_PER_SECOND, wait_nanos % NANOS_PER_SECOND};
    struct io_uring_getevents_arg argument = {.ts =
                                                  wait_nanos > 0 ? (uint64_t)(uintptr_t)&limit : 0};
    int result;
    do {
        result = enter(uring, wait_nanos != 0, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                       &argument, sizeof argument);
    } while (result == -EINTR && wait_nanos <= 0);
    return result == -ETIME ? 0 : result;
}

static int start(struct uring *uring, struct vf_slot *slot, unsigned flight, bool empty)
{
    bool listens = slot->phase == VF_PHASE_LISTENING;
    enum uring_op op = flight == FLIGHT_WATCH   ? OP_WATCH
                       : flight == FLIGHT_WRITE ? OP_WRITE
                       : listens                ? OP_ACCEPT
                                                : OP_RECEIVE;
    static const uint8_t codes[] = {[OP_ACCEPT] = IORING_OP_ACCEPT,
                                    [OP_RECEIVE] = IORING_OP_RECV,
                                    [OP_WRITE] = IORING_OP_POLL_ADD,
                                    [OP_WATCH] = IORING_OP_POLL_ADD};
    struct io_uring_sqe *request =
        uring_request(uring, codes[op], slot->fd, uring_data(slot->token, op));
    if (request == NULL) {
        return -EBUSY;
    }
    switch (op) {
    case OP_ACCEPT:
        request->ioprio = IORING_ACCEPT_MULTISHOT;
        request->accept_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
        break;
    case OP_RECEIVE:
        request->flags = IOSQE_BUFFER_SELECT;
        request->buf_group = slot->armed >> POOL_SHIFT;
        request->ioprio = empty ? IORING_RECVSEND_POLL_FIRST : 0;
        break;
    default:
        /* Errors are reported always, and so is the end of the peer's stream: hence edges only,
         * lest the latter be reported for ever. */
        request->len = IORING_POLL_ADD_MULTI;
        request->poll32_events = op == OP_WRITE ? POLLOUT : 0;
        break;
    }
    slot->armed |= (uint8_t)flight;
    return 0;
}

/* The last completion of what is cancelled is on its way: the request stays in flight until then.
 */
static int cancel(struct uring *uring, struct vf_slot *slot, unsigned flight)
{
    enum uring_op op = flight == FLIGHT_WATCH              ? OP_WATCH
                       : flight == FLIGHT_WRITE            ? OP_WRITE
                       : slot->phase == VF_PHASE_LISTENING ? OP_ACCEPT
                                                           : OP_RECEIVE;
    struct io_uring_sqe *request = uring_request(uring, IORING_OP_ASYNC_CANCEL, -1, OP_NONE);
    if (request == NULL) {
        return -EBUSY;
    }
    request->addr = uring_data(slot->token, op);
    request->flags = IOSQE_CQE_SKIP_SUCCESS;
    return 0;
}

int uring_follow(struct uring *uring, struct vf_slot *slot, unsigned armed, bool empty)
{
    unsigned to = (armed & VF_READ ? FLIGHT_READ : 0U) | (armed & VF_WRITE ? FLIGHT_WRITE : 0U) |
                  (armed == VF_ATTACHED ? FLIGHT_WATCH : 0U);
    int result = 0;
    for (unsigned flight = FLIGHT_READ; result == 0 && flight <= FLIGHT_WATCH; flight <<= 1) {
        if ((to & flight) && !(slot->armed & flight)) {
            result = start(uring, slot, flight, empty);
        } else if (!(to & flight) && (slot->armed & flight)) {
            result = cancel(uring, slot, flight);
        }
    }
    return result;
}

static int arm(struct loop *loop, struct vf_slot *slot, unsigned from, unsigned to)
{
    (void)from;
    return uring_follow(uring_of(loop), slot, to, false);
}

static int close_socket(struct loop *loop, int fd)
{
    struct uring *uring = uring_of(loop);
    struct io_uring_sqe *request = uring_request(uring, IORING_OP_ASYNC_CANCEL, fd, OP_NONE);
    if (request == NULL) {
        return -EBUSY;
    }
    request->cancel_flags = IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_ALL;
    request->flags = IOSQE_CQE_SKIP_SUCCESS;
    request = uring_request(uring, IORING_OP_CLOSE, fd, OP_NONE);
    if (request == NULL) {
        return -EBUSY;
    }
    request->flags = IOSQE_CQE_SKIP_SUCCESS;
    return 0;
}

int uring_watch_wakeups(struct uring *uring)
{
    struct io_uring_sqe *request =
        uring_request(uring, IORING_OP_POLL_ADD, uring->wake, uring_data(0, OP_WAKE));
    if (request == NULL) {
        return -EBUSY;
    }
    /* Every write is an edge, so that nothing needs to read the counter. */
    request->len = IORING_POLL_ADD_MULTI;
    request->poll32_events = POLLIN;
    return 0;
}

static int wake(struct loop *loop)
{
    return system_signal(uring_of(loop)->wake);
}

static int settle(struct loop *loop)
{
    struct uring *uring = uring_of(loop);
    return uring->tail == *uring->sq_head ? 0 : uring_submit(uring);
}

static void release(struct uring *uring)
{
    uring_pools_close(uring);
    if (uring->sqes != NULL) {
        munmap(uring->sqes, uring->sqes_bytes);
    }
    if (uring->rings != NULL) {
        munmap(uring->rings, uring->rings_bytes);
    }
    if (uring->wake >= 0) {
        close(uring->wake);
    }
    if (uring->fd >= 0) {
        close(uring->fd);
    }
    free(uring->events);
    free(uring->stopped);
    free(uring);
}

/*
 * Takes back every request, for a socket lives as long as one is in flight. The kernel would do so
 * too, but later; and it does not let another thread, which may close a loop, cancel anything: then
 * the connections are ended beforehand.
 */
static void close_uring(struct loop *loop)
{
    struct uring *uring = uring_of(loop);
    if (uring->enabled) {
        uring->tail = *uring->sq_head; /* no request that was not made yet */
        struct io_uring_sqe *request = uring_request(uring, IORING_OP_ASYNC_CANCEL, -1, OP_NONE);
        request->cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
        if (uring_enter(uring, 0) < 0) {
            for (int32_t i = 0; i < loop->slot_count; i++) {
                if (loop->slots[i].phase != VF_PHASE_FREE) {
                    (void)shutdown(loop->slots[i].fd, SHUT_RDWR);
                }
            }
        }
    }
    uring_discard(uring);
    release(uring);
}

int uring_open(struct loop *loop)
{
    static const struct poller_kind kind = {
        .close = close_uring,
        .wake = wake,
        .arm = arm,
        .close_socket = close_socket,
        .send = uring_send,
        .settle = settle,
        .turn = uring_turn,
        .flush = uring_flush,
    };
    struct io_uring_params params;
    struct uring *uring = calloc(1, sizeof *uring);
    if (uring == NULL) {
        return -ENOMEM;
    }
    uring->base.kind = &kind;
    uring->arenas[0] = loop->arenas[0];
    uring->arenas[1] = loop->arenas[1];
    uring->wake = -1;
    uring->event_capacity = FIRST_EVENTS;
    uring->events = malloc(FIRST_EVENTS * sizeof *uring->events);
    uring->stopped = malloc(FIRST_EVENTS * sizeof *uring->stopped);
    uring->fd = set_up(&params);
    int result = uring->fd < 0                                     ? uring->fd
                 : uring->events == NULL || uring->stopped == NULL ? -ENOMEM
                                                                   : map(uring, &params);
    if (result == 0) {
        result = uring_pools_open(uring, loop);
    }
    if (result == 0) {
        uring->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        result = uring->wake < 0 ? -errno : uring_watch_wakeups(uring);
    }
    if (result < 0) {
        release(uring);
        return result;
    }
    loop->poller = &uring->base;
    return 0;
}
