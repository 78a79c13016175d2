/* Idle connections: what each costs the server in memory. */
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "process.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Prints, and lets whoever reads go on: a line on standard input, or its end, or the time. */
static void pause_after(const char *line, double seconds)
{
    puts(line);
    fflush(stdout);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, (int)(seconds * 1e3)) > 0) {
        char byte;
        while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
        }
    }
}

static uint32_t still_open(const int *fds, uint32_t count)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct pollfd state = {.fd = fds[i], .events = POLLRDHUP};
        open += poll(&state, 1, 0) == 0;
    }
    return open;
}

int idle(const struct options *options)
{
    int *fds = allocate(options->connections * sizeof *fds);
    connection_raise_limit(options->connections);
    uint64_t before = process_resident_bytes(options->pid);
    for (uint32_t i = 0; i < options->connections; i++) {
        fds[i] = connection_open(options, i);
    }
    pause_after("{\"mode\":\"idle\",\"state\":\"open\"}", options->seconds);
    uint64_t after = process_resident_bytes(options->pid);
    uint32_t open = still_open(fds, options->connections);
    printf("{\"mode\":\"idle\",\"connections\":%" PRIu32 ",\"resident_before\":%" PRIu64
           ",\"resident_after\":%" PRIu64 ",\"resident_bytes_per_connection\":%.1f"
           ",\"errors\":%" PRIu32 "}\n",
           options->connections, before, after,
           ((double)after - (double)before) / (double)options->connections,
           options->connections - open);
    for (uint32_t i = 0; i < options->connections; i++) {
        close(fds[i]);
    }
    free(fds);
    return open == options->connections ? 0 : 1;
}
