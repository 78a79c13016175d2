#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void check(int holds, const char *what, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
        exit(1);
    }
}

void check_equal(int64_t expected, int64_t actual, const char *what, const char *file, int line)
{
    if (expected != actual) {
        fprintf(stderr, "%s:%d: %s: expected %" PRId64 ", actual %" PRId64 "\n", file, line, what,
                expected, actual);
        exit(1);
    }
}

void run(void (*test)(void), const char *name)
{
    test();
    printf("ok %s\n", name);
    fflush(stdout);
}

struct guarded guarded_pages(size_t pages)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *all = mmap(NULL, (pages + 2) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(all != MAP_FAILED);
    CHECK(mprotect(all + page, pages * page, PROT_READ | PROT_WRITE) == 0);
    return (struct guarded){all + page, all + page + pages * page};
}

uint32_t next_random(void)
{
    static uint64_t state = 0x9E3779B97F4A7C15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}
