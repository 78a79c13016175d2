#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void report_open(uint32_t connections)
{
    printf("{\"open\":%" PRIu32 "}\n", connections);
    fflush(stdout);
}

void report_pause(uint32_t connections)
{
    report_open(connections);
    int byte;
    while ((byte = getchar()) != EOF && byte != '\n') {
    }
}

void report_quantiles(const struct histogram *histogram)
{
    static const struct {
        const char *name;
        double fraction;
    } QUANTILES[] = {
        {"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}, {"p99_9_us", 0.999}, {"max_us", 1},
    };
    for (size_t i = 0; i < sizeof QUANTILES / sizeof *QUANTILES; i++) {
        printf(",\"%s\":%.3f", QUANTILES[i].name,
               (double)histogram_quantile(histogram, QUANTILES[i].fraction) / 1e3);
    }
}

int report_messages(const struct run *run)
{
    const struct options *options = run->options;
    if (options->announce) {
        report_pause(run->alive);
    }
    if (options->latencies != NULL && histogram_write(&run->latencies, options->latencies) != 0) {
        fprintf(stderr, "volfram-load: %s: %s\n", options->latencies, strerror(errno));
        return 1;
    }
    double seconds = (double)(run->until - run->from) / 1e9;
    double messages = (double)run->latencies.total;
    printf("{\"mode\":\"%s\",\"connections\":%" PRIu32, options->mode, options->connections);
    if (run->times_are_due) {
        printf(",\"rate\":%.0f", options->rate);
    } else {
        printf(",\"depth\":%" PRIu32, options->depth);
    }
    printf(",\"size\":%" PRIu32 ",\"type\":\"%s\",\"spin\":%s", options->size,
           payload_name(options->payload), options->spin ? "true" : "false");
    printf(",\"seconds\":%.3f,\"messages\":%" PRIu64 ",\"messages_per_second\":%.1f", seconds,
           run->latencies.total, seconds > 0 ? messages / seconds : 0);
    report_quantiles(&run->latencies);
    if (options->pid != 0) {
        double server = (double)run->server_cpu_nanos / 1e3;
        printf(",\"server_cpu_us_per_message\":%.4f,\"server_cpu\":%.4f",
               messages > 0 ? server / messages : 0, seconds > 0 ? server / 1e6 / seconds : 0);
    }
    printf(",\"messages_in_all\":%" PRIu64, run->answered);
    printf(",\"load_cpu\":%.4f,\"errors\":%" PRIu64 "}\n",
           seconds > 0 ? (double)run->own_cpu_nanos / 1e9 / seconds : 0, run->errors);
    return run->errors == 0 ? 0 : 1;
}
