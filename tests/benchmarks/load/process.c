#include "process.h"

#include "clock.h"

#include <inttypes.h>
#include <stdio.h>

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
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = pid == 0 ? NULL : fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    char line[256];
    uint64_t kibibytes = 0;
    while (fgets(line, sizeof line, file) != NULL &&
           sscanf(line, "Anonymous: %" SCNu64 " kB", &kibibytes) != 1) {
    }
    fclose(file);
    return kibibytes * 1024;
}
