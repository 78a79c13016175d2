/* Connections per second: connect, upgrade, close frame, its answer; then the next one. */
#include "clock.h"
#include "connection.h"
#include "memory.h"
#include "modes.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_BYTES = 4096, SOURCES = 16, CLOSE_FIRST_BYTE = 0x88 };

/* Close with 1000, masked with a key of zeros, which every server must take. */
static const uint8_t CLOSE_FRAME[] = {CLOSE_FIRST_BYTE, 0x82, 0, 0, 0, 0, 0x03, 0xE8};

enum state { CONNECTING, UPGRADING, CLOSING };

struct attempt {
    int fd;
    enum state state;
    uint64_t begun;
    size_t received;
    char head[HEAD_BYTES];
};

struct churn {
    const struct options *options;
    int epoll;
    uint32_t begun;
    uint64_t errors;
    uint64_t from;
    size_t request_bytes;
    char request[HEAD_BYTES];
    struct histogram upgrades; /* from connect to the 101 */
};

static int begin_attempt(struct churn *churn, struct attempt *attempt, uint32_t index)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = index};
    /* Many sources, as ports of ended connections rest for a minute. */
    connection_bind_source(fd, churn->options, churn->begun++ % SOURCES);
    *attempt = (struct attempt){.fd = fd, .begun = now()};
    return fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           (connect(fd, (const struct sockaddr *)&churn->options->server,
                    sizeof churn->options->server) == 0 ||
            errno == EINPROGRESS) &&
           epoll_ctl(churn->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Sends a few bytes, which fit the empty send buffer of a new connection. */
static const char *put(int fd, const void *bytes, size_t length)
{
    return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length ? NULL : strerror(errno);
}

static const char *upgrade(struct churn *churn, struct attempt *attempt, uint32_t index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    attempt->state = UPGRADING;
    if (epoll_ctl(churn->epoll, EPOLL_CTL_MOD, attempt->fd, &event) < 0) {
        return strerror(errno);
    }
    return put(attempt->fd, churn->request, churn->request_bytes);
}

static const char *read_head(struct churn *churn, struct attempt *attempt)
{
    ssize_t received =
        recv(attempt->fd, attempt->head + attempt->received, HEAD_BYTES - 1 - attempt->received, 0);
    if (received <= 0) {
        return received == 0 ? "the server closed" : strerror(errno);
    }
    attempt->received += (size_t)received;
    attempt->head[attempt->received] = '\0';
    if (strstr(attempt->head, "\r\n\r\n") == NULL) {
        return attempt->received == HEAD_BYTES - 1 ? "the answer's head is too long" : NULL;
    }
    const char *wrong = connection_judge_answer(attempt->head);
    if (wrong != NULL) {
        return wrong;
    }
    if (churn->from != 0) {
        histogram_record(&churn->upgrades, now() - attempt->begun);
    }
    attempt->state = CLOSING;
    return put(attempt->fd, CLOSE_FRAME, sizeof CLOSE_FRAME);
}

static const char *read_close(const struct attempt *attempt)
{
    uint8_t answer[128];
    ssize_t received = recv(attempt->fd, answer, sizeof answer, 0);
    if (received <= 0) {
        return received == 0 ? "the server closed without a close frame" : strerror(errno);
    }
    return answer[0] == CLOSE_FIRST_BYTE ? NULL : "the answer to a close frame is another frame";
}

static void serve(struct churn *churn, struct attempt *attempt, uint32_t index)
{
    const char *wrong = NULL;
    int over = 0;
    switch (attempt->state) {
    case CONNECTING:
        wrong = upgrade(churn, attempt, index);
        break;
    case UPGRADING:
        wrong = read_head(churn, attempt);
        break;
    case CLOSING:
        wrong = read_close(attempt);
        over = 1;
        break;
    }
    if (wrong != NULL && churn->errors++ == 0) {
        fprintf(stderr, "volfram-load: %s\n", wrong);
    }
    if (over || wrong != NULL) {
        close(attempt->fd);
        if (!begin_attempt(churn, attempt, index)) {
            perror("volfram-load: connect");
            exit(2);
        }
    }
}

int connects(const struct options *options)
{
    struct churn *churn = allocate(sizeof *churn);
    struct attempt *attempts = allocate(options->connections * sizeof *attempts);
    struct epoll_event ready[READY_MAX];
    churn->options = options;
    churn->epoll = epoll_create1(EPOLL_CLOEXEC);
    churn->request_bytes = connection_request(churn->request, HEAD_BYTES, options);
    for (uint32_t i = 0; i < options->connections; i++) {
        if (!begin_attempt(churn, &attempts[i], i)) {
            perror("volfram-load: connect");
            return 2;
        }
    }
    uint64_t time = now();
    uint64_t begin = time + nanos_of_seconds(options->warmup);
    uint64_t end = begin + nanos_of_seconds(options->seconds);
    uint64_t server_cpu = 0;
    for (; time < end; time = now()) {
        if (churn->from == 0 && time >= begin) {
            churn->from = time;
            server_cpu = process_cpu_nanos(options->pid);
        }
        int count = epoll_wait(churn->epoll, ready, READY_MAX, options->spin ? 0 : 100);
        for (int i = 0; i < count; i++) {
            serve(churn, &attempts[ready[i].data.u32], ready[i].data.u32);
        }
    }
    server_cpu = process_cpu_nanos(options->pid) - server_cpu;
    double seconds = (double)(time - churn->from) / 1e9;
    double opened = (double)churn->upgrades.total;
    printf("{\"mode\":\"connects\",\"connections\":%" PRIu32 ",\"seconds\":%.3f,\"opened\":%" PRIu64
           ",\"connects_per_second\":%.1f",
           options->connections, seconds, churn->upgrades.total, opened / seconds);
    report_quantiles(&churn->upgrades);
    if (options->pid != 0 && opened > 0) {
        printf(",\"server_cpu_us_per_connect\":%.3f", (double)server_cpu / 1e3 / opened);
    }
    printf(",\"errors\":%" PRIu64 "}\n", churn->errors);
    int code = churn->errors == 0 ? 0 : 1;
    for (uint32_t i = 0; i < options->connections; i++) {
        close(attempts[i].fd);
    }
    close(churn->epoll);
    free(attempts);
    free(churn);
    return code;
}
