/* For platforms where the library only masks: NIO polls there. */
#include "volfram.h"

#include <errno.h>

int32_t vf_poller(void)
{
    return VF_POLLER_NONE;
}

int32_t vf_poller_usable(int32_t poller)
{
    (void)poller;
    return -ENOSYS;
}

int64_t vf_loop_open(int64_t slots, int32_t slotCount, int64_t arena0, int64_t arena1,
                     int32_t arenaBytes, int32_t poller)
{
    (void)slots, (void)slotCount, (void)arena0, (void)arena1, (void)arenaBytes, (void)poller;
    return -ENOSYS;
}

int32_t vf_loop_table(int64_t loop, int64_t slots, int32_t slotCount)
{
    (void)loop, (void)slots, (void)slotCount;
    return -ENOSYS;
}

int32_t vf_loop_close(int64_t loop)
{
    (void)loop;
    return -ENOSYS;
}

int32_t vf_turn(int64_t loop, int64_t submissions, int32_t submissionCount, int64_t completions,
                int32_t completionCapacity, int64_t timeoutNanos)
{
    (void)loop, (void)submissions, (void)submissionCount;
    (void)completions, (void)completionCapacity, (void)timeoutNanos;
    return -ENOSYS;
}

int32_t vf_spin(int64_t loop, int64_t submissions, int32_t submissionCount, int64_t completions,
                int32_t completionCapacity, int64_t spinNanos)
{
    return vf_turn(loop, submissions, submissionCount, completions, completionCapacity, spinNanos);
}

int32_t vf_flush(int64_t loop, int64_t submissions, int32_t submissionCount, int64_t completions,
                 int32_t completionCapacity)
{
    return vf_turn(loop, submissions, submissionCount, completions, completionCapacity, 0);
}

int32_t vf_wakeup(int64_t loop)
{
    (void)loop;
    return -ENOSYS;
}

int32_t vf_listen(int64_t loop, int64_t token, int64_t address, int32_t backlog, int32_t reusePort)
{
    (void)loop, (void)token, (void)address, (void)backlog, (void)reusePort;
    return -ENOSYS;
}

int32_t vf_connect(int64_t loop, int64_t token, int64_t address, int32_t receiveBytes,
                   int32_t sendBytes, int32_t tcpNoDelay, int32_t busyPollMicros)
{
    (void)loop, (void)token, (void)address, (void)receiveBytes, (void)sendBytes, (void)tcpNoDelay;
    (void)busyPollMicros;
    return -ENOSYS;
}

int32_t vf_local_address(int32_t fd, int64_t address)
{
    (void)fd, (void)address;
    return -ENOSYS;
}

int32_t vf_remote_address(int32_t fd, int64_t address)
{
    (void)fd, (void)address;
    return -ENOSYS;
}

int32_t vf_discard(int32_t fd)
{
    (void)fd;
    return -ENOSYS;
}

int32_t vf_pin(int32_t cpu)
{
    (void)cpu;
    return -ENOSYS;
}

int32_t vf_busy_poll_usable(int32_t micros)
{
    (void)micros;
    return -ENOSYS;
}
