/*
 * Parses what a server sends and compares every byte of it with the script. Fragments and pings are
 * accepted; a ping is not answered, as no run lasts as long as the patience of a server.
 */
#ifndef INCOMING_H
#define INCOMING_H

#include "deflate.h"
#include "script.h"

#include <stddef.h>
#include <stdint.h>

struct incoming {
    struct inflater *inflater; /* NULL without permessage-deflate */
    uint8_t header[10];
    uint8_t header_bytes; /* of the header that is incomplete; 0 inside a payload */
    uint8_t first;        /* first byte of the frame whose payload is being read */
    uint8_t in_message;   /* after a fragment without FIN */
    uint64_t left;        /* of the frame's payload */
    uint32_t offset;      /* within the message */
    uint32_t expected;    /* number of the message in the cycle */
};

/*
 * Takes bytes and returns how many messages they completed, or -1: something differs, and `wrong`
 * says what. A close frame is something else than what was expected, too.
 */
int64_t incoming_take(struct incoming *incoming, const struct script *script, const uint8_t *bytes,
                      size_t length, const char **wrong);

#endif
