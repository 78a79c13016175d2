/* RFC 7692's payloads, where the generator was built with zlib. */
#ifndef DEFLATE_H
#define DEFLATE_H

#include <stddef.h>
#include <stdint.h>

struct inflater;

int deflate_is_there(void);

/*
 * Compresses a message that refers to none before it: right whether or not the server keeps its
 * context. Returns its length, which the capacity must suffice for; 0 when that fails.
 */
size_t deflate_message(const uint8_t *message, size_t length, uint8_t *at, size_t capacity);

/* How long a compressed message may become. */
size_t deflate_bound(size_t length);

/* Of one connection; with the context of earlier messages, or each message on its own. */
struct inflater *inflater_new(int keeps_context);

void inflater_free(struct inflater *inflater);

/*
 * Takes a part of a message and compares what it inflates to. Returns how many bytes that were, or
 * -1 when they differ from the expected ones, are more of them, or cannot be inflated.
 */
int64_t inflater_compare(struct inflater *inflater, const uint8_t *part, size_t length,
                         const uint8_t *expected, size_t expected_length);

/* As above, for the end of a message, which is not on the wire. */
int64_t inflater_end(struct inflater *inflater, const uint8_t *expected, size_t expected_length);

#endif
