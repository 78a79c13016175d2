/* What a turn does with connections, over socket pairs and loopback TCP. */
#include "check.h"
#include "fixture.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t address_of(const void *pointer)
{
    return (int64_t)(intptr_t)pointer;
}

static int64_t nanos_between(struct timespec from, struct timespec to)
{
    return (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec;
}

static void reset_by(int fd)
{
    struct linger now = {1, 0};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
    close(fd);
}

static void expect_received(struct vf_completion got, int64_t token, const char *text)
{
    CHECK_EQUAL(VF_RECEIVED, got.kind);
    CHECK_EQUAL(token, got.token);
    CHECK_EQUAL(strlen(text), got.length);
    CHECK(memcmp(arenas[got.result] + got.index, text, strlen(text)) == 0);
}

static void bytes_are_echoed_in_place(void)
{
    int pair[2];
    char back[16] = "";
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(3, 7, pair[0]);
    CHECK_EQUAL(5, write(pair[1], "hello", 5));
    struct vf_completion got = await(VF_RECEIVED);
    expect_received(got, token, "hello");
    CHECK(got.index >= VF_ARENA_SLACK_BYTES);
    submit_send(token, arenas[got.result] + got.index, got.length);
    CHECK_EQUAL(0, turn_waiting(0));
    CHECK_EQUAL(5, read(pair[1], back, sizeof back));
    CHECK(strcmp(back, "hello") == 0);
    close(pair[1]);
    close_loop();
}

static void a_chain_leaves_in_order(void)
{
    static char text[600];
    static char back[600];
    int pair[2];
    open_loop();
    unix_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    for (int i = 0; i < 600; i++) { /* more regions than one system call takes */
        text[i] = (char)('a' + i % 26);
        submit_send(token, text + i, 1);
    }
    CHECK_EQUAL(0, turn_waiting(0));
    CHECK_EQUAL(600, read(pair[1], back, sizeof back));
    CHECK(memcmp(text, back, sizeof text) == 0);
    close(pair[1]);
    close_loop();
}

static void what_is_not_taken_is_handed_back(void)
{
    static uint8_t bytes[400000];
    static uint8_t back[400000];
    int pair[2];
    int small = 4096;
    open_loop();
    unix_pair(pair);
    CHECK(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 31 >> 3);
    }
    int64_t token = adopt(5, 1, pair[0]);
    submit_send(token, bytes, 1000);
    submit_send(token, bytes + 1000, 299000);
    submit_send(token, bytes + 300000, 100000);
    CHECK_EQUAL(2, turn());
    CHECK_EQUAL(VF_UNSENT, completions[0].kind);
    CHECK_EQUAL(2, completions[0].result); /* after the registration and the first region */
    CHECK_EQUAL(3, completions[1].result);
    CHECK_EQUAL(0, completions[1].index);
    CHECK_EQUAL(100000, completions[1].length);
    size_t sent = 1000 + (size_t)completions[0].index;
    CHECK_EQUAL(299000, completions[0].index + completions[0].length);
    size_t received = 0;
    while (received < sizeof bytes) { /* the peer reads, the writer is told, and sends the rest */
        ssize_t got = recv(pair[1], back + received, sizeof back - received, MSG_DONTWAIT);
        received += got > 0 ? (size_t)got : 0;
        if (sent == sizeof bytes) {
            continue;
        }
        want(token, VF_READ | VF_WRITE);
        CHECK_EQUAL(VF_WRITABLE, await(VF_WRITABLE).kind);
        CHECK_EQUAL(VF_READ, slots[5].wanted);
        submit_send(token, bytes + sent, (int32_t)(sizeof bytes - sent));
        int32_t count = turn_waiting(0);
        sent = count > 0 ? sizeof bytes - (size_t)completions[0].length : sizeof bytes;
    }
    CHECK(memcmp(bytes, back, sizeof bytes) == 0);
    close(pair[1]);
    close_loop();
}

static void unsent_bytes_survive_what_the_same_turn_receives(void)
{
    enum { BUSY = 7, LENGTH = 100, ROUNDS = 20 };
    static uint8_t fill[8 << 20];
    uint8_t bytes[LENGTH];
    int pairs[BUSY + 1][2];
    open_loop_of(VF_ARENA_MIN_BYTES);
    for (int i = 0; i <= BUSY; i++) {
        unix_pair(pairs[i]);
        set_nonblocking(pairs[i][1]);
        adopt(i, 1, pairs[i][0]);
    }
    int64_t token = token_of(0, 1);
    submit_send(token, fill, sizeof fill); /* from now on it takes nothing */
    CHECK_EQUAL(1, turn());
    for (int round = 1; round <= ROUNDS; round++) {
        memset(bytes, round, LENGTH);
        CHECK_EQUAL(LENGTH, write(pairs[0][1], bytes, LENGTH));
        CHECK_EQUAL(1, turn());
        struct vf_completion got = completions[0];
        CHECK_EQUAL(token, got.token);
        const uint8_t *at = arenas[got.result] + got.index;
        submit_send(token, at, LENGTH);
        memset(bytes, 0, LENGTH);
        for (int i = 1; i <= BUSY; i++) {
            CHECK_EQUAL(LENGTH, write(pairs[i][1], bytes, LENGTH));
        }
        int32_t count = turn();
        CHECK(count > 1);
        CHECK_EQUAL(VF_UNSENT, completions[0].kind);
        CHECK_EQUAL(LENGTH, completions[0].length);
        for (int i = 0; i < LENGTH; i++) {
            CHECK_EQUAL(round, at[i]);
        }
        for (int32_t received = count - 1; received < BUSY; received += count) {
            count = turn();
            CHECK(count > 0);
        }
    }
    for (int i = 0; i <= BUSY; i++) {
        close(pairs[i][1]);
    }
    close_loop();
}

static void an_arena_with_unsent_bytes_is_not_received_into(void)
{
    if (by_uring()) {
        return; /* it counts turns, not arenas */
    }
    int stuck[2];
    int busy[2];
    open_loop();
    unix_pair(stuck);
    unix_pair(busy);
    int64_t first = adopt(0, 1, stuck[0]);
    int64_t second = adopt(1, 1, busy[0]);
    CHECK_EQUAL(0, turn_waiting(0));
    memset(arenas[0], 's', ARENA_BYTES);
    submit_send(first, arenas[0], ARENA_BYTES);
    CHECK_EQUAL(3, write(busy[1], "new", 3));
    CHECK_EQUAL(2, turn());
    CHECK_EQUAL(VF_UNSENT, completions[0].kind);
    expect_received(completions[1], second, "new");
    CHECK_EQUAL(1, completions[1].result);
    /* With bytes in both there is nothing to receive into; the next turn makes up for it. */
    submit_send(first, arenas[0], 1000);
    submit_send(first, arenas[1], 1000);
    CHECK_EQUAL(4, write(busy[1], "more", 4));
    CHECK_EQUAL(2, turn());
    CHECK_EQUAL(1, turn());
    expect_received(completions[0], second, "more");
    CHECK_EQUAL(0, completions[0].result);
    close(stuck[1]);
    close(busy[1]);
    close_loop();
}

static void end_of_stream_is_reported_once_and_does_not_spin(void)
{
    int pair[2];
    char back[4];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    CHECK_EQUAL(3, write(pair[1], "bye", 3));
    CHECK(shutdown(pair[1], SHUT_WR) == 0);
    expect_received(await(VF_RECEIVED), token, "bye");
    struct vf_completion got = await(VF_CLOSED);
    CHECK_EQUAL(token, got.token);
    CHECK_EQUAL(0, got.result);
    CHECK_EQUAL(0, turn_waiting(1000000));
    submit_send(token, "ok", 2); /* sending is still possible */
    CHECK_EQUAL(0, turn_waiting(1000000));
    CHECK_EQUAL(2, read(pair[1], back, sizeof back));
    close(pair[1]);
    submit_close(token, VF_CLOSE);
    CHECK_EQUAL(0, turn_waiting(0));
    close_loop();
}

static void a_reset_is_reported_after_what_arrived(void)
{
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    CHECK_EQUAL(0, turn_waiting(0));
    reset_by(pair[1]);
    struct vf_completion got = await(VF_CLOSED);
    CHECK_EQUAL(token, got.token);
    CHECK_EQUAL(ECONNRESET, got.result);
    CHECK_EQUAL(0, turn_waiting(1000000));
    close_loop();
}

static void a_failed_send_lets_the_last_words_be_read(void)
{
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    CHECK_EQUAL(0, turn_waiting(0));
    CHECK_EQUAL(4, write(pair[1], "last", 4));
    CHECK_EQUAL(1, write(pair[0], "x", 1)); /* unread by the peer: its close becomes a reset */
    close(pair[1]);
    submit_send(token, "hello", 5);
    CHECK_EQUAL(2, turn());
    CHECK_EQUAL(VF_UNSENT, completions[0].kind); /* so that nobody takes it for sent */
    CHECK_EQUAL(5, completions[0].length);
    expect_received(completions[1], token, "last");
    CHECK_EQUAL(1, turn());
    CHECK_EQUAL(VF_CLOSED, completions[0].kind);
    CHECK(completions[0].result == EPIPE || completions[0].result == ECONNRESET);
    submit_send(token, "hello", 5); /* which is not said twice */
    want(token, VF_READ | VF_WRITE);
    CHECK_EQUAL(0, turn_waiting(1000000));
    close_loop();
}

static void a_paused_socket_is_silent_but_for_a_reset(void)
{
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    want(token, 0);
    CHECK_EQUAL(5, write(pair[1], "later", 5));
    CHECK_EQUAL(0, turn_waiting(2000000));
    want(token, VF_READ);
    expect_received(await(VF_RECEIVED), token, "later");
    want(token, 0);
    CHECK_EQUAL(0, turn_waiting(0));
    reset_by(pair[1]);
    CHECK_EQUAL(ECONNRESET, await(VF_CLOSED).result);
    CHECK_EQUAL(0, turn_waiting(1000000));
    close_loop();
}

static void a_paused_socket_that_waits_to_send_hears_of_a_reset(void)
{
    static uint8_t fill[8 << 20];
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    submit_send(token, fill, sizeof fill);
    CHECK_EQUAL(1, turn_waiting(0));
    CHECK_EQUAL(VF_UNSENT, completions[0].kind);
    want(token, VF_WRITE);
    CHECK_EQUAL(0, turn_waiting(1000000));
    reset_by(pair[1]);
    CHECK_EQUAL(ECONNRESET, await(VF_CLOSED).result);
    CHECK_EQUAL(0, turn_waiting(1000000));
    close_loop();
}

/* The first turn may end early; the second one waits. */
static void expect_quiet_turns(void)
{
    struct timespec from;
    struct timespec to;
    CHECK_EQUAL(0, turn_waiting(10000000));
    clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_EQUAL(0, turn_waiting(10000000));
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK(nanos_between(from, to) >= 10000000);
}

static void a_paused_socket_hears_of_the_end_when_it_reads_again(void)
{
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    want(token, 0);
    CHECK_EQUAL(4, write(pair[1], "last", 4));
    CHECK(shutdown(pair[1], SHUT_WR) == 0);
    expect_quiet_turns();
    want(token, VF_READ);
    expect_received(await(VF_RECEIVED), token, "last");
    CHECK_EQUAL(0, await(VF_CLOSED).result);
    close(pair[1]);
    close_loop();
}

static void a_paused_socket_closed_at_both_ends_does_not_spin(void)
{
    int pair[2];
    open_loop();
    tcp_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    want(token, 0);
    submit(token, VF_SHUTDOWN);
    CHECK_EQUAL(5, write(pair[1], "later", 5));
    close(pair[1]);
    expect_quiet_turns();
    want(token, VF_READ);
    expect_received(await(VF_RECEIVED), token, "later");
    CHECK_EQUAL(0, await(VF_CLOSED).result);
    close_loop();
}

static void stale_tokens_find_nothing(void)
{
    int first[2];
    int second[2];
    open_loop();
    unix_pair(first);
    unix_pair(second);
    int64_t old = adopt(2, 1, first[0]);
    CHECK_EQUAL(0, turn_waiting(0));
    int held = dup(first[0]); /* as a forked child would: the kernel goes on watching */
    CHECK_EQUAL(3, write(first[1], "old", 3));
    submit_close(old, VF_CLOSE);
    int64_t new = adopt(2, 2, second[0]); /* the same slot, while the close is still queued */
    CHECK_EQUAL(0, turn_waiting(1000000));
    CHECK_EQUAL(3, write(second[1], "new", 3));
    CHECK_EQUAL(1, turn());
    expect_received(completions[0], new, "new");
    submit(old, VF_INTEREST)->fd = second[0]; /* of an old token: without effect */
    CHECK_EQUAL(0, turn_waiting(0));
    close(held);
    close(first[1]);
    close(second[1]);
    close_loop();
}

static void a_reused_descriptor_is_watched_anew(void)
{
    open_loop();
    for (int generation = 1; generation < 200; generation++) {
        int pair[2];
        unix_pair(pair);
        int64_t token = adopt(0, generation, pair[0]);
        CHECK_EQUAL(2, write(pair[1], "hi", 2));
        CHECK_EQUAL(1, turn());
        expect_received(completions[0], token, "hi");
        submit_close(token, generation & 1 ? VF_CLOSE : VF_ABORT);
        close(pair[1]);
    }
    CHECK_EQUAL(0, turn_waiting(0));
    close_loop();
}

static void expect_place_of_its_own(int32_t k)
{
    struct vf_completion mine = completions[k];
    CHECK(mine.index >= VF_ARENA_SLACK_BYTES);
    CHECK(mine.index + mine.length <= ARENA_BYTES - VF_ARENA_SLACK_BYTES);
    for (int32_t i = 0; i < k; i++) {
        struct vf_completion other = completions[i];
        CHECK(mine.result != other.result ||
              mine.index >= other.index + other.length + VF_ARENA_GAP_BYTES ||
              other.index >= mine.index + mine.length + VF_ARENA_GAP_BYTES);
    }
}

static void a_full_arena_leaves_the_rest_to_the_next_turn(void)
{
    enum { BUSY = 8, EACH = 150000 };
    static uint8_t bytes[EACH];
    int pairs[BUSY][2];
    int large = 4 * EACH;
    long received[BUSY] = {0};
    open_loop();
    for (int i = 0; i < BUSY; i++) {
        unix_pair(pairs[i]);
        CHECK(setsockopt(pairs[i][1], SOL_SOCKET, SO_SNDBUF, &large, sizeof large) == 0);
        set_nonblocking(pairs[i][1]);
        adopt(i, 1, pairs[i][0]);
        CHECK_EQUAL(EACH, write(pairs[i][1], bytes, EACH));
    }
    for (int turns = 0; turns < 4; turns++) {
        int32_t count = turn_waiting(0);
        for (int32_t k = 0; k < count; k++) {
            expect_place_of_its_own(k);
            received[(uint32_t)completions[k].token] += completions[k].length;
        }
    }
    for (int i = 0; i < BUSY; i++) { /* nobody waited longer than the others */
        CHECK(received[i] > 0);
        close(pairs[i][1]);
    }
    close_loop();
}

static void *wake_later(void *unused)
{
    (void)unused;
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    CHECK_EQUAL(0, vf_wakeup(loop));
    return NULL;
}

static void a_wakeup_ends_the_wait(void)
{
    pthread_t other;
    open_loop();
    CHECK_EQUAL(0, vf_wakeup(loop));
    CHECK_EQUAL(0, turn_waiting(-1));
    CHECK_EQUAL(0, vf_wakeup(loop));
    CHECK_EQUAL(0, turn_waiting(INT64_MAX)); /* longer than kernels accept */
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&other, NULL, wake_later, NULL) == 0);
        CHECK_EQUAL(0, turn_waiting(-1));
        CHECK(pthread_join(other, NULL) == 0);
    }
    close_loop();
}

static int32_t spin_waiting(int64_t nanos)
{
    int32_t count = vf_spin(loop, (int64_t)(intptr_t)submissions, submission_count,
                            (int64_t)(intptr_t)completions, COMPLETIONS, nanos);
    submission_count = 0;
    return count;
}

static void a_wakeup_ends_a_spin(void)
{
    pthread_t other;
    open_loop();
    CHECK_EQUAL(0, vf_wakeup(loop));
    CHECK_EQUAL(0, spin_waiting(INT64_MAX));
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&other, NULL, wake_later, NULL) == 0);
        CHECK_EQUAL(0, spin_waiting(INT64_MAX));
        CHECK(pthread_join(other, NULL) == 0);
    }
    close_loop();
}

static void a_spin_sends_receives_and_ends(void)
{
    int pair[2];
    struct timespec from;
    struct timespec to;
    open_loop();
    unix_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    CHECK_EQUAL(2, write(pair[1], "in", 2));
    CHECK_EQUAL(1, spin_waiting(INT64_MAX));
    CHECK_EQUAL(VF_RECEIVED, completions[0].kind);
    CHECK_EQUAL(token, completions[0].token);
    clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_EQUAL(0, spin_waiting(3000001));
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK(nanos_between(from, to) >= 3000001);
    close(pair[1]);
    close_loop();
}

static void a_timeout_is_kept(void)
{
    struct timespec from;
    struct timespec to;
    open_loop();
    clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_EQUAL(0, turn_waiting(3000001));
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK(nanos_between(from, to) >= 3000001);
    close_loop();
}

static void flush_sends_and_receives_nothing(void)
{
    int pair[2];
    char back[8];
    open_loop();
    unix_pair(pair);
    int64_t token = adopt(0, 1, pair[0]);
    CHECK_EQUAL(2, write(pair[1], "in", 2));
    submit_send(token, "out", 3);
    CHECK_EQUAL(0, vf_flush(loop, address_of(submissions), submission_count,
                            address_of(completions), COMPLETIONS));
    CHECK_EQUAL(3, read(pair[1], back, sizeof back));
    submission_count = 0;
    expect_received(await(VF_RECEIVED), token, "in");
    close(pair[1]);
    close_loop();
}

static int32_t turn_with(int64_t handle, int64_t at, int32_t count, int64_t to, int32_t capacity)
{
    return vf_turn(handle, at, count, to, capacity, 0);
}

static void bad_arguments_are_refused(void)
{
    int64_t to = address_of(completions);
    int64_t at = address_of(submissions);
    uint8_t memory[16];
    CHECK_EQUAL(-EINVAL, vf_loop_open(0, 1, 1, 1, ARENA_BYTES, 0));
    CHECK_EQUAL(-EINVAL, vf_loop_open(address_of(slots), 0, 1, 1, ARENA_BYTES, 0));
    CHECK_EQUAL(-EINVAL, vf_loop_open(address_of(slots), 1, 0, 1, ARENA_BYTES, 0));
    CHECK_EQUAL(-EINVAL, vf_loop_open(address_of(slots), 1, 1, 1, -1, 0));
    open_loop();
    CHECK_EQUAL(-EINVAL, turn_with(0, at, 0, to, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, -1, to, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, turn_with(loop, 0, 1, to, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 0, 0, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 0, to, 1));
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, SUBMISSIONS, to, 2 * SUBMISSIONS));
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, INT32_MAX, to, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, vf_flush(loop, at, -1, to, COMPLETIONS));
    CHECK_EQUAL(-EINVAL, vf_loop_table(loop, 0, SLOTS));
    CHECK_EQUAL(-EINVAL, vf_loop_table(loop, address_of(slots), SLOTS - 1));
    CHECK_EQUAL(-EINVAL, vf_wakeup(0));
    CHECK_EQUAL(-EINVAL, vf_loop_close(0));
    submissions[0] = (struct vf_submission){.fd = -1, .kind = VF_CLOSE};
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 1, to, COMPLETIONS));
    submissions[0] = (struct vf_submission){.fd = 0, .kind = 77};
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 1, to, COMPLETIONS));
    /* Chains that run backwards, in a circle or out of the batch. */
    for (int32_t next = -1; next <= 2; next++) {
        submissions[0] = (struct vf_submission){.kind = VF_NOTHING};
        submissions[1] = (struct vf_submission){.kind = VF_SEND,
                                                .address = address_of(memory),
                                                .length = 1,
                                                .next = next == 0 ? 9 : next};
        CHECK_EQUAL(-EINVAL, turn_with(loop, at, 2, to, COMPLETIONS));
    }
    submissions[0] =
        (struct vf_submission){.kind = VF_SEND, .address = address_of(memory), .length = -1};
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 1, to, COMPLETIONS));
    submissions[0] = (struct vf_submission){.kind = VF_SEND, .length = 1};
    CHECK_EQUAL(-EINVAL, turn_with(loop, at, 1, to, COMPLETIONS));
    close_loop();
}

int main(int argc, char **argv)
{
    choose_poller(argc, argv);
    RUN(bytes_are_echoed_in_place);
    RUN(a_chain_leaves_in_order);
    RUN(what_is_not_taken_is_handed_back);
    RUN(unsent_bytes_survive_what_the_same_turn_receives);
    RUN(an_arena_with_unsent_bytes_is_not_received_into);
    RUN(end_of_stream_is_reported_once_and_does_not_spin);
    RUN(a_reset_is_reported_after_what_arrived);
    RUN(a_failed_send_lets_the_last_words_be_read);
    RUN(a_paused_socket_is_silent_but_for_a_reset);
    RUN(a_paused_socket_that_waits_to_send_hears_of_a_reset);
    RUN(a_paused_socket_hears_of_the_end_when_it_reads_again);
    RUN(a_paused_socket_closed_at_both_ends_does_not_spin);
    RUN(stale_tokens_find_nothing);
    RUN(a_reused_descriptor_is_watched_anew);
    RUN(a_full_arena_leaves_the_rest_to_the_next_turn);
    RUN(a_wakeup_ends_the_wait);
    RUN(a_wakeup_ends_a_spin);
    RUN(a_spin_sends_receives_and_ends);
    RUN(a_timeout_is_kept);
    RUN(flush_sends_and_receives_nothing);
    RUN(bad_arguments_are_refused);
    return 0;
}
