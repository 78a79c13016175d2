/* What sockets need of Linux. */
#include "loop.h"

#include <sys/socket.h>

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

int system_result(int result)
{
    return result;
}
