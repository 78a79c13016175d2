/* A loop: its memory, its slots and what the poller is told of them. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int32_t vf_poller(void)
{
    return readiness_kind();
}

static int open_poller(struct loop *loop, int32_t kind)
{
    if (kind == VF_POLLER_NONE || kind == readiness_kind()) {
        return readiness_open(loop);
    }
    return kind == VF_POLLER_URING ? uring_open(loop) : -ENOSYS;
}

int32_t vf_poller_usable(int32_t poller)
{
    static uint8_t nothing[2 * VF_ARENA_MIN_BYTES];
    struct vf_slot slot = {0};
    int64_t arena = (int64_t)(intptr_t)nothing;
    int64_t loop = vf_loop_open((int64_t)(intptr_t)&slot, 1, arena, arena + VF_ARENA_MIN_BYTES,
                                VF_ARENA_MIN_BYTES, poller);
    return loop < 0 ? (int32_t)loop : vf_loop_close(loop);
}

int64_t vf_loop_open(int64_t slots, int32_t slotCount, int64_t arena0, int64_t arena1,
                     int32_t arenaBytes, int32_t poller)
{
    if (slots == 0 || slotCount < 1 || slotCount > VF_MAX_SLOTS || arena0 == 0 || arena1 == 0 ||
        arenaBytes < VF_ARENA_MIN_BYTES) {
        return -EINVAL;
    }
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        return -ENOMEM;
    }
    loop->slots = (struct vf_slot *)(intptr_t)slots;
    loop->slot_count = slotCount;
    loop->arenas[0] = (uint8_t *)(intptr_t)arena0;
    loop->arenas[1] = (uint8_t *)(intptr_t)arena1;
    loop->arena_bytes = arenaBytes;
    int result = open_poller(loop, poller);
    if (result < 0) {
        free(loop);
        return system_result(result);
    }
    return (int64_t)(intptr_t)loop;
}

int32_t vf_loop_table(int64_t handle, int64_t slots, int32_t slotCount)
{
    struct loop *loop = (struct loop *)(intptr_t)handle;
    if (loop == NULL || slots == 0 || slotCount < loop->slot_count || slotCount > VF_MAX_SLOTS) {
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
    loop->poller->kind->close(loop);
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
    if (loop == NULL) {
        return -EINVAL;
    }
    /* One that spins looks at `woken`, or has ceased to spin before this load. */
    __atomic_store_n(&loop->woken, 1, __ATOMIC_SEQ_CST);
    bool sees = __atomic_load_n(&loop->spinning, __ATOMIC_SEQ_CST);
    return sees ? 0 : system_result(loop->poller->kind->wake(loop));
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
    unsigned to = slot->wanted & (VF_READ | VF_WRITE);
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
    unsigned from = slot->armed & ARMED_BITS;
    if (to == from) {
        return 0;
    }
    int result = loop->poller->kind->arm(loop, slot, from, to);
    if (result == 0) {
        slot->armed = (uint8_t)((slot->armed & ~(unsigned)ARMED_BITS) | to);
    }
    return result;
}

void loop_detach(struct loop *loop, struct vf_slot *slot)
{
    if (slot->armed & VF_ATTACHED) {
        (void)loop->poller->kind->arm(loop, slot, slot->armed & ARMED_BITS, 0);
        slot->armed &= (uint8_t)~ARMED_BITS;
    }
}
