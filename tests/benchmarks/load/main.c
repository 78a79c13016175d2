/* The load generator: one thread, epoll, nothing that waits but the kernel. */
#include "modes.h"

#include <stdio.h>
#include <string.h>

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
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        if (strcmp(options.mode, MODES[i].name) == 0) {
            return MODES[i].run(&options);
        }
    }
    fprintf(stderr, "volfram-load: no mode is named %s; --help lists them\n", options.mode);
    return 2;
}
