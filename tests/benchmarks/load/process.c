#include "process.h"

#include "clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

uint64_t process_cpu_nanos(pid_t pid)
{
    clockid_t clock;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0) {
        return 0;
    }
    return nanos_of(clock);
}

uint64_t process_resident_bytes(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = pid == 0 ? NULL : fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    uint64_t pages = 0;
    if (fscanf(file, "%*u %" SCNu64, &pages) != 1) {
        pages = 0;
    }
    fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
