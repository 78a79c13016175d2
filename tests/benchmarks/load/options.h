/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

enum payload { PAYLOAD_BINARY, PAYLOAD_ASCII, PAYLOAD_MIXED, PAYLOAD_JSON };

/* permessage-deflate: not offered, with the context of earlier answers, or without. */
enum deflate { DEFLATE_NONE, DEFLATE_CONTEXT, DEFLATE_NO_CONTEXT };

struct options {
    const char *mode;
    const char *host; /* as given, for the Host header */
    const char *path;
    struct sockaddr_in server;
    uint32_t connections;
    uint32_t depth; /* messages under way on a connection */
    uint32_t size;  /* bytes of payload */
    enum payload payload;
    double rate; /* messages a second over all connections */
    double warmup;
    double seconds;
    int spin;
    int tls;
    enum deflate deflate;
    const char *latencies; /* a file for the histogram, or NULL */
    int announce;
    pid_t pid; /* of the server, 0 for unknown */
};

/* Parses, or ends the process with a line that says what is wrong. */
struct options options_parse(int argc, char **argv);

const char *payload_name(enum payload payload);

#endif
