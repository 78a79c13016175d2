/*
 * What the two floors share: the least that an echo server must do to a stream of bytes. No
 * library, no validation of text, no close handshake, no limits but the memory: not a server to be
 * used.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Bytes of a stream that wait: an incomplete head or frame, or what the kernel did not take. */
struct pending {
    uint8_t *bytes; /* the first of them is at `start` */
    size_t start;
    size_t length;
    size_t capacity;
};

void pending_append(struct pending *pending, const uint8_t *bytes, size_t length);

/* Drops bytes from the front, and the memory when none are left. */
void pending_drop(struct pending *pending, size_t length);

/*
 * Replaces what waits by other bytes, which may be a part of it, and makes room for as many as are
 * expected in all, and for at least a few more.
 */
void pending_keep(struct pending *pending, const uint8_t *bytes, size_t length, size_t expected);

/* What became of some bytes of a stream. */
struct echo {
    size_t consumed; /* bytes of whole frames; the rest is to come again, with more behind it */
    uint8_t *reply;  /* the same frames, unmasked, within the consumed bytes */
    size_t reply_bytes;
    size_t expected; /* how long the incomplete frame is, 0 where that is not known */
    int over;        /* a close frame or an error: the connection ends */
};

/* Answers the frames in place. */
struct echo floor_echo(uint8_t *bytes, size_t length);

/* The length of a complete request head at the front, 0 when there is none. */
size_t floor_head_bytes(const uint8_t *bytes, size_t length);

/* The 101 for the one key that the load generator uses. */
extern const char FLOOR_ANSWER[];
extern const size_t FLOOR_ANSWER_BYTES;

/* A non-blocking socket that listens on a port of the loopback; ends the process on failure. */
int floor_listen(const char *port);

/* The descriptor's limits and settings. */
void floor_accepted(int fd);

noreturn void floor_fail(const char *call, int error);

#endif
