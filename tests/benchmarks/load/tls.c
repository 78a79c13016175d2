#include "tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

/* The pointer that callers hold is the SSL itself. */
static SSL *ssl_of(struct tls *tls)
{
    return (SSL *)(void *)tls;
}

static SSL_CTX *context(void)
{
    static SSL_CTX *shared;
    if (shared == NULL) {
        shared = SSL_CTX_new(TLS_client_method());
        if (shared != NULL) {
            SSL_CTX_set_mode(shared,
                             SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
            SSL_CTX_set_read_ahead(shared, 1); /* one system call for many records */
        }
    }
    return shared;
}

int tls_is_there(void)
{
    return 1;
}

struct tls *tls_connect(int fd)
{
    SSL *ssl = context() == NULL ? NULL : SSL_new(context());
    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1) {
        ERR_print_errors_fp(stderr);
        SSL_free(ssl);
        return NULL;
    }
    return (struct tls *)(void *)ssl;
}

void tls_free(struct tls *tls)
{
    SSL_free(ssl_of(tls));
}

/* What a result of SSL_read or SSL_write means in the terms of recv and send. */
static ssize_t outcome(struct tls *tls, int result)
{
    if (result > 0) {
        return result;
    }
    switch (SSL_get_error(ssl_of(tls), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        return -1;
    default:
        errno = EPROTO;
        return -1;
    }
}

ssize_t tls_send(struct tls *tls, const void *bytes, size_t length)
{
    ERR_clear_error();
    return outcome(tls, SSL_write(ssl_of(tls), bytes, length < INT_MAX ? (int)length : INT_MAX));
}

ssize_t tls_receive(struct tls *tls, void *bytes, size_t length)
{
    ERR_clear_error();
    return outcome(tls, SSL_read(ssl_of(tls), bytes, length < INT_MAX ? (int)length : INT_MAX));
}

int tls_has_more(const struct tls *tls)
{
    return SSL_has_pending((const SSL *)(const void *)tls);
}
