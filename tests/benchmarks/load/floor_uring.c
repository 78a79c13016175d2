/*
 * The floor on io_uring: multishot accept and receive into provided buffers, one io_uring_enter per
 * turn that submits all sends of the turn and waits. Raw system calls, one thread.
 */
#include "floor.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    SUBMISSIONS = 4096,
    COMPLETIONS = 16384,
    BUFFERS = 1024, /* a power of two */
    BUFFER_BYTES = 32 * 1024,
    GROUP = 0,
    NO_BUFFER = -1
};

/* What a completion is of: the lowest bits of its user data. The rest is the connection. */
enum operation { ACCEPT, RECEIVE, SEND, OPERATION_MASK = 3 };

struct connection {
    int fd;
    int upgraded;
    int over; /* ends when nothing is under way any more */
    int receiving;
    int sending;
    int sent_buffer; /* the provided buffer that is being sent from, or NO_BUFFER */
    size_t sent_bytes;
    struct pending in;
    struct pending sent; /* what is being sent from, when that is no provided buffer */
    struct pending out;  /* what comes next */
};

static int ring;
static unsigned *sq_head, *sq_tail, *cq_head, *cq_tail;
static unsigned sq_mask, cq_mask, unsubmitted;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static struct io_uring_buf_ring *buffer_ring;
static uint16_t buffer_tail;
static uint8_t *buffers;

static unsigned acquire(unsigned *counter)
{
    return atomic_load_explicit((_Atomic unsigned *)counter, memory_order_acquire);
}

static void release(unsigned *counter, unsigned value)
{
    atomic_store_explicit((_Atomic unsigned *)counter, value, memory_order_release);
}

static void *map(size_t bytes, int64_t offset)
{
    int shared = offset < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, shared, offset < 0 ? -1 : ring,
                        offset < 0 ? 0 : offset);
    if (memory == MAP_FAILED) {
        floor_fail("mmap", errno);
    }
    return memory;
}

static void give_back(int buffer)
{
    struct io_uring_buf *slot =
        (struct io_uring_buf *)buffer_ring + (buffer_tail++ & (BUFFERS - 1));
    slot->addr = (uint64_t)(uintptr_t)(buffers + (size_t)buffer * BUFFER_BYTES);
    slot->len = BUFFER_BYTES;
    slot->bid = (uint16_t)buffer;
}

static void publish_buffers(void)
{
    atomic_store_explicit((_Atomic uint16_t *)&buffer_ring->tail, buffer_tail,
                          memory_order_release);
}

static void open_ring(void)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
        .cq_entries = COMPLETIONS,
    };
    ring = (int)syscall(SYS_io_uring_setup, SUBMISSIONS, &params);
    if (ring < 0) {
        floor_fail("io_uring_setup", errno);
    }
    uint8_t *rings = map(params.cq_off.cqes + params.cq_entries * sizeof *cqes +
                             params.sq_entries * sizeof(unsigned),
                         IORING_OFF_SQ_RING);
    sqes = map(params.sq_entries * sizeof *sqes, IORING_OFF_SQES);
    sq_head = (unsigned *)(void *)(rings + params.sq_off.head);
    sq_tail = (unsigned *)(void *)(rings + params.sq_off.tail);
    cq_head = (unsigned *)(void *)(rings + params.cq_off.head);
    cq_tail = (unsigned *)(void *)(rings + params.cq_off.tail);
    cqes = (struct io_uring_cqe *)(void *)(rings + params.cq_off.cqes);
    sq_mask = params.sq_entries - 1;
    cq_mask = params.cq_entries - 1;
    unsigned *array = (unsigned *)(void *)(rings + params.sq_off.array);
    for (unsigned i = 0; i < params.sq_entries; i++) {
        array[i] = i;
    }

    buffers = map((size_t)BUFFERS * BUFFER_BYTES, -1);
    buffer_ring = map(BUFFERS * sizeof(struct io_uring_buf), -1);
    struct io_uring_buf_reg registration = {
        .ring_addr = (uint64_t)(uintptr_t)buffer_ring,
        .ring_entries = BUFFERS,
        .bgid = GROUP,
    };
    if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_PBUF_RING, &registration, 1) < 0) {
        floor_fail("IORING_REGISTER_PBUF_RING", errno);
    }
    for (int i = 0; i < BUFFERS; i++) {
        give_back(i);
    }
    publish_buffers();
}

static void enter(unsigned wait_for)
{
    long submitted =
        syscall(SYS_io_uring_enter, ring, unsubmitted, wait_for, IORING_ENTER_GETEVENTS, NULL, 0);
    if (submitted >= 0) {
        unsubmitted -= (unsigned)submitted;
    } else if (errno != EINTR && errno != EBUSY && errno != EAGAIN) {
        floor_fail("io_uring_enter", errno);
    }
}

static struct io_uring_sqe *next_submission(enum operation operation, struct connection *connection,
                                            int fd)
{
    unsigned tail = *sq_tail;
    while (tail - acquire(sq_head) > sq_mask) {
        enter(0);
    }
    struct io_uring_sqe *sqe = &sqes[tail & sq_mask];
    memset(sqe, 0, sizeof *sqe);
    sqe->fd = fd;
    sqe->user_data = (uint64_t)(uintptr_t)connection | operation;
    release(sq_tail, tail + 1);
    unsubmitted++;
    return sqe;
}

static void submit_accept(int listener)
{
    struct io_uring_sqe *sqe = next_submission(ACCEPT, NULL, listener);
    sqe->opcode = IORING_OP_ACCEPT;
    sqe->ioprio = IORING_ACCEPT_MULTISHOT;
    sqe->accept_flags = SOCK_CLOEXEC;
}

static void submit_receive(struct connection *connection)
{
    struct io_uring_sqe *sqe = next_submission(RECEIVE, connection, connection->fd);
    sqe->opcode = IORING_OP_RECV;
    sqe->ioprio = IORING_RECV_MULTISHOT;
    sqe->flags = IOSQE_BUFFER_SELECT;
    sqe->buf_group = GROUP;
    connection->receiving = 1;
}

static void submit_send(struct connection *connection, const uint8_t *bytes, size_t length)
{
    struct io_uring_sqe *sqe = next_submission(SEND, connection, connection->fd);
    sqe->opcode = IORING_OP_SEND;
    sqe->addr = (uint64_t)(uintptr_t)bytes;
    sqe->len = (uint32_t)length;
    sqe->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
    connection->sending = 1;
    connection->sent_bytes = length;
}

static void send_next(struct connection *connection)
{
    connection->sent = connection->out;
    connection->out = (struct pending){0};
    submit_send(connection, connection->sent.bytes + connection->sent.start,
                connection->sent.length);
}

static void reply(struct connection *connection, const uint8_t *bytes, size_t length)
{
    if (length > 0) {
        pending_append(&connection->out, bytes, length);
        if (!connection->sending) {
            send_next(connection);
        }
    }
}

static void accepted(int fd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        floor_fail("calloc", ENOMEM);
    }
    connection->fd = fd;
    connection->sent_buffer = NO_BUFFER;
    floor_accepted(fd);
    submit_receive(connection);
}

static void upgrade(struct connection *connection, const uint8_t *bytes, size_t length)
{
    size_t head = floor_head_bytes(bytes, length);
    if (head > 0) {
        connection->upgraded = 1;
        reply(connection, (const uint8_t *)FLOOR_ANSWER, FLOOR_ANSWER_BYTES);
    }
    pending_keep(&connection->in, bytes + head, length - head, 0);
}

/*
 * Answers frames. They are sent from where they lie when nothing is under way: from the provided
 * buffer, or from the memory that a long frame was put together in. Returns whether the buffer is
 * still in use.
 */
static int echo_frames(struct connection *connection, uint8_t *bytes, size_t length, int buffer)
{
    struct pending *in = &connection->in;
    struct echo echo = floor_echo(bytes, length);
    connection->over |= echo.over;
    int idle = !connection->sending && echo.reply_bytes > 0;
    if (idle && in->length == 0) {
        connection->sent_buffer = buffer;
        submit_send(connection, echo.reply, echo.reply_bytes);
        pending_keep(in, bytes + echo.consumed, length - echo.consumed, echo.expected);
        return 1;
    }
    if (idle && echo.consumed == length) {
        connection->out = *in;
        connection->out.start = (size_t)(echo.reply - bytes);
        connection->out.length = echo.reply_bytes;
        *in = (struct pending){0};
        send_next(connection);
        return 0;
    }
    reply(connection, echo.reply, echo.reply_bytes);
    pending_keep(in, bytes + echo.consumed, length - echo.consumed, echo.expected);
    return 0;
}

static void received(struct connection *connection, const struct io_uring_cqe *cqe)
{
    if ((cqe->flags & IORING_CQE_F_MORE) == 0) {
        connection->receiving = 0;
    }
    if ((cqe->flags & IORING_CQE_F_BUFFER) == 0) {
        if (cqe->res == -ENOBUFS && !connection->over) {
            submit_receive(connection);
        } else {
            connection->over = 1;
        }
        return;
    }
    int buffer = (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    int in_use = 0;
    if (cqe->res > 0 && !connection->over) {
        struct pending *in = &connection->in;
        uint8_t *bytes = buffers + (size_t)buffer * BUFFER_BYTES;
        size_t length = (size_t)cqe->res;
        if (in->length > 0) {
            pending_append(in, bytes, length);
            bytes = in->bytes;
            length = in->length;
        }
        if (connection->upgraded) {
            in_use = echo_frames(connection, bytes, length, buffer);
        } else {
            upgrade(connection, bytes, length);
        }
        if (!connection->receiving) {
            submit_receive(connection);
        }
    } else {
        connection->over = 1;
    }
    if (!in_use) {
        give_back(buffer);
    }
}

static void sent(struct connection *connection, int32_t result)
{
    connection->sending = 0;
    if (connection->sent_buffer != NO_BUFFER) {
        give_back(connection->sent_buffer);
        connection->sent_buffer = NO_BUFFER;
    } else {
        pending_drop(&connection->sent, connection->sent.length);
    }
    if (result < 0 || (size_t)result != connection->sent_bytes) {
        connection->over = 1;
    } else if (connection->out.length > 0) {
        send_next(connection);
    }
}

static void end(struct connection *connection)
{
    if (connection->receiving) {
        shutdown(connection->fd, SHUT_RDWR); /* which ends the receive, too */
        return;
    }
    close(connection->fd);
    free(connection->in.bytes);
    free(connection->sent.bytes);
    free(connection->out.bytes);
    free(connection);
}

static void complete(const struct io_uring_cqe *cqe, int listener)
{
    enum operation operation = (enum operation)(cqe->user_data & OPERATION_MASK);
    struct connection *connection =
        (struct connection *)(uintptr_t)(cqe->user_data & ~(uint64_t)OPERATION_MASK);
    if (operation == ACCEPT) {
        if (cqe->res >= 0) {
            accepted(cqe->res);
        }
        if ((cqe->flags & IORING_CQE_F_MORE) == 0) {
            submit_accept(listener);
        }
        return;
    }
    if (operation == RECEIVE) {
        received(connection, cqe);
    } else {
        sent(connection, cqe->res);
    }
    if (connection->over && !connection->sending) {
        end(connection);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: floor-uring PORT\n", stderr);
        return 2;
    }
    int listener = floor_listen(argv[1]);
    open_ring();
    submit_accept(listener);
    puts("ready");
    fflush(stdout);
    for (;;) {
        enter(1);
        unsigned head = *cq_head;
        for (unsigned tail = acquire(cq_tail); head != tail; head++) {
            struct io_uring_cqe cqe = cqes[head & cq_mask];
            release(cq_head, head + 1);
            complete(&cqe, listener);
        }
        publish_buffers();
    }
}
