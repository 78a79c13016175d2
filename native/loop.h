/* What turn.c, socket.c and the poller share. */
#ifndef VOLFRAM_LOOP_H
#define VOLFRAM_LOOP_H

#include "volfram.h"

#include <stdbool.h>
#include <stddef.h>

enum { READY_MAX = 1024 };

/* VF_READ, VF_WRITE, and: the socket has failed or is closed at both ends. */
enum { READY_BROKEN = 8 };

struct ready {
    int64_t token;
    uint32_t flags;
};

struct poller;

struct loop {
    struct poller *poller;
    struct vf_slot *slots;
    int32_t slot_count;
    int32_t arena_bytes;
    uint8_t *arenas[2];
    /* What the poller has reported and no turn has had room for: [ready_next, ready_count). */
    int32_t ready_next;
    int32_t ready_count;
    struct ready ready[READY_MAX];
};

/* A poller. It watches level-triggered; armed == VF_ATTACHED alone still reports READY_BROKEN. */
int poller_open(struct poller **poller);
void poller_close(struct poller *poller);
/* Tells the kernel about a change of vf_slot.armed, where either side may lack VF_ATTACHED. */
int poller_arm(struct poller *poller, int fd, int64_t token, unsigned from, unsigned to);
/* Forgets a descriptor that is about to be closed, if it is known. */
void poller_forget(struct poller *poller, int fd);
/* Returns the number of ready sockets, 0 also after a wakeup. */
int poller_wait(struct poller *poller, struct ready *ready, int max, int64_t timeout_nanos);
int poller_wake(struct poller *poller);

/* The slot that a token names, or NULL when it is stale. */
struct vf_slot *loop_slot(struct loop *loop, int64_t token);
/* Makes `armed` follow `wanted` and the phase. */
int loop_arm(struct loop *loop, struct vf_slot *slot);
/* Stops watching. */
void loop_detach(struct loop *loop, struct vf_slot *slot);

/* What one call of vf_turn or vf_flush works on. */
struct turn {
    const struct vf_submission *submissions;
    int32_t submission_count;
    int32_t completion_count;
    int32_t completion_capacity;
    struct vf_completion *completions;
    bool arena_held[2]; /* an unsent region lies in it */
    int arena;
    int32_t arena_next;
};

/* Checks the arguments of a call and executes its submissions. */
int turn_begin(struct loop *loop, struct turn *turn, int64_t submissions, int32_t count,
               int64_t completions, int32_t capacity);
void turn_complete(struct turn *turn, int64_t token, int32_t kind, int32_t result, int32_t index,
                   int32_t length);
/* The connection is broken: reports it and never watches it again. */
void turn_end_broken(struct loop *loop, struct turn *turn, struct vf_slot *slot, int error);
/* loop_arm, which takes a refusal by the kernel for the end of the connection. */
void turn_arm(struct loop *loop, struct turn *turn, struct vf_slot *slot);

void socket_apply_options(int fd, int receive_bytes, int send_bytes, int no_delay);
/* Returns a descriptor or -errno; -EAGAIN when there is nothing (more) to accept. */
int socket_accept(int listener);
/* The pending error of a socket, 0 for none. */
int socket_error(int fd);
/* Sends, retrying EINTR, without SIGPIPE. */
struct iovec;
ptrdiff_t socket_send(int fd, struct iovec *regions, int count);
/* Receives, retrying EINTR; -errno. */
ptrdiff_t socket_receive(int fd, uint8_t *to, size_t length);
/* Whether bytes have arrived that were not received. */
bool socket_has_bytes(int fd);
void socket_reset_on_close(int fd);

#endif
