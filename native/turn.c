/* One turn of an event loop: execute what was submitted, wait, accept and receive. */
#include "loop.h"

#include <errno.h>
#include <time.h>

enum {
    /* Less room than this is left to the next turn, so that no socket is read in crumbs. */
    RECEIVE_MIN_BYTES = 4096,
    NO_ARENA = -1,
    LOOKS_PER_CLOCK = 16 /* of vf_spin, as reading the clock costs a tenth of a look */
};

/* Three years: kqueue calls more seconds invalid, and io_uring what ends beyond its clock. */
static const int64_t MAX_WAIT_NANOS = INT64_C(100000000) * 1000000000;

void turn_complete(struct turn *turn, int64_t token, int32_t kind, int32_t result, int32_t index,
                   int32_t length)
{
    turn->completions[turn->completion_count++] =
        (struct vf_completion){token, kind, result, index, length};
}

void turn_end_broken(struct loop *loop, struct turn *turn, struct vf_slot *slot, int error)
{
    slot->phase = VF_PHASE_BROKEN;
    slot->wanted = 0;
    loop_detach(loop, slot);
    turn_complete(turn, slot->token, VF_CLOSED, -system_result(-error), 0, 0);
}

void turn_arm(struct loop *loop, struct turn *turn, struct vf_slot *slot)
{
    int result = loop_arm(loop, slot);
    if (result < 0) {
        turn_end_broken(loop, turn, slot, -result);
    }
}

/* Returns false when there is no room: the event is kept for the next turn. */
static bool receive(struct loop *loop, struct turn *turn, struct vf_slot *slot)
{
    int32_t room = loop->arena_bytes - VF_ARENA_SLACK_BYTES - turn->arena_next;
    if (turn->arena == NO_ARENA || room < RECEIVE_MIN_BYTES) {
        return false;
    }
    if (room > VF_MAX_RECEIVE_BYTES) {
        room = VF_MAX_RECEIVE_BYTES;
    }
    ptrdiff_t received =
        socket_receive(slot->fd, loop->arenas[turn->arena] + turn->arena_next, (size_t)room);
    if (received > 0) {
        turn_complete(turn, slot->token, VF_RECEIVED, turn->arena, turn->arena_next,
                      (int32_t)received);
        if (slot->wanted & VF_QUICK_ACK) {
            system_quick_ack(slot->fd);
        }
        int32_t end = turn->arena_next + (int32_t)received;
        turn->arena_next = ((end + 15) & ~15) + VF_ARENA_GAP_BYTES;
    } else if (received == 0 && slot->fault == 0) {
        slot->phase = VF_PHASE_ENDED;
        turn_complete(turn, slot->token, VF_CLOSED, 0, 0, 0);
        turn_arm(loop, turn, slot);
    } else if (received != -EAGAIN) {
        turn_end_broken(loop, turn, slot, slot->fault != 0 ? slot->fault : (int)-received);
    }
    return true;
}

static void accept_ready(struct turn *turn, struct vf_slot *slot)
{
    for (int i = 0; i < VF_MAX_ACCEPTS && turn->completion_count < turn->completion_capacity; i++) {
        int fd = socket_accept(slot->fd);
        if (fd == -EAGAIN) {
            return;
        }
        turn_complete(turn, slot->token, fd < 0 ? VF_ACCEPT_FAILED : VF_ACCEPTED,
                      fd < 0 ? -system_result(fd) : fd, 0, 0);
        if (fd < 0) {
            return;
        }
    }
}

void turn_connected(struct loop *loop, struct turn *turn, struct vf_slot *slot)
{
    int error = socket_error(slot->fd);
    turn_complete(turn, slot->token, VF_CONNECTED, -system_result(-error), 0, 0);
    if (error != 0) {
        slot->phase = VF_PHASE_BROKEN;
        slot->wanted = 0;
        loop_detach(loop, slot);
    } else {
        slot->phase = VF_PHASE_OPEN;
        turn_arm(loop, turn, slot);
    }
}

/* Returns false when a socket could not be received from for want of room. */
static bool handle_connection(struct loop *loop, struct turn *turn, struct vf_slot *slot,
                              uint32_t flags)
{
    if ((slot->armed & VF_READ) && (flags & (VF_READ | READY_BROKEN))) {
        if (!receive(loop, turn, slot)) {
            return false;
        }
    } else if (flags & READY_BROKEN) {
        int error = socket_error(slot->fd);
        if (error != 0) {
            turn_end_broken(loop, turn, slot, error);
        } else {
            /* Both ends are shut, and it would be reported for ever; what has arrived is received
             * when reading is resumed, which attaches it again. */
            loop_detach(loop, slot);
        }
    }
    if ((flags & VF_WRITE) && (slot->wanted & VF_WRITE)) {
        turn_complete(turn, slot->token, VF_WRITABLE, 0, 0, 0);
        slot->wanted &= (uint8_t)~VF_WRITE;
        turn_arm(loop, turn, slot);
    }
    return true;
}

static bool handle(struct loop *loop, struct turn *turn, const struct ready *ready)
{
    struct vf_slot *slot = loop_slot(loop, ready->token);
    if (slot == NULL || !(slot->armed & VF_ATTACHED)) {
        return true;
    }
    switch (slot->phase) {
    case VF_PHASE_LISTENING:
        if (slot->armed & VF_READ) {
            accept_ready(turn, slot);
        }
        return true;
    case VF_PHASE_CONNECTING:
        turn_connected(loop, turn, slot);
        return true;
    default:
        return handle_connection(loop, turn, slot, ready->flags);
    }
}

static void handle_ready(struct loop *loop, struct turn *turn)
{
    /* An event makes at most three completions, or as many accepts as there is room. */
    while (loop->ready_next < loop->ready_count &&
           turn->completion_count + 3 <= turn->completion_capacity &&
           handle(loop, turn, &loop->ready[loop->ready_next])) {
        loop->ready_next++;
    }
}

int turn_by_readiness(struct loop *loop, struct turn *turn, int64_t timeout_nanos)
{
    turn->arena = !turn->arena_held[0] ? 0 : !turn->arena_held[1] ? 1 : NO_ARENA;
    int32_t before = turn->completion_count;
    handle_ready(loop, turn); /* those for whom the last turn had no room come first */
    if (turn->completion_count == before && loop->ready_next == loop->ready_count) {
        int count = readiness_wait(loop, before > 0 ? 0 : timeout_nanos);
        loop->ready_next = 0;
        loop->ready_count = count < 0 ? 0 : count;
        if (count < 0 && before == 0) {
            return count;
        }
        handle_ready(loop, turn);
    }
    return 0;
}

int settle_nothing(struct loop *loop)
{
    (void)loop;
    return 0;
}

int flush_nothing(struct loop *loop, struct turn *turn)
{
    (void)loop, (void)turn;
    return 0;
}

int64_t turn_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Leaves more of the core to the other thread of it, which may be whom this one waits for. */
static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int spin(struct loop *loop, struct turn *turn, int64_t nanos)
{
    int64_t begin = turn_clock();
    for (;;) {
        for (int look = 0; look < LOOKS_PER_CLOCK; look++) {
            int result = loop->poller->kind->turn(loop, turn, 0);
            if (result < 0 || turn->completion_count > 0 ||
                __atomic_load_n(&loop->woken, __ATOMIC_SEQ_CST)) {
                return result;
            }
            relax();
        }
        if (turn_clock() - begin >= nanos) {
            return 0;
        }
    }
}

int32_t vf_spin(int64_t handle, int64_t submissions, int32_t submissionCount, int64_t completions,
                int32_t completionCapacity, int64_t spinNanos)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    struct turn turn;
    int result =
        turn_begin(loop, &turn, submissions, submissionCount, completions, completionCapacity);
    if (result == 0) {
        __atomic_store_n(&loop->spinning, 1, __ATOMIC_SEQ_CST);
        result = spin(loop, &turn, spinNanos);
        __atomic_store_n(&loop->spinning, 0, __ATOMIC_SEQ_CST);
        __atomic_store_n(&loop->woken, 0, __ATOMIC_SEQ_CST);
    }
    return result < 0 ? system_result(result) : turn.completion_count;
}

int32_t vf_turn(int64_t handle, int64_t submissions, int32_t submissionCount, int64_t completions,
                int32_t completionCapacity, int64_t timeoutNanos)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    struct turn turn;
    int result =
        turn_begin(loop, &turn, submissions, submissionCount, completions, completionCapacity);
    if (result == 0) {
        result = loop->poller->kind->turn(
            loop, &turn, timeoutNanos < MAX_WAIT_NANOS ? timeoutNanos : MAX_WAIT_NANOS);
    }
    return result < 0 ? system_result(result) : turn.completion_count;
}
