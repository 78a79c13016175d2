/* The receive buffers of an io_uring loop: three sizes of them, cut from its arenas. */
#include "uring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_PER_ARENA = 8192 }; /* the numbers of all have 16 bits */

/*
 * For small messages, for medium ones with their headers, and for bulk. The buffers lie odd
 * multiples of a cache line apart, lest all their beginnings fall into the same sets of the cache.
 */
static const struct {
    int32_t stride;
    int32_t sixteenths; /* of each arena */
} plans[POOLS] = {{2048 + 64, 4}, {20 * 1024 + 64, 4}, {128 * 1024 + 64, 8}};

static void provide(struct uring *uring, struct uring_pool *pool, int buffer)
{
    int32_t index;
    int arena = uring_pool_place(pool, buffer, &index);
    struct io_uring_buf *entry = &pool->ring[pool->tail & pool->mask];
    entry->addr = (uint64_t)(uintptr_t)(uring->arenas[arena] + index);
    entry->len = (uint32_t)pool->size;
    entry->bid = (uint16_t)buffer;
    pool->tail++;
    pool->available++;
}

static void publish(struct uring_pool *pool)
{
    /* The tail of the ring overlays the last field of its first entry. */
    __atomic_store_n(&pool->ring[0].resv, pool->tail, __ATOMIC_RELEASE);
}

static int open_pool(struct uring *uring, struct uring_pool *pool, uint16_t group)
{
    unsigned entries = 1;
    while (entries < (unsigned)pool->count) {
        entries *= 2;
    }
    pool->mask = (uint16_t)(entries - 1);
    pool->reported[0] = malloc(2 * sizeof(uint16_t) * (size_t)pool->count);
    if (pool->reported[0] == NULL) {
        return -ENOMEM;
    }
    pool->reported[1] = pool->reported[0] + pool->count;
    size_t bytes = entries * sizeof *pool->ring;
    void *ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED) {
        return -errno;
    }
    pool->ring = ring;
    pool->ring_bytes = bytes;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uint64_t)(uintptr_t)ring, .ring_entries = entries, .bgid = group};
    if (syscall(SYS_io_uring_register, uring->fd, IORING_REGISTER_PBUF_RING, &registration, 1) <
        0) {
        return -errno;
    }
    for (int i = 0; i < pool->count; i++) {
        provide(uring, pool, pool->first + i);
    }
    publish(pool);
    return 0;
}

int uring_pools_open(struct uring *uring, const struct loop *loop)
{
    int32_t start = VF_ARENA_SLACK_BYTES;
    int32_t sixteenth = (loop->arena_bytes - 2 * VF_ARENA_SLACK_BYTES) / 16;
    for (int i = 0; i < POOLS; i++) {
        struct uring_pool *pool = &uring->pools[i];
        int32_t share = sixteenth * plans[i].sixteenths;
        int32_t stride = plans[i].stride < share ? plans[i].stride : share & ~63;
        int32_t count = share / stride;
        pool->per_arena = count < MAX_PER_ARENA ? count : MAX_PER_ARENA;
        pool->first = i == 0 ? 0 : pool[-1].first + pool[-1].count;
        pool->count = 2 * pool->per_arena;
        pool->size = stride - VF_ARENA_GAP_BYTES;
        pool->start = start;
        start += share & ~15;
        int result = open_pool(uring, pool, (uint16_t)i);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

void uring_pools_close(struct uring *uring)
{
    for (int i = 0; i < POOLS; i++) {
        struct uring_pool *pool = &uring->pools[i];
        free(pool->reported[0]);
        if (pool->ring != NULL) {
            munmap(pool->ring, pool->ring_bytes);
        }
    }
}

bool uring_pools_recycle(struct uring *uring, unsigned parity)
{
    bool any = false;
    for (int i = 0; i < POOLS; i++) {
        struct uring_pool *pool = &uring->pools[i];
        int32_t count = pool->reported_count[parity];
        for (int32_t k = 0; k < count; k++) {
            provide(uring, pool, pool->reported[parity][k]);
        }
        if (count > 0) {
            pool->reported_count[parity] = 0;
            publish(pool);
            any = true;
        }
    }
    return any;
}

struct uring_pool *uring_pool_of(struct uring *uring, int buffer)
{
    struct uring_pool *pool = &uring->pools[POOLS - 1];
    while (buffer < pool->first) {
        pool--;
    }
    return pool;
}

int uring_pool_place(const struct uring_pool *pool, int buffer, int32_t *index)
{
    int32_t within = buffer - pool->first;
    int arena = within >= pool->per_arena;
    within -= arena * pool->per_arena;
    *index = pool->start + within * (pool->size + VF_ARENA_GAP_BYTES) + VF_ARENA_GAP_BYTES;
    return arena;
}

void uring_pool_report(struct uring *uring, int buffer)
{
    struct uring_pool *pool = uring_pool_of(uring, buffer);
    unsigned parity = uring->turn & 1;
    pool->reported[parity][pool->reported_count[parity]++] = (uint16_t)buffer;
}

void uring_pool_return(struct uring *uring, int buffer)
{
    struct uring_pool *pool = uring_pool_of(uring, buffer);
    provide(uring, pool, buffer);
    publish(pool);
}
