#include "clock.h"

uint64_t nanos_of(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) < 0) {
        return 0;
    }
    return (uint64_t)time.tv_sec * NANOS_PER_SECOND + (uint64_t)time.tv_nsec;
}

uint64_t nanos_of_seconds(double seconds)
{
    return (uint64_t)(seconds * NANOS_PER_SECOND);
}

uint64_t now(void)
{
    return nanos_of(CLOCK_MONOTONIC);
}
