#include "histogram.h"

#include <inttypes.h>
#include <stdio.h>

enum { STEPS = 1 << HISTOGRAM_SUB_BITS };

/* Values below 128 have a bucket each; above, the highest bit chooses a row and the next 7 a step.
 */
static unsigned bucket_of(uint64_t nanos)
{
    if (nanos < STEPS) {
        return (unsigned)nanos;
    }
    unsigned shift = 63u - (unsigned)__builtin_clzll(nanos) - HISTOGRAM_SUB_BITS;
    return (shift + 1) * STEPS + (unsigned)(nanos >> shift) - STEPS;
}

/* The largest value that falls into a bucket. */
static uint64_t highest_in(unsigned bucket)
{
    if (bucket < STEPS) {
        return bucket;
    }
    unsigned shift = bucket / STEPS - 1;
    return ((uint64_t)(bucket % STEPS + STEPS + 1) << shift) - 1;
}

void histogram_record(struct histogram *histogram, uint64_t nanos)
{
    histogram->total++;
    histogram->counts[bucket_of(nanos)]++;
    if (nanos > histogram->max) {
        histogram->max = nanos;
    }
}

uint64_t histogram_quantile(const struct histogram *histogram, double fraction)
{
    double wanted = fraction * (double)histogram->total;
    uint64_t seen = 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen > 0 && (double)seen >= wanted) {
            uint64_t value = highest_in(bucket);
            return value < histogram->max ? value : histogram->max;
        }
    }
    return histogram->max;
}

int histogram_write(const struct histogram *histogram, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return -1;
    }
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (histogram->counts[bucket] != 0) {
            fprintf(file, "%u %" PRIu64 "\n", bucket, histogram->counts[bucket]);
        }
    }
    return fclose(file);
}
