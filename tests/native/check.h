/* Assertions that name the place and go on to nothing; and memory that ends at a guard page. */
#ifndef VOLFRAM_CHECK_H
#define VOLFRAM_CHECK_H

#include <stddef.h>
#include <stdint.h>

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(expected, actual) \
    check_equal((int64_t)(expected), (int64_t)(actual), #actual, __FILE__, __LINE__)
#define RUN(test) run(test, #test)

void check(int holds, const char *what, const char *file, int line);
void check_equal(int64_t expected, int64_t actual, const char *what, const char *file, int line);
void run(void (*test)(void), const char *name);

/* `length` writable bytes with an inaccessible page directly before and, page-rounded, after. */
struct guarded {
    uint8_t *start;
    uint8_t *end;
};

struct guarded guarded_pages(size_t pages);

/* A reproducible sequence. */
uint32_t next_random(void);

#endif
