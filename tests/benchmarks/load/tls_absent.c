/* Instead of tls.c where there is no OpenSSL to build with. */
#include "tls.h"

#include <errno.h>
#include <stdio.h>

int tls_is_there(void)
{
    return 0;
}

struct tls *tls_connect(int fd)
{
    (void)fd;
    fputs("volfram-load: built without OpenSSL\n", stderr);
    return NULL;
}

void tls_free(struct tls *tls)
{
    (void)tls;
}

ssize_t tls_send(struct tls *tls, const void *bytes, size_t length)
{
    (void)tls, (void)bytes, (void)length;
    errno = ENOTSUP;
    return -1;
}

ssize_t tls_receive(struct tls *tls, void *bytes, size_t length)
{
    (void)tls, (void)bytes, (void)length;
    errno = ENOTSUP;
    return -1;
}

int tls_has_more(const struct tls *tls)
{
    (void)tls;
    return 0;
}
