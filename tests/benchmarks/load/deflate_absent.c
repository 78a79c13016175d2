/* Instead of deflate.c where there is no zlib to build with. */
#include "deflate.h"

int deflate_is_there(void)
{
    return 0;
}

size_t deflate_bound(size_t length)
{
    return length;
}

size_t deflate_message(const uint8_t *message, size_t length, uint8_t *at, size_t capacity)
{
    (void)message, (void)length, (void)at, (void)capacity;
    return 0;
}

struct inflater *inflater_new(int keeps_context)
{
    (void)keeps_context;
    return NULL;
}

void inflater_free(struct inflater *inflater)
{
    (void)inflater;
}

int64_t inflater_compare(struct inflater *inflater, const uint8_t *part, size_t length,
                         const uint8_t *expected, size_t expected_length)
{
    (void)inflater, (void)part, (void)length, (void)expected, (void)expected_length;
    return -1;
}

int64_t inflater_end(struct inflater *inflater, const uint8_t *expected, size_t expected_length)
{
    (void)inflater, (void)expected, (void)expected_length;
    return -1;
}
