/*
 * A histogram of nanoseconds: 128 equal steps to each power of two, so that no value is off by more
 * than 0.8 %. The buckets are those of an HdrHistogram of 2 significant digits. Recording is a few instructions.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 7,
    HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS
};

struct histogram {
    uint64_t total;
    uint64_t max;
    uint64_t counts[HISTOGRAM_BUCKETS];
};

void histogram_record(struct histogram *histogram, uint64_t nanos);

/* The value that a fraction (0 to 1) of the recorded ones do not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double fraction);

/* Writes a line for each bucket that is not empty: its number and its count. 0, or -1 with errno. */
int histogram_write(const struct histogram *histogram, const char *path);

#endif
