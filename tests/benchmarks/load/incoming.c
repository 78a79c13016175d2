#include "incoming.h"

#include <string.h>

enum { FIN = 0x80, OPCODE = 0x0F, CONTROL = 0x08, CONTINUATION = 0, MASK = 0x80 };

static const char *accept_header(struct incoming *in, const struct script *script)
{
    uint8_t first = in->header[0];
    uint8_t opcode = first & OPCODE;
    if ((first & 0x70) != 0) {
        return "a reserved bit is set";
    }
    if ((in->header[1] & MASK) != 0) {
        return "a frame of the server is masked";
    }
    in->left = in->header[1];
    if (in->header[1] >= 126) {
        in->left = 0;
        for (unsigned i = 2; i < in->header_bytes; i++) {
            in->left = in->left << 8 | in->header[i];
        }
    }
    in->first = first;
    in->header_bytes = 0;
    if ((opcode & CONTROL) != 0) {
        return opcode == OPCODE_CLOSE ? "the server sent a close frame" : NULL;
    }
    if (opcode != (in->in_message ? CONTINUATION : script->opcode)) {
        return "the opcode is another than that of the message sent";
    }
    if (in->left > script->size - in->offset) {
        return "the message is longer than the one sent";
    }
    return NULL;
}

static unsigned header_length(const struct incoming *in)
{
    if (in->header_bytes < 2) {
        return 2;
    }
    unsigned length = in->header[1] & 0x7F;
    return length < 126 ? 2 : length == 126 ? 4 : 10;
}

/* The payload of a frame is complete; whether a message is, or what is wrong. */
static int end_frame(struct incoming *in, const struct script *script, const char **wrong)
{
    if ((in->first & CONTROL) != 0) {
        return 0;
    }
    in->in_message = (in->first & FIN) == 0;
    if (in->in_message) {
        return 0;
    }
    if (in->offset != script->size) {
        *wrong = "the message is shorter than the one sent";
        return -1;
    }
    in->offset = 0;
    in->expected = in->expected + 1 == script->messages ? 0 : in->expected + 1;
    return 1;
}

int64_t incoming_take(struct incoming *in, const struct script *script, const uint8_t *bytes,
                      size_t length, const char **wrong)
{
    int64_t complete = 0;
    const uint8_t *at = bytes;
    const uint8_t *end = bytes + length;
    while (at < end) {
        if (in->left == 0) {
            in->header[in->header_bytes++] = *at++;
            if (in->header_bytes < header_length(in)) {
                continue;
            }
            const char *offence = accept_header(in, script);
            if (offence != NULL) {
                *wrong = offence;
                return -1;
            }
        } else {
            size_t run = (size_t)(end - at) < in->left ? (size_t)(end - at) : (size_t)in->left;
            if ((in->first & CONTROL) == 0) {
                const uint8_t *expected =
                    script->payloads + (size_t)in->expected * script->size + in->offset;
                if (memcmp(at, expected, run) != 0) {
                    *wrong = "the payload differs from the one sent";
                    return -1;
                }
                in->offset += (uint32_t)run;
            }
            in->left -= run;
            at += run;
        }
        if (in->left == 0 && in->header_bytes == 0) {
            int ended = end_frame(in, script, wrong);
            if (ended < 0) {
                return -1;
            }
            complete += ended;
        }
    }
    return complete;
}
