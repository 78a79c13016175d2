#include "incoming.h"

#include <string.h>

enum { FIN = 0x80, OPCODE = 0x0F, COMPRESSED = 0x40, RESERVED = 0x70, CONTROL = 0x08, CONTINUATION = 0, MASK = 0x80 };

static const char *accept_header(struct incoming *in, const struct script *script)
{
    uint8_t first = in->header[0];
    uint8_t opcode = first & OPCODE;
    int compressed = in->inflater != NULL && (opcode & CONTROL) == 0 && !in->in_message;
    if ((first & RESERVED) != (compressed ? COMPRESSED : 0)) {
        return compressed ? "the answer is not compressed" : "a reserved bit is set";
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
    if (in->inflater == NULL && in->left > script->size - in->offset) {
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

static const uint8_t *expected_rest(const struct incoming *in, const struct script *script)
{
    return script->payloads + (size_t)in->expected * script->size + in->offset;
}

/* Compares a part of a payload. Returns how many bytes of the message it stands for, or -1. */
static int64_t compare(struct incoming *in, const struct script *script, const uint8_t *at,
                       size_t length)
{
    const uint8_t *expected = expected_rest(in, script);
    if (in->inflater != NULL) {
        return inflater_compare(in->inflater, at, length, expected, script->size - in->offset);
    }
    return memcmp(at, expected, length) == 0 ? (int64_t)length : -1;
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
    if (in->inflater != NULL) {
        int64_t inflated =
            inflater_end(in->inflater, expected_rest(in, script), script->size - in->offset);
        if (inflated < 0) {
            *wrong = "the end of the payload cannot be inflated, or differs";
            return -1;
        }
        in->offset += (uint32_t)inflated;
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
                int64_t compared = compare(in, script, at, run);
                if (compared < 0) {
                    *wrong = "the payload differs from the one sent";
                    return -1;
                }
                in->offset += (uint32_t)compared;
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
