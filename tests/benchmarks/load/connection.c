#include "connection.h"

#include "clock.h"
#include "memory.h"
#include "process.h"
#include "report.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 1 << 20,
    HEAD_BYTES = 4096,
    CONNECTIONS_PER_ADDRESS = 4000,
    PATIENCE_SECONDS = 10
};

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "volfram-load: %s: %s\n", what, why);
    exit(2);
}

static int check(int result, const char *what)
{
    if (result < 0) {
        give_up(what, strerror(errno));
    }
    return result;
}

void connection_raise_limit(uint32_t wanted)
{
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    rlim_t needed = (rlim_t)wanted + 64;
    if (limit.rlim_cur >= needed) {
        return;
    }
    limit.rlim_cur = needed;
    if (limit.rlim_max < needed) {
        limit.rlim_max = needed;
    }
    check(setrlimit(RLIMIT_NOFILE, &limit), "so many descriptors");
}

void connection_bind_source(int fd, const struct options *options, uint32_t source)
{
    uint32_t server = ntohl(options->server.sin_addr.s_addr);
    if (source == 0 || server >> 24 != 127) {
        return;
    }
    int on = 1;
    check(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on),
          "IP_BIND_ADDRESS_NO_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
    check(bind(fd, (const struct sockaddr *)&address, sizeof address), "bind");
}

size_t connection_request(char *at, size_t capacity, const struct options *options)
{
    static const char *const OFFERS[] = {
        [DEFLATE_NONE] = "",
        [DEFLATE_CONTEXT] = "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        [DEFLATE_NO_CONTEXT] = "Sec-WebSocket-Extensions: permessage-deflate; "
                               "server_no_context_takeover; client_no_context_takeover\r\n",
    };
    int length = snprintf(at, capacity,
                          "GET %s HTTP/1.1\r\n"
                          "Host: %s:%u\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "%s"
                          "\r\n",
                          options->path, options->host, ntohs(options->server.sin_port),
                          OFFERS[options->deflate]);
    if (length < 0 || (size_t)length >= capacity) {
        give_up("--path", "too long");
    }
    return (size_t)length;
}

const char *connection_judge_answer(const char *head)
{
    if (strncmp(head, "HTTP/1.1 101", 12) != 0) {
        return "the answer to the upgrade is not a 101";
    }
    const char *name = strcasestr(head, "\r\nSec-WebSocket-Accept:");
    if (name == NULL) {
        return "the 101 has no Sec-WebSocket-Accept";
    }
    const char *value = strchr(name, ':') + 1;
    value += strspn(value, " \t");
    if (strncmp(value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", 30) != 0) {
        return "the 101 has a wrong Sec-WebSocket-Accept";
    }
    return NULL;
}

static ssize_t send_some(int fd, struct tls *tls, const void *bytes, size_t length, int flags)
{
    return tls != NULL ? tls_send(tls, bytes, length)
                       : send(fd, bytes, length, flags | MSG_NOSIGNAL);
}

static ssize_t receive_some(int fd, struct tls *tls, void *bytes, size_t length, int flags)
{
    return tls != NULL ? tls_receive(tls, bytes, length) : recv(fd, bytes, length, flags);
}

/* Byte by byte at its end: what follows the head is not the handshake's. */
static void read_answer(int fd, struct tls *tls, enum deflate deflate)
{
    char head[HEAD_BYTES];
    size_t length = 0;
    while (length < 4 || memcmp(head + length - 4, "\r\n\r\n", 4) != 0) {
        if (length == sizeof head - 1) {
            give_up("upgrade", "the answer's head is too long");
        }
        ssize_t received = receive_some(fd, tls, head + length, 1, 0);
        if (received <= 0) {
            give_up("upgrade", received == 0 ? "the server closed" : strerror(errno));
        }
        length++;
    }
    head[length] = '\0';
    const char *wrong = connection_judge_answer(head);
    if (wrong != NULL) {
        fprintf(stderr, "%s", head);
        give_up("upgrade", wrong);
    }
    const char *extensions = strcasestr(head, "\r\nSec-WebSocket-Extensions:");
    if (deflate != DEFLATE_NONE &&
        (extensions == NULL || strstr(extensions, "permessage-deflate") == NULL)) {
        give_up("upgrade", "the server does not agree to permessage-deflate");
    }
    if (deflate == DEFLATE_NO_CONTEXT && strstr(extensions, "server_no_context_takeover") == NULL) {
        give_up("upgrade", "the server does not agree to server_no_context_takeover");
    }
}

int connection_open(const struct options *options, uint32_t number, struct tls **tls)
{
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    connection_bind_source(fd, options, number / CONNECTIONS_PER_ADDRESS);
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "SO_RCVTIMEO");
    int on = 1;
    check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    check(connect(fd, (const struct sockaddr *)&options->server, sizeof options->server),
          "connect");
    char request[HEAD_BYTES];
    size_t length = connection_request(request, sizeof request, options);
    struct tls *secure = NULL;
    if (options->tls) {
        secure = tls == NULL ? NULL : tls_connect(fd);
        if (secure == NULL) {
            give_up("--tls", tls == NULL ? "not in this mode" : "no handshake");
        }
        *tls = secure;
    }
    if (send_some(fd, secure, request, length, 0) != (ssize_t)length) {
        give_up("send", strerror(errno));
    }
    read_answer(fd, secure, options->deflate);
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
    return fd;
}

void run_open(struct run *run, const struct options *options, uint32_t under_way, uint32_t batch)
{
    *run = (struct run){.options = options, .alive = options->connections};
    run->script = script_make(options, batch);
    run->connections = allocate(options->connections * sizeof *run->connections);
    run->buffer = allocate(BUFFER_BYTES);
    run->epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    connection_raise_limit(options->connections);
    uint32_t capacity = 1;
    while (capacity < under_way) {
        capacity *= 2;
    }
    for (uint32_t i = 0; i < options->connections; i++) {
        struct connection *connection = &run->connections[i];
        connection->fd = connection_open(options, i, &connection->tls);
        connection->times = allocate(capacity * sizeof *connection->times);
        connection->times_mask = capacity - 1;
        /* Each begins elsewhere in the cycle, so that answers cannot be confused unnoticed. */
        connection->incoming.expected = i % run->script.messages;
        connection->next = connection->incoming.expected;
        connection->out_at = run->script.frames[connection->next];
        if (options->deflate != DEFLATE_NONE) {
            connection->incoming.inflater = inflater_new(options->deflate == DEFLATE_CONTEXT);
        }
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        check(epoll_ctl(run->epoll, EPOLL_CTL_ADD, connection->fd, &event), "epoll_ctl");
    }
    if (options->announce) {
        report_pause(options->connections);
    }
}

void run_close(struct run *run)
{
    for (uint32_t i = 0; i < run->options->connections; i++) {
        if (run->connections[i].fd >= 0) {
            close(run->connections[i].fd);
        }
        tls_free(run->connections[i].tls);
        inflater_free(run->connections[i].incoming.inflater);
        free(run->connections[i].times);
    }
    close(run->epoll);
    free(run->connections);
    free(run->buffer);
    script_free(&run->script);
}

int run_wait(struct run *run, int timeout_millis)
{
    if (run->options->spin && run->options->connections == 1) {
        run->ready[0] = (struct epoll_event){.events = EPOLLIN | EPOLLOUT, .data.u32 = 0};
        return 1;
    }
    int ready =
        epoll_wait(run->epoll, run->ready, READY_MAX, run->options->spin ? 0 : timeout_millis);
    return ready < 0 && errno == EINTR ? 0 : check(ready, "epoll_wait");
}

void run_begin(struct run *run, uint64_t time)
{
    run->from = time;
    run->server_cpu_nanos = process_cpu_nanos(run->options->pid);
    run->own_cpu_nanos = nanos_of(CLOCK_PROCESS_CPUTIME_ID);
}

void run_end(struct run *run, uint64_t time)
{
    if (run->from == 0) { /* every connection failed before */
        run_begin(run, time);
    }
    run->until = time;
    run->server_cpu_nanos = process_cpu_nanos(run->options->pid) - run->server_cpu_nanos;
    run->own_cpu_nanos = nanos_of(CLOCK_PROCESS_CPUTIME_ID) - run->own_cpu_nanos;
}

static void fail(struct run *run, struct connection *connection, const char *what, const char *why)
{
    if (run->errors == 0) {
        fprintf(stderr, "volfram-load: connection %td: %s: %s\n", connection - run->connections,
                what, why);
    }
    run->errors++;
    run->alive--;
    close(connection->fd);
    connection->fd = -1;
}

static void await_writable(struct run *run, struct connection *connection, int awaits)
{
    if (connection->awaits_writable == awaits) {
        return;
    }
    connection->awaits_writable = awaits;
    struct epoll_event event = {.events = awaits ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                .data.u32 = (uint32_t)(connection - run->connections)};
    check(epoll_ctl(run->epoll, EPOLL_CTL_MOD, connection->fd, &event), "epoll_ctl");
}

static void flush(struct run *run, struct connection *connection)
{
    const struct script *script = &run->script;
    while (connection->out_left > 0) {
        size_t there = script->ring_bytes - connection->out_at;
        size_t wanted = connection->out_left < there ? connection->out_left : there;
        ssize_t sent = send_some(connection->fd, connection->tls,
                                 script->ring + connection->out_at, wanted, MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EAGAIN) {
                break;
            }
            if (errno == EINTR) {
                continue;
            }
            fail(run, connection, "send", strerror(errno));
            return;
        }
        connection->out_left -= (size_t)sent;
        connection->out_at += (size_t)sent;
        if (connection->out_at >= script->cycle_bytes) {
            connection->out_at -= script->cycle_bytes;
        }
        if ((size_t)sent < wanted && connection->tls == NULL) {
            break;
        }
    }
    await_writable(run, connection, connection->out_left > 0);
}

void connection_expect(struct connection *connection, uint32_t messages, uint64_t time)
{
    for (uint32_t i = 0; i < messages; i++) {
        uint32_t next = connection->oldest + connection->under_way++;
        connection->times[next & connection->times_mask] = time;
    }
}

void connection_send(struct run *run, struct connection *connection, uint32_t messages)
{
    int idle = connection->out_left == 0;
    connection->out_left += script_bytes(&run->script, connection->next, messages);
    connection->next = (connection->next + messages) % run->script.messages;
    if (idle) {
        flush(run, connection);
    }
}

static void record(struct run *run, struct connection *connection, uint32_t messages, uint64_t time)
{
    for (uint32_t i = 0; i < messages; i++) {
        uint64_t sent = connection->times[connection->oldest++ & connection->times_mask];
        uint64_t moment = run->times_are_due ? sent : time;
        if (run->from != 0 && moment >= run->from && (run->until == 0 || moment < run->until)) {
            histogram_record(&run->latencies, time - sent);
        }
    }
    connection->under_way -= messages;
    run->answered += messages;
}

/* Takes what one receive brings; returns how many messages it completed, or -1 for nothing. */
static int64_t receive(struct run *run, struct connection *connection, uint64_t *time)
{
    ssize_t received =
        receive_some(connection->fd, connection->tls, run->buffer, BUFFER_BYTES, MSG_DONTWAIT);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) {
        return -1;
    }
    if (received <= 0) {
        fail(run, connection, "receive", received == 0 ? "the server closed" : strerror(errno));
        return -1;
    }
    *time = now();
    const char *wrong = NULL;
    int64_t complete =
        incoming_take(&connection->incoming, &run->script, run->buffer, (size_t)received, &wrong);
    if (complete > connection->under_way) {
        complete = -1;
        wrong = "the server sent a message that it did not get";
    }
    if (complete < 0) {
        fail(run, connection, "echo", wrong);
        return -1;
    }
    record(run, connection, (uint32_t)complete, *time);
    return complete;
}

uint32_t connection_serve(struct run *run, struct connection *connection, uint32_t events,
                          uint64_t *time)
{
    if (connection->fd >= 0 && (events & EPOLLOUT) != 0 && connection->out_left > 0) {
        flush(run, connection);
    }
    if (connection->fd >= 0 && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        uint32_t complete = 0;
        int64_t more;
        do {
            more = receive(run, connection, time);
            complete += more > 0 ? (uint32_t)more : 0;
        } while (more >= 0 && connection->tls != NULL && tls_has_more(connection->tls));
        return complete;
    }
    return 0;
}
