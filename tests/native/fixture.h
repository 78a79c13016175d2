/* A loop with its memory, and loopback connections to play with. */
#ifndef VOLFRAM_FIXTURE_H
#define VOLFRAM_FIXTURE_H

#include "volfram.h"

#include <stdbool.h>

enum { SLOTS = 64, SUBMISSIONS = 1024, COMPLETIONS = 4096, ARENA_BYTES = 512 * 1024 };

extern int64_t loop;
extern struct vf_slot slots[SLOTS];
extern struct vf_submission submissions[SUBMISSIONS];
extern int32_t submission_count;
extern struct vf_completion completions[COMPLETIONS];
extern uint8_t *arenas[2];

/* Takes the poller from the command line: epoll, kqueue or uring. Ends the program as skipped (77)
 * where it cannot be used. */
void choose_poller(int argc, char **argv);
bool by_uring(void);

void open_loop(void);
/* With arenas that are smaller than ARENA_BYTES. */
void open_loop_of(int32_t arena_bytes);
void close_loop(void);

int64_t token_of(int slot, int generation);
/* Fills in a slot and submits its registration. */
int64_t adopt(int slot, int generation, int fd);
struct vf_submission *submit(int64_t token, int kind);
void submit_send(int64_t token, const void *bytes, int32_t length);
void want(int64_t token, int interest);
/* Frees the slot and submits the close. */
void submit_close(int64_t token, int kind);

/* Runs a turn with what was submitted; at most 1 s. */
int32_t turn(void);
int32_t turn_waiting(int64_t timeout_nanos);
/* Turns until a completion of this kind comes and returns it; fails after 2 s. */
struct vf_completion await(int kind);

/* A connected pair over loopback TCP (blocking), or a Unix socket pair. */
void tcp_pair(int pair[2]);
void unix_pair(int pair[2]);
void set_nonblocking(int fd);

#endif
