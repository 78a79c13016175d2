/* One WebSocket connection of the generator, and what a run over many of them has in common. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "histogram.h"
#include "incoming.h"
#include "options.h"
#include "script.h"
#include "tls.h"

#include <sys/epoll.h>

enum { READY_MAX = 1024 };

struct connection {
    int fd; /* -1 once it has failed */
    struct tls *tls; /* NULL without */
    int awaits_writable;
    uint32_t next; /* number in the cycle of the message to send next */
    struct incoming incoming;
    size_t out_at;   /* where in the ring the next byte to send is */
    size_t out_left; /* how many bytes are due */
    uint64_t *times; /* when the messages under way were sent, or were due; a ring */
    uint32_t times_mask;
    uint32_t oldest;
    uint32_t under_way;
};

struct run {
    const struct options *options;
    struct script script;
    struct connection *connections;
    uint32_t alive;
    int epoll;
    int times_are_due; /* open loop: a message belongs to the moment when it was due */
    uint8_t *buffer;
    uint64_t from; /* the period that is measured; `until` is 0 until it is known */
    uint64_t until;
    uint64_t answered; /* in all, before the period and after it included */
    uint64_t errors;
    uint64_t server_cpu_nanos; /* within the period */
    uint64_t own_cpu_nanos;
    struct histogram latencies;
    struct epoll_event ready[READY_MAX];
};

/* Opens a socket that is connected and upgraded, not blocking any more; ends the process if not.
 * With --tls it sets `tls`. */
int connection_open(const struct options *options, uint32_t number, struct tls **tls);

/*
 * Binds to 127.0.0.(1 + source), as each address has only 28,000 ports for one server; with source
 * 0 or a server elsewhere it leaves the choice to the kernel.
 */
void connection_bind_source(int fd, const struct options *options, uint32_t source);

/* The opening request, the same for all; the key is that of RFC 6455 §1.3. */
size_t connection_request(char *at, size_t capacity, const struct options *options);

/* Whether a head is the right answer to it: 0, or what is wrong. */
const char *connection_judge_answer(const char *head);

/* Lets the process have as many descriptors as it may. */
void connection_raise_limit(uint32_t wanted);

/* Opens all connections. So many messages may be under way on each, and be sent at once. */
void run_open(struct run *run, const struct options *options, uint32_t under_way, uint32_t batch);

void run_close(struct run *run);

/* Waits for readiness; returns how many entries of `ready` are filled. */
int run_wait(struct run *run, int timeout_millis);

/* Begins and ends the measured period. */
void run_begin(struct run *run, uint64_t time);
void run_end(struct run *run, uint64_t time);

/* Sends the next messages of the script. The caller keeps to the bounds given to run_open. */
void connection_send(struct run *run, struct connection *connection, uint32_t messages);

/* Notes that so many more messages will come, which were sent, or due, at this time. */
void connection_expect(struct connection *connection, uint32_t messages, uint64_t time);

/* Does what an event asks for; returns how many messages were completed, and when by `time`. */
uint32_t connection_serve(struct run *run, struct connection *connection, uint32_t events,
                          uint64_t *time);

#endif
