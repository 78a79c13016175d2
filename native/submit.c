/* Executes what was submitted: sends, in one system call per socket, and changes of sockets. */
#include "loop.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { REGIONS_PER_SEND = 256 };

static void hold_arena(struct loop *loop, struct turn *turn, int64_t address)
{
    for (int i = 0; i < 2; i++) {
        uint64_t offset = (uint64_t)address - (uint64_t)(uintptr_t)loop->arenas[i];
        if (offset < (uint64_t)loop->arena_bytes) {
            turn->arena_held[i] = true;
        }
    }
}

void submit_unsent(struct loop *loop, struct turn *turn, int32_t index, ptrdiff_t sent)
{
    do {
        const struct vf_submission *region = &turn->submissions[index];
        if (sent >= region->length) {
            sent -= region->length;
        } else {
            turn_complete(turn, region->token, VF_UNSENT, index, (int32_t)sent,
                          region->length - (int32_t)sent);
            hold_arena(loop, turn, region->address);
            sent = 0;
        }
        index = region->next;
    } while (index != 0);
}

static void send_failed(struct loop *loop, struct turn *turn, struct vf_slot *slot, int32_t index,
                        int error)
{
    bool reading = slot->phase == VF_PHASE_OPEN && (slot->armed & VF_READ);
    if (reading && (error == EPIPE || error == ECONNRESET) && socket_has_bytes(slot->fd)) {
        /* What the peer said before it went, say a close frame, is received first. */
        submit_unsent(loop, turn, index, 0);
        slot->fault = (uint8_t)error;
    } else {
        turn_end_broken(loop, turn, slot, error);
    }
}

int submit_gather(const struct turn *turn, int32_t index, struct iovec *regions, int max,
                  size_t *total, int32_t *next)
{
    int count = 0;
    *total = 0;
    do {
        const struct vf_submission *region = &turn->submissions[index];
        bool misled =
            region->next != 0 && (region->next <= index || region->next >= turn->submission_count ||
                                  turn->submissions[region->next].kind != VF_SEND_MORE);
        if (region->address == 0 || region->length < 0 || misled) {
            return -EINVAL;
        }
        regions[count++] =
            (struct iovec){(void *)(intptr_t)region->address, (size_t)region->length};
        *total += (size_t)region->length;
        index = region->next;
    } while (index != 0 && count < max);
    *next = index;
    return count;
}

int submit_send_now(struct loop *loop, struct turn *turn, int32_t head)
{
    int fd = turn->submissions[head].fd;
    struct iovec regions[REGIONS_PER_SEND];
    int32_t index = head;
    for (;;) {
        size_t total;
        int32_t next;
        int count = submit_gather(turn, index, regions, REGIONS_PER_SEND, &total, &next);
        if (count < 0) {
            return count;
        }
        ptrdiff_t sent = socket_send(fd, regions, count);
        if (sent < 0 || (size_t)sent < total) {
            struct vf_slot *slot = loop_slot(loop, turn->submissions[head].token);
            if (slot == NULL || slot->phase == VF_PHASE_BROKEN) {
                return 0; /* closed by its owner since, or told already */
            }
            if (sent >= 0 || sent == -EAGAIN) {
                submit_unsent(loop, turn, index, sent < 0 ? 0 : sent);
            } else {
                send_failed(loop, turn, slot, index, (int)-sent);
            }
            return 0;
        }
        if (next == 0) {
            return 0;
        }
        index = next;
    }
}

static int execute_one(struct loop *loop, struct turn *turn, int32_t index)
{
    const struct vf_submission *submission = &turn->submissions[index];
    if (submission->fd < 0) {
        return -EINVAL;
    }
    const struct poller_kind *poller = loop->poller->kind;
    struct vf_slot *slot;
    int result;
    switch (submission->kind) {
    case VF_NOTHING:
    case VF_SEND_MORE:
        return 0;
    case VF_SEND:
        return poller->send(loop, turn, index);
    case VF_REGISTER:
        socket_apply_options(submission->fd, submission->length, (int32_t)submission->address,
                             (int)(submission->address >> 32), submission->next);
        /* fall through */
    case VF_INTEREST:
        slot = loop_slot(loop, submission->token);
        if (slot != NULL) {
            turn_arm(loop, turn, slot);
        }
        return 0;
    case VF_SHUTDOWN:
        result = poller->settle(loop);
        (void)shutdown(submission->fd, SHUT_WR);
        return result;
    case VF_ABORT:
        socket_reset_on_close(submission->fd);
        /* fall through */
    case VF_CLOSE:
        return poller->close_socket(loop, submission->fd);
    default:
        return -EINVAL;
    }
}

static int execute(struct loop *loop, struct turn *turn)
{
    for (int32_t i = 0; i < turn->submission_count; i++) {
        int result = execute_one(loop, turn, i);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

int turn_begin(struct loop *loop, struct turn *turn, int64_t submissions, int32_t count,
               int64_t completions, int32_t capacity)
{
    if (loop == NULL || count < 0 || (count > 0 && submissions == 0) || completions == 0 ||
        capacity < VF_COMPLETION_MARGIN || (capacity - VF_COMPLETION_MARGIN) / 2 < count) {
        return -EINVAL;
    }
    *turn = (struct turn){
        .submissions = (const struct vf_submission *)(intptr_t)submissions,
        .submission_count = count,
        .completions = (struct vf_completion *)(intptr_t)completions,
        .completion_capacity = capacity,
        .arena_next = VF_ARENA_SLACK_BYTES,
    };
    int result = execute(loop, turn);
    if (result < 0) {
        (void)loop->poller->kind->flush(loop, turn); /* whose records are gone when this returns */
    }
    return result;
}

int32_t vf_flush(int64_t handle, int64_t submissions, int32_t submissionCount, int64_t completions,
                 int32_t completionCapacity)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    struct turn turn;
    int result =
        turn_begin(loop, &turn, submissions, submissionCount, completions, completionCapacity);
    if (result == 0) {
        result = loop->poller->kind->flush(loop, &turn);
    }
    return result < 0 ? system_result(result) : turn.completion_count;
}
