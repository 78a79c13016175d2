/* A turn by io_uring: what the completions mean. */
#include "uring.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { EVENT_COMPLETIONS = 3 };

/* What becomes of an event: done with, or kept until there is room, or until its owner wants it. */
enum outcome { DONE, NO_ROOM, HELD };

static bool grow(struct uring *uring)
{
    int32_t capacity = 2 * uring->event_capacity;
    struct uring_event *events = realloc(uring->events, (size_t)capacity * sizeof *events);
    if (events == NULL) {
        return false;
    }
    uring->events = events;
    uint64_t *stopped = realloc(uring->stopped, (size_t)capacity * sizeof *stopped);
    if (stopped == NULL) {
        return false;
    }
    uring->stopped = stopped;
    uring->event_capacity = capacity;
    return true;
}

bool uring_keep(struct uring *uring, uint64_t data, int32_t result, uint32_t flags)
{
    if (uring->event_count == uring->event_capacity && !grow(uring)) {
        return false;
    }
    uring->events[uring->event_count++] = (struct uring_event){data, result, flags};
    return true;
}

/* Takes what has completed out of the ring: reports sends, and keeps the rest. */
static int reap(struct loop *loop, struct turn *turn)
{
    struct uring *uring = uring_of(loop);
    bool complete = true;
    unsigned head = *uring->cq_head;
    unsigned tail = __atomic_load_n(uring->cq_tail, __ATOMIC_ACQUIRE);
    for (; complete && head != tail; head++) {
        const struct io_uring_cqe *cqe = &uring->cqes[head & uring->cq_mask];
        switch (uring_op_of(cqe->user_data)) {
        case OP_NONE:
            break;
        case OP_WAKE:
            uring->woken = true;
            complete = (cqe->flags & IORING_CQE_F_MORE) || uring_watch_wakeups(uring) == 0;
            break;
        case OP_SEND:
            complete = uring_sent(loop, turn, cqe->user_data, cqe->res);
            break;
        default:
            if (cqe->flags & IORING_CQE_F_BUFFER) {
                uring_pool_of(uring, (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT))->available--;
            }
            complete = uring_keep(uring, cqe->user_data, cqe->res, cqe->flags);
            break;
        }
    }
    __atomic_store_n(uring->cq_head, head, __ATOMIC_RELEASE);
    return complete ? 0 : -ENOMEM;
}

/* Enters the ring and reaps, again while the kernel has completions that found no room in it. */
static int enter_and_reap(struct loop *loop, struct turn *turn, int64_t wait_nanos)
{
    struct uring *uring = uring_of(loop);
    int result = uring_enter(uring, wait_nanos);
    int reaped = reap(loop, turn);
    while (reaped == 0 &&
           (__atomic_load_n(uring->sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_CQ_OVERFLOW)) {
        reaped = uring_enter(uring, 0);
        reaped = reaped < 0 ? reaped : reap(loop, turn);
    }
    return reaped < 0 ? reaped : result;
}

/* A request has ended; whether there is to be another is decided before the ring is entered. */
static void stopped(struct uring *uring, struct vf_slot *slot, unsigned flight, bool empty)
{
    slot->armed &= (uint8_t)~flight;
    uring->stopped[uring->stopped_count++] = (uint64_t)slot->token | (empty ? STOPPED_EMPTY : 0);
}

static int restart(struct loop *loop)
{
    struct uring *uring = uring_of(loop);
    int result = 0;
    for (int32_t i = 0; i < uring->stopped_count && result == 0; i++) {
        uint64_t entry = uring->stopped[i];
        struct vf_slot *slot = loop_slot(loop, (int64_t)(entry & ~(uint64_t)STOPPED_EMPTY));
        if (slot != NULL) {
            result = uring_follow(uring, slot, slot->armed & ARMED_BITS, entry & STOPPED_EMPTY);
        }
    }
    uring->stopped_count = 0;
    return result;
}

static void choose_pool(struct uring *uring, struct vf_slot *slot, int pool, int32_t received)
{
    if (received == uring->pools[pool].size && pool < POOLS - 1) {
        pool++;
    } else if (pool > 0 && received <= uring->pools[pool - 1].size) {
        pool--;
    } else {
        return;
    }
    slot->armed = (uint8_t)((slot->armed & ((1 << POOL_SHIFT) - 1)) | pool << POOL_SHIFT);
}

static enum outcome received(struct loop *loop, struct turn *turn, struct vf_slot *slot,
                             const struct uring_event *event)
{
    struct uring *uring = uring_of(loop);
    int pool = slot->armed >> POOL_SHIFT;
    bool broken = event->result < 0 || (event->result == 0 && slot->fault != 0);
    if (!broken && !(slot->wanted & VF_READ)) {
        return HELD;
    }
    if (event->result == -ENOBUFS && uring->pools[pool].credit <= 0) {
        return HELD;
    }
    stopped(uring, slot, FLIGHT_READ,
            event->result > 0 && !(event->flags & IORING_CQE_F_SOCK_NONEMPTY));
    if (event->result > 0) {
        int32_t index;
        int buffer = (int)(event->flags >> IORING_CQE_BUFFER_SHIFT);
        int arena = uring_pool_place(&uring->pools[pool], buffer, &index);
        uring_pool_report(uring, buffer);
        turn_complete(turn, slot->token, VF_RECEIVED, arena, index, event->result);
        if (slot->wanted & VF_QUICK_ACK) {
            system_quick_ack(slot->fd);
        }
        choose_pool(uring, slot, pool, event->result);
    } else if (!broken) {
        slot->phase = VF_PHASE_ENDED;
        turn_complete(turn, slot->token, VF_CLOSED, 0, 0, 0);
        turn_arm(loop, turn, slot);
    } else if (event->result == -ENOBUFS) {
        uring->pools[pool].credit--;
    } else if (event->result != -ECANCELED && event->result != -EAGAIN && event->result != -EINTR) {
        turn_end_broken(loop, turn, slot, slot->fault != 0 ? slot->fault : -event->result);
    }
    return DONE;
}

static enum outcome accepted(struct turn *turn, struct uring *uring, struct vf_slot *slot,
                             const struct uring_event *event)
{
    if (event->result >= 0 && !(slot->wanted & VF_READ)) {
        return HELD;
    }
    if (!(event->flags & IORING_CQE_F_MORE)) {
        stopped(uring, slot, FLIGHT_READ, false);
    }
    switch (-event->result) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        if (slot->wanted & VF_READ) {
            turn_complete(turn, slot->token, VF_ACCEPT_FAILED, -event->result, 0, 0);
        }
        break;
    default: /* other errors are those of one new connection, or that accepting was cancelled */
        if (event->result >= 0) {
            turn_complete(turn, slot->token, VF_ACCEPTED, event->result, 0, 0);
        }
        break;
    }
    return DONE;
}

/* What a poll has seen: that the socket can be written to, or is broken. */
static void polled(struct loop *loop, struct turn *turn, struct vf_slot *slot, unsigned flight,
                   const struct uring_event *event)
{
    int seen = event->result > 0 ? event->result : 0;
    if (!(event->flags & IORING_CQE_F_MORE)) {
        stopped(uring_of(loop), slot, flight, false);
    }
    if (slot->phase == VF_PHASE_CONNECTING) {
        if (seen & (POLLOUT | POLLERR | POLLHUP)) {
            turn_connected(loop, turn, slot);
        }
        return;
    }
    if ((seen & (POLLERR | POLLHUP)) && !(slot->armed & VF_READ)) { /* else receiving will tell */
        int error = socket_error(slot->fd);
        if (error != 0) {
            turn_end_broken(loop, turn, slot, error);
            return;
        }
    }
    if ((seen & POLLOUT) && (slot->wanted & VF_WRITE)) {
        turn_complete(turn, slot->token, VF_WRITABLE, 0, 0, 0);
        slot->wanted &= (uint8_t)~VF_WRITE;
        turn_arm(loop, turn, slot);
    }
}

/* A send has failed; bytes from before may be unreported yet. */
static enum outcome faulted(struct loop *loop, struct turn *turn, struct vf_slot *slot,
                            struct uring_event *event)
{
    if (event->result == 0) {
        event->result = 1;
        return NO_ROOM; /* after those that this turn reports */
    }
    /* Where there are bytes, or nobody reads, the error is reported when the stream ends. */
    if (slot->phase == VF_PHASE_OPEN && (slot->wanted & VF_READ) && !socket_has_bytes(slot->fd)) {
        turn_end_broken(loop, turn, slot, slot->fault);
    }
    return DONE;
}

static void drop(struct uring *uring, const struct uring_event *event)
{
    if (uring_op_of(event->data) == OP_ACCEPT && event->result >= 0) {
        close(event->result);
    } else if (event->flags & IORING_CQE_F_BUFFER) {
        uring_pool_return(uring, (int)(event->flags >> IORING_CQE_BUFFER_SHIFT));
    }
}

static enum outcome handle(struct loop *loop, struct turn *turn, struct uring_event *event)
{
    struct uring *uring = uring_of(loop);
    struct vf_slot *slot = loop_slot(loop, uring_token(event->data));
    if (slot == NULL || slot->phase == VF_PHASE_BROKEN) {
        drop(uring, event);
        return DONE;
    }
    if (turn->completion_count + EVENT_COMPLETIONS > turn->completion_capacity) {
        return NO_ROOM;
    }
    enum outcome outcome = DONE;
    switch (uring_op_of(event->data)) {
    case OP_ACCEPT:
        return accepted(turn, uring, slot, event);
    case OP_RECEIVE:
        outcome = received(loop, turn, slot, event);
        if (event->result <= 0 && outcome == DONE) {
            drop(uring, event);
        }
        return outcome;
    case OP_WRITE:
        polled(loop, turn, slot, FLIGHT_WRITE, event);
        return DONE;
    case OP_WATCH:
        polled(loop, turn, slot, FLIGHT_WATCH, event);
        return DONE;
    case OP_FAULT:
        return faulted(loop, turn, slot, event);
    default:
        return DONE;
    }
}

/* Reports what can be reported now, and keeps the rest in its order. */
static void report(struct loop *loop, struct turn *turn)
{
    struct uring *uring = uring_of(loop);
    int32_t kept = 0;
    uring->pending = false;
    for (int i = 0; i < POOLS; i++) {
        uring->pools[i].credit = uring->pools[i].available;
    }
    for (int32_t i = 0; i < uring->event_count; i++) {
        struct uring_event *event = &uring->events[i];
        enum outcome outcome = handle(loop, turn, event);
        if (outcome != DONE) {
            uring->pending |= outcome == NO_ROOM;
            uring->events[kept++] = *event;
        }
    }
    uring->event_count = kept;
}

int uring_turn(struct loop *loop, struct turn *turn, int64_t timeout_nanos)
{
    struct uring *uring = uring_of(loop);
    int64_t deadline = timeout_nanos > 0 ? turn_clock() + timeout_nanos : 0;
    int64_t left = timeout_nanos;
    uring->turn++;
    uring_pools_recycle(uring, uring->turn & 1);
    bool again = uring->event_count > 0;
    for (;;) {
        bool wait = !again && turn->completion_count == 0 && !uring->woken;
        int result = restart(loop);
        if (result == 0) {
            result = enter_and_reap(loop, turn, wait ? left : 0);
        }
        if (result < 0 && result != -EINTR) {
            return result;
        }
        report(loop, turn);
        if (turn->completion_count > 0 || uring->woken || timeout_nanos == 0 || result == -EINTR) {
            break;
        }
        if (timeout_nanos > 0) {
            left = deadline - turn_clock();
            if (left <= 0) {
                break;
            }
        }
        /* Every send was whole, or it would have been reported: what the last turn has reported is
         * free now, and perhaps needed by a socket that found no buffer. */
        bool recycled = uring_pools_recycle(uring, ~uring->turn & 1);
        again = uring->pending || (recycled && uring->event_count > 0);
    }
    uring->woken = false;
    return 0;
}

int uring_flush(struct loop *loop, struct turn *turn)
{
    return enter_and_reap(loop, turn, 0);
}

void uring_discard(struct uring *uring)
{
    for (unsigned head = *uring->cq_head; head != *uring->cq_tail; head++) {
        const struct io_uring_cqe *cqe = &uring->cqes[head & uring->cq_mask];
        if (uring_op_of(cqe->user_data) == OP_ACCEPT && cqe->res >= 0) {
            close(cqe->res);
        }
    }
    for (int32_t i = 0; i < uring->event_count; i++) {
        const struct uring_event *event = &uring->events[i];
        if (uring_op_of(event->data) == OP_ACCEPT && event->result >= 0) {
            close(event->result);
        }
    }
}
