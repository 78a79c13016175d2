/* Sends by io_uring: all of a turn are handed over together. */
#include "uring.h"

#include <errno.h>

int uring_send(struct loop *loop, struct turn *turn, int32_t head)
{
    struct uring *uring = uring_of(loop);
    const struct vf_submission *first = &turn->submissions[head];
    struct msghdr *message = NULL;
    bool full =
        uring->message_count == MESSAGES || uring->region_count > REGIONS - REGIONS_PER_MESSAGE;
    if (uring_reserve(uring) < 0 || (full && uring_submit(uring) < 0)) {
        return -EBUSY;
    }
    if (first->next != 0) {
        size_t total;
        int32_t next;
        struct iovec *regions = &uring->regions[uring->region_count];
        int count = submit_gather(turn, head, regions, REGIONS_PER_MESSAGE, &total, &next);
        if (count < 0) {
            return count;
        }
        if (next != 0) {
            /* Several system calls, one after the other. */
            return submit_send_now(loop, turn, head);
        }
        message = &uring->messages[uring->message_count++];
        *message = (struct msghdr){.msg_iov = regions, .msg_iovlen = (uint16_t)count};
        uring->region_count += count;
    } else if (first->address == 0 || first->length < 0) {
        return -EINVAL;
    }
    struct io_uring_sqe *request =
        uring_request(uring, message == NULL ? IORING_OP_SEND : IORING_OP_SENDMSG, first->fd,
                      uring_data((int64_t)head << 32, OP_SEND));
    request->addr = message == NULL ? (uint64_t)first->address : (uint64_t)(uintptr_t)message;
    request->len = message == NULL ? (uint32_t)first->length : 1;
    /* It does not wait. Falling short makes it a failure, and failures alone are told. */
    request->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
    request->flags = IOSQE_CQE_SKIP_SUCCESS;
    return 0;
}

bool uring_sent(struct loop *loop, struct turn *turn, uint64_t data, int32_t result)
{
    struct uring *uring = uring_of(loop);
    int32_t index = (int32_t)(data >> 32);
    if (index >= turn->submission_count) {
        return true; /* of an earlier call that the kernel refused */
    }
    struct vf_slot *slot = loop_slot(loop, turn->submissions[index].token);
    if (slot == NULL || slot->phase == VF_PHASE_BROKEN) {
        return true; /* closed by its owner since, or told already */
    }
    if (result >= 0 || result == -EAGAIN || result == -EINTR) {
        submit_unsent(loop, turn, index, result < 0 ? 0 : result);
        return true;
    }
    bool reading = slot->phase == VF_PHASE_OPEN && (slot->armed & VF_READ);
    if (reading && (result == -EPIPE || result == -ECONNRESET)) {
        /* What the peer said before it went, say a close frame, is reported first. */
        submit_unsent(loop, turn, index, 0);
        slot->fault = (uint8_t)-result;
        return uring_keep(uring, uring_data(slot->token, OP_FAULT), 0, 0);
    }
    turn_end_broken(loop, turn, slot, -result);
    return true;
}
