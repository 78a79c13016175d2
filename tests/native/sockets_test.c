/* Listening, accepting, connecting and addresses. */
#include "check.h"
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct vf_address loopback(int port)
{
    return (struct vf_address){.family = 4, .port = port, .length = 4, .bytes = {127, 0, 0, 1}};
}

static int64_t at(const struct vf_address *address)
{
    return (int64_t)(intptr_t)address;
}

static struct vf_address listening_at(int64_t token)
{
    struct vf_address address = loopback(0);
    CHECK_EQUAL(0, vf_listen(loop, token, at(&address), 16, 0));
    CHECK_EQUAL(0, vf_local_address(slots[(uint32_t)token].fd, at(&address)));
    CHECK(address.port > 0);
    return address;
}

static void connections_are_accepted_and_connected(void)
{
    open_loop();
    int64_t listener = token_of(0, 1);
    int64_t client = token_of(1, 1);
    struct vf_address address = listening_at(listener);
    CHECK_EQUAL(0, vf_connect(loop, client, at(&address), 0, 0, 1, 0));
    int accepted = -1;
    int connected = 0;
    for (int turns = 0; turns < 20 && (accepted < 0 || !connected); turns++) {
        int32_t count = turn();
        for (int32_t k = 0; k < count; k++) {
            if (completions[k].kind == VF_ACCEPTED) {
                CHECK_EQUAL(listener, completions[k].token);
                accepted = completions[k].result;
            } else {
                CHECK_EQUAL(VF_CONNECTED, completions[k].kind);
                CHECK_EQUAL(client, completions[k].token);
                CHECK_EQUAL(0, completions[k].result);
                connected = 1;
            }
        }
    }
    CHECK(accepted >= 0 && connected);
    CHECK(fcntl(accepted, F_GETFL) & O_NONBLOCK);
    CHECK(fcntl(accepted, F_GETFD) & FD_CLOEXEC);
    struct vf_address mine;
    struct vf_address theirs;
    CHECK_EQUAL(0, vf_local_address(slots[1].fd, at(&mine)));
    CHECK_EQUAL(0, vf_remote_address(accepted, at(&theirs)));
    CHECK(memcmp(&mine, &theirs, sizeof mine) == 0);
    int64_t server = adopt(2, 1, accepted);
    submit_send(client, "ping", 4);
    struct vf_completion got = await(VF_RECEIVED);
    CHECK_EQUAL(server, got.token);
    CHECK_EQUAL(4, got.length);
    close_loop();
}

static void a_refused_connect_is_reported(void)
{
    open_loop();
    struct vf_address address = listening_at(token_of(0, 1));
    submit_close(token_of(0, 1), VF_CLOSE);
    CHECK_EQUAL(0, turn_waiting(0));
    int32_t result = vf_connect(loop, token_of(1, 1), at(&address), 0, 0, 1, 0);
    if (result == 0) {
        CHECK_EQUAL(ECONNREFUSED, await(VF_CONNECTED).result);
        CHECK_EQUAL(0, turn_waiting(1000000));
    } else {
        CHECK_EQUAL(-ECONNREFUSED, result);
        CHECK_EQUAL(VF_PHASE_FREE, slots[1].phase);
    }
    close_loop();
}

static void a_paused_listener_accepts_later(void)
{
    open_loop();
    int64_t listener = token_of(0, 1);
    struct vf_address address = listening_at(listener);
    want(listener, 0);
    CHECK_EQUAL(0, vf_connect(loop, token_of(1, 1), at(&address), 0, 0, 1, 0));
    CHECK_EQUAL(VF_CONNECTED, await(VF_CONNECTED).kind);
    CHECK_EQUAL(0, turn_waiting(1000000));
    want(listener, VF_READ);
    close(await(VF_ACCEPTED).result);
    close_loop();
}

static void exhausted_descriptors_are_reported(void)
{
    struct rlimit before;
    open_loop();
    int64_t listener = token_of(0, 1);
    struct vf_address address = listening_at(listener);
    CHECK_EQUAL(0, vf_connect(loop, token_of(1, 1), at(&address), 0, 0, 1, 0));
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    int highest = dup(0);
    close(highest);
    struct rlimit none_left = {(rlim_t)highest, before.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &none_left) == 0);
    struct vf_completion failed = await(VF_ACCEPT_FAILED);
    CHECK_EQUAL(EMFILE, failed.result);
    CHECK_EQUAL(listener, failed.token);
    CHECK_EQUAL(-EMFILE, vf_connect(loop, token_of(2, 1), at(&address), 0, 0, 1, 0));
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    close(await(VF_ACCEPTED).result);
    close_loop();
}

static void unix_paths_and_ipv6_work(void)
{
    char name[64];
    open_loop();
    snprintf(name, sizeof name, "/tmp/volfram-test-%d.sock", (int)getpid());
    struct vf_address path = {.family = 1, .length = (int32_t)strlen(name)};
    memcpy(path.bytes, name, strlen(name));
    CHECK_EQUAL(0, vf_listen(loop, token_of(0, 1), at(&path), 4, 0));
    CHECK_EQUAL(0, vf_connect(loop, token_of(1, 1), at(&path), 0, 0, 1, 0));
    int accepted = await(VF_ACCEPTED).result;
    struct vf_address found;
    CHECK_EQUAL(0, vf_local_address(accepted, at(&found)));
    CHECK(memcmp(&path, &found, sizeof path) == 0);
    CHECK_EQUAL(0, vf_remote_address(accepted, at(&found)));
    CHECK_EQUAL(0, found.length);
    CHECK_EQUAL(0, vf_discard(accepted));
    unlink(name);
    struct vf_address wildcard = {.family = 6, .length = 16};
    int32_t result = vf_listen(loop, token_of(2, 1), at(&wildcard), 4, 0);
    if (result != -EAFNOSUPPORT && result != -EADDRNOTAVAIL) {
        CHECK_EQUAL(0, result);
        CHECK_EQUAL(0, vf_local_address(slots[2].fd, at(&found)));
        struct vf_address both = loopback(found.port);
        CHECK_EQUAL(0, vf_connect(loop, token_of(3, 1), at(&both), 0, 0, 1, 0));
        CHECK_EQUAL(0, vf_discard(await(VF_ACCEPTED).result));
    }
    close_loop();
}

static void bad_arguments_are_refused(void)
{
    struct vf_address address = loopback(0);
    struct vf_address wrong = {.family = 5};
    struct vf_address no_path = {.family = 1, .length = 108};
    open_loop();
    CHECK_EQUAL(-EINVAL, vf_listen(0, token_of(0, 1), at(&address), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(0, 1), 0, 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(SLOTS, 1), at(&address), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(-1, 1), at(&address), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(0, 1), at(&wrong), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(0, 1), at(&no_path), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_connect(loop, token_of(0, 1), at(&address), -1, 0, 1, 0));
    CHECK_EQUAL(-EINVAL, vf_connect(loop, token_of(0, 1), at(&address), 0, 0, 1, -1));
    CHECK_EQUAL(0, vf_listen(loop, token_of(0, 1), at(&address), 1, 0));
    CHECK_EQUAL(-EINVAL, vf_listen(loop, token_of(0, 2), at(&address), 1, 0)); /* taken */
    CHECK_EQUAL(-EINVAL, vf_connect(loop, token_of(0, 2), at(&address), 0, 0, 1, 0));
    struct vf_address taken;
    CHECK_EQUAL(0, vf_local_address(slots[0].fd, at(&taken)));
    CHECK_EQUAL(-EADDRINUSE, vf_listen(loop, token_of(1, 1), at(&taken), 1, 0));
    CHECK_EQUAL(VF_PHASE_FREE, slots[1].phase);
    CHECK_EQUAL(-EINVAL, vf_local_address(-1, at(&taken)));
    CHECK_EQUAL(-EINVAL, vf_remote_address(0, 0));
    CHECK_EQUAL(-EINVAL, vf_discard(-1));
    close_loop();
}

static void an_address_is_shared_where_all_agree(void)
{
    struct vf_address address = loopback(0);
    open_loop();
    CHECK_EQUAL(0, vf_listen(loop, token_of(0, 1), at(&address), 1, 1));
    struct vf_address shared;
    CHECK_EQUAL(0, vf_local_address(slots[0].fd, at(&shared)));
    CHECK_EQUAL(0, vf_listen(loop, token_of(1, 1), at(&shared), 1, 1));
    CHECK_EQUAL(-EADDRINUSE, vf_listen(loop, token_of(2, 1), at(&shared), 1, 0));
    close_loop();
}

static void a_refused_option_leaves_the_connection_alone(void)
{
    CHECK_EQUAL(-EINVAL, vf_busy_poll_usable(-1));
    CHECK(vf_busy_poll_usable(INT32_MAX) <= 0);
    int ends[2];
    open_loop();
    unix_pair(ends);
    int64_t token = adopt(0, 1, ends[0]); /* which has neither of the two */
    submissions[0].next = INT32_MAX;
    slots[0].wanted |= VF_QUICK_ACK;
    CHECK_EQUAL(1, write(ends[1], "x", 1));
    CHECK_EQUAL(token, await(VF_RECEIVED).token);
    CHECK_EQUAL(VF_PHASE_OPEN, slots[0].phase);
    close(ends[1]);
    close_loop();
}

static void only_a_cpu_that_is_there_can_be_bound_to(void)
{
    CHECK_EQUAL(-EINVAL, vf_pin(-1));
    CHECK_EQUAL(-EINVAL, vf_pin(INT32_MAX));
}

int main(int argc, char **argv)
{
    choose_poller(argc, argv);
    RUN(connections_are_accepted_and_connected);
    RUN(a_refused_connect_is_reported);
    RUN(a_paused_listener_accepts_later);
    RUN(exhausted_descriptors_are_reported);
    RUN(unix_paths_and_ipv6_work);
    RUN(bad_arguments_are_refused);
    RUN(an_address_is_shared_where_all_agree);
    RUN(a_refused_option_leaves_the_connection_alone);
    RUN(only_a_cpu_that_is_there_can_be_bound_to);
    return 0;
}
