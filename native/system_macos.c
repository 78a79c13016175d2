/* What sockets need of macOS, which sets flags by calls of their own. */
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns the descriptor, or -1 with errno, and it is closed then. */
static int prepared(int fd)
{
    int on = 1;
    if (fd < 0) {
        return fd;
    }
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    /* Refused for a connection that is reset already; a JVM survives the signal as well. */
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    return fd;
}

int system_socket(int family)
{
    return prepared(socket(family, SOCK_STREAM, 0));
}

int system_accept(int listener)
{
    return prepared(accept(listener, NULL, NULL));
}

int system_send_flags(void)
{
    return MSG_DONTWAIT;
}

int system_busy_poll(int fd, int micros)
{
    (void)fd, (void)micros;
    return -ENOSYS;
}

void system_quick_ack(int fd)
{
    (void)fd;
}

/* The two agree up to ERANGE, 34, but for EDEADLK, 11, which is EAGAIN there; these are what the
 * calls on sockets can say beyond. */
int system_result(int result)
{
    switch (result) {
    case -EAGAIN:
        return -11;
    case -EINPROGRESS:
        return -115;
    case -EALREADY:
        return -114;
    case -ENOTSOCK:
        return -88;
    case -EDESTADDRREQ:
        return -89;
    case -EMSGSIZE:
        return -90;
    case -EPROTOTYPE:
        return -91;
    case -ENOPROTOOPT:
        return -92;
    case -EPROTONOSUPPORT:
        return -93;
    case -ENOTSUP:
    case -EOPNOTSUPP:
        return -95;
    case -EAFNOSUPPORT:
        return -97;
    case -EADDRINUSE:
        return -98;
    case -EADDRNOTAVAIL:
        return -99;
    case -ENETDOWN:
        return -100;
    case -ENETUNREACH:
        return -101;
    case -ENETRESET:
        return -102;
    case -ECONNABORTED:
        return -103;
    case -ECONNRESET:
        return -104;
    case -ENOBUFS:
        return -105;
    case -EISCONN:
        return -106;
    case -ENOTCONN:
        return -107;
    case -ESHUTDOWN:
        return -108;
    case -ETIMEDOUT:
        return -110;
    case -ECONNREFUSED:
        return -111;
    case -EHOSTDOWN:
        return -112;
    case -EHOSTUNREACH:
        return -113;
    case -ELOOP:
        return -40;
    case -ENAMETOOLONG:
        return -36;
    case -ENOSYS:
        return -38;
    case -EOVERFLOW:
        return -75;
    default:
        /* Any other high number would be taken for an error of Linux that it is not: -EIO. */
        return result < -34 ? -5 : result;
    }
}

int32_t vf_pin(int32_t cpu)
{
    (void)cpu;
    return system_result(-ENOSYS);
}
