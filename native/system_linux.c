/* What sockets and threads need of Linux. */
#include "loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

int system_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int system_accept(int listener)
{
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int system_send_flags(void)
{
    return MSG_NOSIGNAL | MSG_DONTWAIT;
}

int system_busy_poll(int fd, int micros)
{
    return setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &micros, sizeof micros) < 0 ? -errno : 0;
}

void system_quick_ack(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

int system_signal(int eventfd)
{
    uint64_t one = 1;
    ssize_t written;
    do {
        written = write(eventfd, &one, sizeof one);
    } while (written < 0 && errno == EINTR);
    /* EAGAIN: the counter is full, and the edge of the write that filled it is on its way. */
    return written < 0 && errno != EAGAIN ? -errno : 0;
}

int system_result(int result)
{
    return result;
}

int32_t vf_pin(int32_t cpu)
{
    if (cpu < 0 || cpu >= CPU_SETSIZE) {
        return -EINVAL;
    }
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)cpu, &only);
    return sched_setaffinity(0, sizeof only, &only) < 0 ? -errno : 0;
}
