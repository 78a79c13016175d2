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

struct iovec;
struct loop;
struct turn;

/*
 * How a loop hears of its sockets. Of readiness (epoll, kqueue): the turn then receives by itself;
 * or of what is done already (io_uring), which executes a turn in its own way.
 */
struct poller_kind {
    void (*close)(struct loop *loop);
    int (*wake)(struct loop *loop);
    /* Follows a change of the lower bits of vf_slot.armed, where either side may lack VF_ATTACHED.
     * A socket watched without interest still reports that it is broken. */
    int (*arm)(struct loop *loop, struct vf_slot *slot, unsigned from, unsigned to);
    /* Forgets a descriptor and closes it, after what was sent before. */
    int (*close_socket)(struct loop *loop, int fd);
    /* Sends a chain of submissions, now or when the poller settles. */
    int (*send)(struct loop *loop, struct turn *turn, int32_t head);
    /* Hands every send so far to the kernel. */
    int (*settle)(struct loop *loop);
    /* What vf_turn and vf_flush do when the submissions have been executed. */
    int (*turn)(struct loop *loop, struct turn *turn, int64_t timeout_nanos);
    int (*flush)(struct loop *loop, struct turn *turn);
};

/* What each poller puts first into its own structure. */
struct poller {
    const struct poller_kind *kind;
};

struct loop {
    struct poller *poller;
    struct vf_slot *slots;
    int32_t slot_count;
    int32_t arena_bytes;
    uint8_t *arenas[2];
    /* Of vf_spin and vf_wakeup, by atomic accesses in one order of all threads. */
    int32_t spinning;
    int32_t woken;
    /* What was reported as ready and no turn has had room for: [ready_next, ready_count). */
    int32_t ready_next;
    int32_t ready_count;
    struct ready ready[READY_MAX];
};

/* Make loop->poller, or return -errno. */
int readiness_open(struct loop *loop);
int uring_open(struct loop *loop);
/* Which of vf_poller_kind readiness_open makes: the system's own. */
int32_t readiness_kind(void);
/* Returns the number of events in loop->ready, 0 also after a wakeup. A socket may have two. */
int readiness_wait(struct loop *loop, int64_t timeout_nanos);

/* The slot that a token names, or NULL when it is stale. */
struct vf_slot *loop_slot(struct loop *loop, int64_t token);
/* Makes `armed` follow `wanted` and the phase. */
int loop_arm(struct loop *loop, struct vf_slot *slot);
/* Stops watching. */
void loop_detach(struct loop *loop, struct vf_slot *slot);

/* The bits of vf_slot.armed that loop_arm decides; a poller may use the others. */
enum { ARMED_BITS = VF_READ | VF_WRITE | VF_ATTACHED };

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
/* CLOCK_MONOTONIC in nanoseconds. */
int64_t turn_clock(void);
/* A turn by readiness: waits, accepts, and receives from what is ready. */
int turn_by_readiness(struct loop *loop, struct turn *turn, int64_t timeout_nanos);
/* For pollers of readiness, whose sends have all been made by then. */
int settle_nothing(struct loop *loop);
int flush_nothing(struct loop *loop, struct turn *turn);
/* A connection attempt has ended. */
void turn_connected(struct loop *loop, struct turn *turn, struct vf_slot *slot);
/* Sends a chain by system calls of its own. */
int submit_send_now(struct loop *loop, struct turn *turn, int32_t head);
/* Collects the part of a chain that one system call takes; returns the number of regions. */
int submit_gather(const struct turn *turn, int32_t index, struct iovec *regions, int max,
                  size_t *total, int32_t *next);
/* Reports what is left of a chain from `index` on, whose first `sent` bytes the kernel took. */
void submit_unsent(struct loop *loop, struct turn *turn, int32_t index, ptrdiff_t sent);
/* The connection is broken: reports it and never watches it again. */
void turn_end_broken(struct loop *loop, struct turn *turn, struct vf_slot *slot, int error);
/* loop_arm, which takes a refusal by the kernel for the end of the connection. */
void turn_arm(struct loop *loop, struct turn *turn, struct vf_slot *slot);

/* What differs per system, in a file of its own for each. Return a descriptor that is non-blocking
 * and close-on-exec and raises no SIGPIPE, or -1 and errno. */
int system_socket(int family);
int system_accept(int listener);
int system_send_flags(void);
/* Sets SO_BUSY_POLL; 0 or -errno, -ENOSYS where there is no such option. */
int system_busy_poll(int fd, int micros);
/* Sets TCP_QUICKACK, which a socket may not have. */
void system_quick_ack(int fd);
/* Linux only: adds to an eventfd that is non-blocking; 0 or -errno. */
int system_signal(int eventfd);
/* Passes a result that is not negative; a negative errno, in the numbering of Linux. */
int system_result(int result);

void socket_apply_options(int fd, int receive_bytes, int send_bytes, int no_delay,
                          int busy_poll_micros);
/* Returns a descriptor or -errno; -EAGAIN when there is nothing (more) to accept. */
int socket_accept(int listener);
/* The pending error of a socket, 0 for none. */
int socket_error(int fd);
/* Sends, retrying EINTR, without SIGPIPE. */
ptrdiff_t socket_send(int fd, struct iovec *regions, int count);
/* Receives, retrying EINTR; -errno. */
ptrdiff_t socket_receive(int fd, uint8_t *to, size_t length);
/* Whether bytes have arrived that were not received. */
bool socket_has_bytes(int fd);
void socket_reset_on_close(int fd);

#endif
