/* Time, in nanoseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

enum { NANOS_PER_SECOND = 1000000000 };

/* The monotonic clock. */
uint64_t now(void);

uint64_t nanos_of_seconds(double seconds);

/* What any POSIX clock shows, 0 where it cannot be read. */
uint64_t nanos_of(clockid_t clock);

#endif
