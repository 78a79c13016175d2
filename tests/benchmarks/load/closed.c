/* Closed loop: an answer is what makes a connection send its next message. */
#include "clock.h"
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "report.h"

int closed_loop(const struct options *options)
{
    struct run *run = allocate(sizeof *run);
    run_open(run, options, options->depth, options->depth);
    uint64_t time = now();
    uint64_t begin = time + nanos_of_seconds(options->warmup);
    uint64_t end = begin + nanos_of_seconds(options->seconds);
    for (uint32_t i = 0; i < options->connections; i++) {
        connection_expect(&run->connections[i], options->depth, now());
        connection_send(run, &run->connections[i], options->depth);
    }
    while (time < end && run->alive > 0) {
        int ready = run_wait(run, 100);
        time = now();
        if (run->from == 0 && time >= begin) {
            run_begin(run, time);
        }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = &run->connections[run->ready[i].data.u32];
            uint32_t complete = connection_serve(run, connection, run->ready[i].events, &time);
            if (complete > 0) {
                connection_expect(connection, complete, time);
                connection_send(run, connection, complete);
            }
        }
    }
    run_end(run, now());
    int code = report_messages(run);
    run_close(run);
    free(run);
    return code;
}
