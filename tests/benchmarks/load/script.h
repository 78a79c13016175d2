/*
 * What every connection sends and expects back: a cycle of a few different messages, built and
 * masked before the measurement, so that sending any number of them is one send from one region.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "options.h"

#include <stddef.h>
#include <stdint.h>

enum { OPCODE_TEXT = 1, OPCODE_BINARY = 2, OPCODE_CLOSE = 8 };

struct script {
    uint32_t messages; /* in the cycle */
    uint32_t size;     /* of a payload */
    uint8_t opcode;
    size_t *frames;     /* where in the ring each begins, and where the last one ends */
    size_t cycle_bytes;
    size_t ring_bytes;  /* the cycle and its beginning once more, for a batch that wraps */
    uint8_t *ring;
    uint8_t *payloads; /* messages * size, unmasked */
};

/* For batches of up to so many messages. */
struct script script_make(const struct options *options, uint32_t batch);

/* How many bytes the frames of so many messages take, from one of the cycle on. */
size_t script_bytes(const struct script *script, uint32_t first, uint32_t messages);

void script_free(struct script *script);

#endif
