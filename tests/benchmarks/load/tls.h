/* The client's side of TLS on one socket, where the generator was built with OpenSSL. */
#ifndef TLS_H
#define TLS_H

#include <stddef.h>
#include <sys/types.h>

struct tls;

int tls_is_there(void);

/*
 * Shakes hands on a connected, blocking socket; the server's certificate is not judged. NULL when
 * that fails, with a line on standard error.
 */
struct tls *tls_connect(int fd);

void tls_free(struct tls *tls);

/* As send and recv do: -1 with errno, which is EAGAIN when the socket is not ready. */
ssize_t tls_send(struct tls *tls, const void *bytes, size_t length);
ssize_t tls_receive(struct tls *tls, void *bytes, size_t length);

/* Whether bytes were received that tls_receive has not given out, so that no event tells of them. */
int tls_has_more(const struct tls *tls);

#endif
