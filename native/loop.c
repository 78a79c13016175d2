/* A loop: its memory, its slots and what the poller is told of them. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int64_t vf_loop_open(int64_t slots, int32_t slotCount, int64_t arena0, int64_t arena1,
                     int32_t arenaBytes)
{
    if (slots == 0 || slotCount < 1 || arena0 == 0 || arena1 == 0 ||
        arenaBytes < VF_ARENA_MIN_BYTES) {
        return -EINVAL;
    }
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        return -ENOMEM;
    }
    int result = poller_open(&loop->poller);
    if (result < 0) {
        free(loop);
        return result;
    }
    loop->slots = (struct vf_slot *)(intptr_t)slots;
    loop->slot_count = slotCount;
    loop->arenas[0] = (uint8_t *)(intptr_t)arena0;
    loop->arenas[1] = (uint8_t *)(intptr_t)arena1;
    loop->arena_bytes = arenaBytes;
    return (int64_t)(intptr_t)loop;
}

int32_t vf_loop_table(int64_t handle, int64_t slots, int32_t slotCount)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    if (loop == NULL || slots == 0 || slotCount < loop->slot_count) {
        return -EINVAL;
    }
    loop->slots = (struct vf_slot *)(intptr_t)slots;
    loop->slot_count = slotCount;
    return 0;
}

int32_t vf_loop_close(int64_t handle)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    if (loop == NULL) {
        return -EINVAL;
    }
    poller_close(loop->poller);
    for (int32_t i = 0; i < loop->slot_count; i++) {
        if (loop->slots[i].phase != VF_PHASE_FREE) {
            loop->slots[i].phase = VF_PHASE_FREE;
            close(loop->slots[i].fd);
        }
    }
    free(loop);
    return 0;
}

int32_t vf_wakeup(int64_t handle)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    return loop == NULL ? -EINVAL : poller_wake(loop->poller);
}

struct vf_slot *loop_slot(struct loop *loop, int64_t token)
{
    uint32_t index = (uint32_t)token;
    if (index >= (uint32_t)loop->slot_count) {
        return NULL;
    }
    struct vf_slot *slot = &loop->slots[index];
    return slot->token == token && slot->phase != VF_PHASE_FREE ? slot : NULL;
}

int loop_arm(struct loop *loop, struct vf_slot *slot)
{
    unsigned to = slot->wanted;
    switch (slot->phase) {
    case VF_PHASE_CONNECTING:
        to = VF_WRITE;
        break;
    case VF_PHASE_ENDED:
        to &= ~(unsigned)VF_READ;
        break;
    case VF_PHASE_BROKEN:
        to = 0;
        break;
    default:
        break;
    }
    /* Watched without interest, a paused socket still reports a reset; an ended one would only
     * report what is known. */
    if (to != 0 || slot->phase < VF_PHASE_ENDED) {
        to |= VF_ATTACHED;
    }
    if (to == slot->armed) {
        return 0;
    }
    int result = poller_arm(loop->poller, slot->fd, slot->token, slot->armed, to);
    if (result == 0) {
        slot->armed = (uint8_t)to;
    }
    return result;
}

void loop_detach(struct loop *loop, struct vf_slot *slot)
{
    if (slot->armed & VF_ATTACHED) {
        (void)poller_arm(loop->poller, slot->fd, slot->token, slot->armed, 0);
        slot->armed = 0;
    }
}
