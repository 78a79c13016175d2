/* The load generator: one thread, epoll, nothing that waits but the kernel. */
#include "deflate.h"
#include "modes.h"
#include "tls.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_NOT_BUILT_IN = 3 };

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *options);
    } MODES[] = {
        {"closed", closed_loop}, {"open", open_loop}, {"fanout", fanout},
        {"connects", connects},  {"idle", idle},
    };
    struct options options = options_parse(argc, argv);
    if ((options.tls && !tls_is_there()) || (options.deflate != DEFLATE_NONE && !deflate_is_there())) {
        fputs("volfram-load: built without OpenSSL or zlib, which this asks for\n", stderr);
        return EXIT_NOT_BUILT_IN;
    }
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        if (strcmp(options.mode, MODES[i].name) == 0) {
            return MODES[i].run(&options);
        }
    }
    fprintf(stderr, "volfram-load: no mode is named %s; --help lists them\n", options.mode);
    return 2;
}
