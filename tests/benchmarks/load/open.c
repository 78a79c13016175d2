/*
 * Open loop: messages are due at fixed moments, whatever the answers do, and each is timed from the
 * moment when it was due. So a server that stalls is charged for every message that had to wait.
 * The generator never sleeps here: a timer is off by more than the latencies are.
 */
#include "clock.h"
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "report.h"

#include <stdio.h>

enum { UNDER_WAY_MAX = 1 << 14, BATCH = 64 };

static const uint64_t PATIENCE = 2ull * NANOS_PER_SECOND;

struct schedule {
    uint64_t begin;
    double interval; /* nanoseconds between two messages */
    uint64_t sent;
};

static uint64_t next_due(const struct schedule *schedule)
{
    return schedule->begin + (uint64_t)((double)schedule->sent * schedule->interval);
}

/* Sends what is due, each message on the next connection. */
static void send_due(struct run *run, struct schedule *schedule, uint64_t time, uint64_t end)
{
    for (uint64_t due = next_due(schedule); due <= time && due < end; due = next_due(schedule)) {
        struct connection *connection =
            &run->connections[schedule->sent++ % run->options->connections];
        if (connection->fd >= 0 && connection->under_way < UNDER_WAY_MAX) {
            connection_expect(connection, 1, due);
            connection_send(run, connection, 1);
        } else {
            run->errors++;
        }
    }
}

static void serve(struct run *run, int ready)
{
    uint64_t time = 0;
    for (int i = 0; i < ready; i++) {
        connection_serve(run, &run->connections[run->ready[i].data.u32], run->ready[i].events,
                         &time);
    }
}

/* Counts the messages that were never answered, as errors that took until now. */
static uint64_t unanswered(struct run *run, int final)
{
    uint64_t messages = 0;
    for (uint32_t i = 0; i < run->options->connections; i++) {
        struct connection *connection = &run->connections[i];
        messages += connection->under_way;
        for (uint32_t j = 0; final && j < connection->under_way; j++) {
            uint64_t due = connection->times[(connection->oldest + j) & connection->times_mask];
            if (due >= run->from) {
                histogram_record(&run->latencies, now() - due);
            }
        }
    }
    return messages;
}

int open_loop(const struct options *options)
{
    if (options->rate <= 0) {
        fputs("volfram-load: --rate expects more than 0\n", stderr);
        return 2;
    }
    struct options spinning = *options;
    spinning.spin = 1;
    struct run *run = allocate(sizeof *run);
    run_open(run, &spinning, UNDER_WAY_MAX, BATCH);
    run->times_are_due = 1;
    struct schedule schedule = {.begin = now(), .interval = NANOS_PER_SECOND / options->rate};
    uint64_t begin = schedule.begin + nanos_of_seconds(options->warmup);
    uint64_t end = begin + nanos_of_seconds(options->seconds);
    uint64_t time = schedule.begin;
    while (time < end && run->alive > 0) {
        if (run->from == 0 && time >= begin) {
            run_begin(run, begin);
        }
        send_due(run, &schedule, time, end);
        serve(run, run_wait(run, 0));
        time = now();
    }
    run_end(run, end);
    for (uint64_t last = end + PATIENCE; time < last && unanswered(run, 0) > 0; time = now()) {
        serve(run, run_wait(run, 0));
    }
    run->errors += unanswered(run, 1);
    int code = report_messages(run);
    run_close(run);
    free(run);
    return code;
}
