/* What another process costs: the server that is measured. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* CPU time of all its threads so far, those that have ended included; 0 for pid 0. */
uint64_t process_cpu_nanos(pid_t pid);

/* Its resident memory in bytes, without what is of files, as code is; 0 for pid 0. */
uint64_t process_resident_bytes(pid_t pid);

#endif
