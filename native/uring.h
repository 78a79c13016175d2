/*
 * What the files of the io_uring poller share: poller_uring.c has the ring, uring_pool.c the
 * receive buffers, uring_send.c the sends, uring_turn.c what a turn does with the rest.
 *
 * One io_uring_enter per turn hands over the sends and the new receives, waits, and fetches what
 * was done. Sends never wait in the kernel, and leave a completion only when they fell short. Each
 * socket that is read has one receive in flight, without a buffer of its own: the kernel takes one
 * from a pool when bytes are there. All pools lie in the loop's arenas; a buffer goes back to its
 * pool at the beginning of the second turn after its bytes were reported, so that they can be sent,
 * and handed back unsent, from where they lie.
 */
#ifndef VOLFRAM_URING_H
#define VOLFRAM_URING_H

#include "loop.h"

#include <linux/io_uring.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    /* Bits of vf_slot.armed beside ARMED_BITS: which requests the kernel holds for the socket ...
     */
    FLIGHT_READ = 8,
    FLIGHT_WRITE = 16,
    FLIGHT_WATCH = 32,
    /* ... and which pool its next receive uses. */
    POOL_SHIFT = 6,
    POOLS = 3,

    /* Sends of several regions between two submissions; what one of them takes, and all. */
    MESSAGES = 256,
    REGIONS_PER_MESSAGE = 1024,
    REGIONS = 2 * REGIONS_PER_MESSAGE
};

/* What a completion answers; in its user_data between the halves of the token. */
enum uring_op {
    OP_NONE = 0,
    OP_WAKE = 1,
    OP_SEND = 2, /* with the index of the submission in place of the generation */
    OP_ACCEPT = 3,
    OP_RECEIVE = 4,
    OP_WRITE = 5,
    OP_WATCH = 6,
    OP_FAULT = 7 /* made up: what arrived before a send failed has been reported by now */
};

enum { OP_SHIFT = 24 };

struct uring_event {
    uint64_t data;
    int32_t result;
    uint32_t flags;
};

/* Receive buffers of one size, numbered through both arenas. */
struct uring_pool {
    struct io_uring_buf *ring;
    size_t ring_bytes;
    uint16_t mask;
    uint16_t tail;
    int32_t first; /* number of a buffer of this pool */
    int32_t count;
    int32_t size;      /* of the bytes that a buffer takes */
    int32_t start;     /* of the first in each arena, its gap included */
    int32_t per_arena; /* how many */
    int32_t available; /* to the kernel, as far as known */
    int32_t credit;    /* of those, what no starved socket was promised yet */
    /* Reported in turns of even and of odd number. */
    uint16_t *reported[2];
    int32_t reported_count[2];
};

struct uring {
    struct poller base;
    int fd;
    int wake;
    bool enabled; /* by its first turn, whose thread the ring then belongs to */
    bool woken;
    bool pending; /* an event is kept that the next pass can deal with */
    uint8_t *rings;
    size_t rings_bytes;
    struct io_uring_sqe *sqes;
    size_t sqes_bytes;
    unsigned *sq_head;
    unsigned *sq_tail;
    unsigned *sq_flags;
    unsigned sq_entries;
    unsigned tail; /* ours; the kernel's follows when it is entered */
    unsigned *cq_head;
    unsigned *cq_tail;
    unsigned cq_mask;
    struct io_uring_cqe *cqes;

    unsigned turn;
    uint8_t *arenas[2];
    struct uring_pool pools[POOLS];

    /* Completions that no turn has dealt with yet, oldest first. */
    struct uring_event *events;
    /* Tokens whose next requests are to be made before the ring is entered again. */
    uint64_t *stopped;
    int32_t event_count;
    int32_t stopped_count;
    int32_t event_capacity; /* of both */

    int message_count;
    int region_count;
    struct msghdr messages[MESSAGES];
    struct iovec regions[REGIONS];
};

/* In `stopped`: the socket was empty, so that receiving at once would be in vain. */
enum { STOPPED_EMPTY = 1 << OP_SHIFT };

static inline struct uring *uring_of(const struct loop *loop)
{
    return (struct uring *)loop->poller;
}

static inline uint64_t uring_data(int64_t token, enum uring_op op)
{
    return (uint64_t)token | (uint64_t)op << OP_SHIFT;
}

static inline enum uring_op uring_op_of(uint64_t data)
{
    return (enum uring_op)(data >> OP_SHIFT & 0xff);
}

static inline int64_t uring_token(uint64_t data)
{
    return (int64_t)(data & ~((uint64_t)0xff << OP_SHIFT));
}

/* Makes room for one request, by submitting what there is. */
int uring_reserve(struct uring *uring);
/* Begins a request; NULL when there was no room and the kernel refused to make some. */
struct io_uring_sqe *uring_request(struct uring *uring, uint8_t opcode, int fd, uint64_t data);
/* Submits without waiting and without running what has completed. */
int uring_submit(struct uring *uring);
/* Submits, runs what has completed, and waits for a completion: not for 0 nanoseconds, without
 * limit for less. Returns 0 or -errno, -EINTR only where the wait has a limit. */
int uring_enter(struct uring *uring, int64_t wait_nanos);
/* Makes and cancels requests until they are what the armed bits say. */
int uring_follow(struct uring *uring, struct vf_slot *slot, unsigned armed, bool empty);
int uring_watch_wakeups(struct uring *uring);

/* Queues an event for report; false when there is no memory for it. */
bool uring_keep(struct uring *uring, uint64_t data, int32_t result, uint32_t flags);

int uring_send(struct loop *loop, struct turn *turn, int32_t head);
/* The answer to a send, which comes before the call returns that submitted it, and only if it fell
 * short. False when there is no memory. */
bool uring_sent(struct loop *loop, struct turn *turn, uint64_t data, int32_t result);

int uring_turn(struct loop *loop, struct turn *turn, int64_t timeout_nanos);
int uring_flush(struct loop *loop, struct turn *turn);
/* Closes what was accepted and not reported. */
void uring_discard(struct uring *uring);

int uring_pools_open(struct uring *uring, const struct loop *loop);
void uring_pools_close(struct uring *uring);
/* Gives back to the kernel what was reported in turns of this parity; whether there was any. */
bool uring_pools_recycle(struct uring *uring, unsigned parity);
/* The pool that a buffer belongs to. */
struct uring_pool *uring_pool_of(struct uring *uring, int buffer);
/* Where a buffer's bytes begin: in which arena, and at which index. */
int uring_pool_place(const struct uring_pool *pool, int buffer, int32_t *index);
/* The bytes of a buffer have been reported. */
void uring_pool_report(struct uring *uring, int buffer);
/* Nobody wants to know of a buffer's bytes. */
void uring_pool_return(struct uring *uring, int buffer);

#endif
