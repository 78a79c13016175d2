/*
 * Fan-out: what the first connection sends, the server passes to all the others. A message is timed
 * from when it was sent to when each of them has it. The next one is sent as soon as no subscriber
 * has the full depth still to come.
 */
#include "clock.h"
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "report.h"

/* Returns how many subscribers have the full depth to come afterwards: none, or all. */
static uint32_t publish(struct run *run)
{
    uint64_t time = now();
    uint32_t owed_in_full = 0;
    for (uint32_t i = 1; i < run->options->connections; i++) {
        connection_expect(&run->connections[i], 1, time);
        owed_in_full += run->connections[i].under_way == run->options->depth;
    }
    connection_send(run, &run->connections[0], 1);
    return owed_in_full;
}

int fanout(const struct options *options)
{
    struct run *run = allocate(sizeof *run);
    struct options with_publisher = *options;
    with_publisher.connections++;
    run_open(run, &with_publisher, options->depth, options->depth);
    for (uint32_t i = 1; i < with_publisher.connections; i++) {
        run->connections[i].incoming.expected = run->connections[0].incoming.expected;
    }
    uint64_t time = now();
    uint64_t begin = time + nanos_of_seconds(options->warmup);
    uint64_t end = begin + nanos_of_seconds(options->seconds);
    uint32_t owed_in_full = 0;
    while (time < end && run->errors == 0) {
        while (owed_in_full == 0) {
            owed_in_full = publish(run);
        }
        int ready = run_wait(run, 100);
        time = now();
        if (run->from == 0 && time >= begin) {
            run_begin(run, time);
        }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = &run->connections[run->ready[i].data.u32];
            int was_owed_in_full = connection->under_way == options->depth;
            uint32_t complete = connection_serve(run, connection, run->ready[i].events, &time);
            owed_in_full -= was_owed_in_full && complete > 0;
        }
    }
    run_end(run, now());
    int code = report_messages(run);
    run_close(run);
    free(run);
    return code;
}
