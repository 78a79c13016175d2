#include "options.h"

#include "deflate.h"
#include "tls.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "usage: volfram-load MODE --port N [options]\n"
    "\n"
    "  closed    each connection keeps --depth messages under way\n"
    "  open      --rate messages a second in all, each timed from when it was due\n"
    "  fanout    one more connection publishes, and all others get every message; as many as\n"
    "            --depth may be on their way\n"
    "  connects  connects, upgrades and closes, --connections at a time\n"
    "  idle      opens a half of --connections and closes it, and weighs the server with that half\n"
    "            and with all of them; prints a line each time, and waits for one on standard input\n"
    "\n"
    "  --host A         IPv4 address of the server (127.0.0.1)\n"
    "  --port N\n"
    "  --path P         request target (/)\n"
    "  --connections N  (64)\n"
    "  --depth N        (1)\n"
    "  --size N         bytes of payload (64)\n"
    "  --type T         binary, or text: ascii, json, or mixed scripts (binary)\n"
    "  --rate N         messages a second (20000)\n"
    "  --warmup S       seconds before measuring (1)\n"
    "  --seconds S      seconds of measuring (3)\n"
    "  --spin           never sleep\n"
    "  --tls            wss; the certificate is not judged\n"
    "  --deflate C      permessage-deflate: context, or no-context between answers; closed, open\n"
    "  --latencies F    write the histogram of latencies: lines of a bucket's number, as in an\n"
    "                   HdrHistogram of 2 digits, and its count\n"
    "  --announce       once connected, and before closing, print a line and wait for one on\n"
    "                   standard input\n"
    "  --features       print what it was built with: tls, deflate\n"
    "  --pid N          process of the server, whose CPU time and memory are reported\n"
    "\n"
    "Prints one line of JSON. Ends with 1 when an answer was wrong or missing.\n";

enum {
    OPT_HOST = 256,
    OPT_PORT,
    OPT_PATH,
    OPT_CONNECTIONS,
    OPT_DEPTH,
    OPT_SIZE,
    OPT_TYPE,
    OPT_RATE,
    OPT_WARMUP,
    OPT_SECONDS,
    OPT_SPIN,
    OPT_TLS,
    OPT_DEFLATE,
    OPT_LATENCIES,
    OPT_ANNOUNCE,
    OPT_PID,
    OPT_FEATURES,
    OPT_HELP
};

static const struct option LONG_OPTIONS[] = {
    {"host", required_argument, NULL, OPT_HOST},
    {"port", required_argument, NULL, OPT_PORT},
    {"path", required_argument, NULL, OPT_PATH},
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"depth", required_argument, NULL, OPT_DEPTH},
    {"size", required_argument, NULL, OPT_SIZE},
    {"type", required_argument, NULL, OPT_TYPE},
    {"rate", required_argument, NULL, OPT_RATE},
    {"warmup", required_argument, NULL, OPT_WARMUP},
    {"seconds", required_argument, NULL, OPT_SECONDS},
    {"spin", no_argument, NULL, OPT_SPIN},
    {"tls", no_argument, NULL, OPT_TLS},
    {"deflate", required_argument, NULL, OPT_DEFLATE},
    {"latencies", required_argument, NULL, OPT_LATENCIES},
    {"announce", no_argument, NULL, OPT_ANNOUNCE},
    {"pid", required_argument, NULL, OPT_PID},
    {"features", no_argument, NULL, OPT_FEATURES},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static _Noreturn void refuse(const char *name, const char *expected, const char *value)
{
    fprintf(stderr, "volfram-load: --%s expects %s, got %s\n", name, expected, value);
    exit(2);
}

static uint32_t whole(const char *name, const char *value, long least, long most)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || number < least || number > most) {
        char expected[64];
        snprintf(expected, sizeof expected, "%ld to %ld", least, most);
        refuse(name, expected, value);
    }
    return (uint32_t)number;
}

static double positive(const char *name, const char *value)
{
    char *end;
    double number = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !isfinite(number) || number < 0) {
        refuse(name, "a number, 0 or more", value);
    }
    return number;
}

const char *payload_name(enum payload payload)
{
    static const char *const NAMES[] = {"binary", "ascii", "mixed", "json"};
    return NAMES[payload];
}

static enum payload payload_of(const char *value)
{
    for (int i = PAYLOAD_BINARY; i <= PAYLOAD_JSON; i++) {
        if (strcmp(value, payload_name((enum payload)i)) == 0) {
            return (enum payload)i;
        }
    }
    refuse("type", "binary, ascii, mixed or json", value);
}

static enum deflate deflate_of(const char *value)
{
    if (strcmp(value, "context") == 0) {
        return DEFLATE_CONTEXT;
    }
    if (strcmp(value, "no-context") == 0) {
        return DEFLATE_NO_CONTEXT;
    }
    refuse("deflate", "context or no-context", value);
}

struct options options_parse(int argc, char **argv)
{
    struct options options = {
        .host = "127.0.0.1",
        .path = "/",
        .server.sin_family = AF_INET,
        .connections = 64,
        .depth = 1,
        .size = 64,
        .payload = PAYLOAD_BINARY,
        .rate = 20000,
        .warmup = 1,
        .seconds = 3,
    };
    int option;
    while ((option = getopt_long(argc, argv, "", LONG_OPTIONS, NULL)) != -1) {
        switch (option) {
        case OPT_HOST:
            options.host = optarg;
            break;
        case OPT_PORT:
            options.server.sin_port = htons((uint16_t)whole("port", optarg, 1, 65535));
            break;
        case OPT_PATH:
            options.path = optarg;
            break;
        case OPT_CONNECTIONS:
            options.connections = whole("connections", optarg, 1, 1000000);
            break;
        case OPT_DEPTH:
            options.depth = whole("depth", optarg, 1, 1024);
            break;
        case OPT_SIZE:
            options.size = whole("size", optarg, 0, 64 << 20);
            break;
        case OPT_TYPE:
            options.payload = payload_of(optarg);
            break;
        case OPT_RATE:
            options.rate = positive("rate", optarg);
            break;
        case OPT_WARMUP:
            options.warmup = positive("warmup", optarg);
            break;
        case OPT_SECONDS:
            options.seconds = positive("seconds", optarg);
            break;
        case OPT_SPIN:
            options.spin = 1;
            break;
        case OPT_TLS:
            options.tls = 1;
            break;
        case OPT_DEFLATE:
            options.deflate = deflate_of(optarg);
            break;
        case OPT_LATENCIES:
            options.latencies = optarg;
            break;
        case OPT_ANNOUNCE:
            options.announce = 1;
            break;
        case OPT_PID:
            options.pid = (pid_t)whole("pid", optarg, 1, 1 << 22);
            break;
        case OPT_FEATURES:
            printf("%s%s\n", tls_is_there() ? "tls " : "", deflate_is_there() ? "deflate" : "");
            exit(0);
        case OPT_HELP:
            fputs(USAGE, stdout);
            exit(0);
        default:
            exit(2); /* getopt has said why */
        }
    }
    if (optind != argc - 1) {
        fputs("volfram-load: expects one mode; --help lists them\n", stderr);
        exit(2);
    }
    options.mode = argv[optind];
    if (inet_pton(AF_INET, options.host, &options.server.sin_addr) != 1) {
        refuse("host", "an IPv4 address", options.host);
    }
    if (options.server.sin_port == 0) {
        refuse("port", "1 to 65535", "nothing");
    }
    return options;
}
