#include "fixture.h"

#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int64_t loop;
struct vf_slot slots[SLOTS];
struct vf_submission submissions[SUBMISSIONS];
int32_t submission_count;
struct vf_completion completions[COMPLETIONS];
uint8_t *arenas[2];

static int32_t poller = VF_POLLER_NONE;

void choose_poller(int argc, char **argv)
{
    static const char *const names[] = {
        [VF_POLLER_EPOLL] = "epoll", [VF_POLLER_KQUEUE] = "kqueue", [VF_POLLER_URING] = "uring"};
    for (int32_t kind = VF_POLLER_EPOLL; kind <= VF_POLLER_URING; kind++) {
        if (argc > 1 && strcmp(argv[1], names[kind]) == 0) {
            poller = kind;
        }
    }
    CHECK(poller != VF_POLLER_NONE);
    int32_t result = vf_poller_usable(poller);
    if (result < 0) {
        printf("skipped: %s\n", strerror(-result));
        exit(77);
    }
}

bool by_uring(void)
{
    return poller == VF_POLLER_URING;
}

void open_loop(void)
{
    open_loop_of(ARENA_BYTES);
}

void open_loop_of(int32_t arena_bytes)
{
    memset(slots, 0, sizeof slots);
    submission_count = 0;
    arenas[0] = malloc(ARENA_BYTES);
    arenas[1] = malloc(ARENA_BYTES);
    loop = vf_loop_open((int64_t)(intptr_t)slots, SLOTS, (int64_t)(intptr_t)arenas[0],
                        (int64_t)(intptr_t)arenas[1], arena_bytes, poller);
    CHECK(loop > 0);
}

void close_loop(void)
{
    CHECK_EQUAL(0, vf_loop_close(loop));
    free(arenas[0]);
    free(arenas[1]);
}

int64_t token_of(int slot, int generation)
{
    return (int64_t)generation << 32 | slot;
}

int64_t adopt(int slot, int generation, int fd)
{
    int64_t token = token_of(slot, generation);
    slots[slot] = (struct vf_slot){
        .token = token, .fd = fd, .wanted = VF_READ, .phase = VF_PHASE_OPEN};
    submit(token, VF_REGISTER);
    return token;
}

struct vf_submission *submit(int64_t token, int kind)
{
    struct vf_submission *submission = &submissions[submission_count++];
    *submission =
        (struct vf_submission){.token = token, .fd = slots[(uint32_t)token].fd, .kind = kind};
    return submission;
}

void submit_send(int64_t token, const void *bytes, int32_t length)
{
    int kind = VF_SEND;
    for (int32_t i = submission_count - 1; i >= 0 && kind == VF_SEND; i--) {
        struct vf_submission *before = &submissions[i];
        if (before->token == token && (before->kind == VF_SEND || before->kind == VF_SEND_MORE)) {
            before->next = submission_count;
            kind = VF_SEND_MORE;
        }
    }
    struct vf_submission *submission = submit(token, kind);
    submission->address = (int64_t)(intptr_t)bytes;
    submission->length = length;
}

void want(int64_t token, int interest)
{
    slots[(uint32_t)token].wanted = (uint8_t)interest;
    submit(token, VF_INTEREST);
}

void submit_close(int64_t token, int kind)
{
    submit(token, kind);
    slots[(uint32_t)token].phase = VF_PHASE_FREE;
}

int32_t turn_waiting(int64_t timeout_nanos)
{
    int32_t count = vf_turn(loop, (int64_t)(intptr_t)submissions, submission_count,
                            (int64_t)(intptr_t)completions, COMPLETIONS, timeout_nanos);
    submission_count = 0;
    CHECK(count >= 0);
    return count;
}

int32_t turn(void)
{
    return turn_waiting(1000000000);
}

struct vf_completion await(int kind)
{
    for (int i = 0; i < 20; i++) {
        int32_t count = turn_waiting(100000000);
        for (int32_t k = 0; k < count; k++) {
            if (completions[k].kind == kind) {
                return completions[k];
            }
        }
    }
    check(0, "the completion came", __FILE__, __LINE__);
    return completions[0];
}

void unix_pair(int pair[2])
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    set_nonblocking(pair[0]);
}

void tcp_pair(int pair[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 8) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    pair[1] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(pair[1], (struct sockaddr *)&address, length) == 0);
    pair[0] = accept(listener, NULL, NULL);
    CHECK(pair[0] >= 0);
    set_nonblocking(pair[0]);
    close(listener);
}

void set_nonblocking(int fd)
{
    CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}
