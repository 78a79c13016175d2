/*
 * kqueue and kevent on Linux, as far as poller_kqueue.c uses them and faithful to XNU in what its
 * correctness hangs on: filters that are told of level by level or, with EV_CLEAR, at each change;
 * EV_EOF beside bytes that are still pending; NOTE_LOWAT up to the size of the receive buffer;
 * flags that adding a filter again does not change; ENOENT for what is not there; and filters that
 * go with the descriptor they are of (the linker is told to route close through __wrap_close). A
 * call either changes one filter or waits. Not for use outside the tests: it asks for every socket
 * at each wait.
 */
#include <sys/event.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUES = 4, FILTERS = 512 };

struct filter {
    struct kevent asked;
    bool used;
    bool triggered;
    /* What an EV_CLEAR filter has told of already. */
    bool told_eof;
    bool told_error;
    intptr_t told_bytes;
};

struct queue {
    int fd; /* an eventfd, readable while a user filter is triggered; 0 where the entry is free */
    struct filter filters[FILTERS];
};

struct state {
    bool fires;
    bool eof;
    bool error;
    intptr_t bytes;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct queue queues[QUEUES];

int __real_close(int fd);
int __wrap_close(int fd);

static struct queue *find_queue(int fd)
{
    for (int i = 0; i < QUEUES; i++) {
        if (queues[i].fd == fd) {
            return &queues[i];
        }
    }
    return NULL;
}

int kqueue(void)
{
    int fd = eventfd(0, EFD_NONBLOCK);
    if (fd < 0) {
        return -1;
    }
    pthread_mutex_lock(&lock);
    struct queue *queue = find_queue(0);
    if (queue != NULL) {
        memset(queue, 0, sizeof *queue);
        queue->fd = fd;
    }
    pthread_mutex_unlock(&lock);
    if (queue == NULL) {
        __real_close(fd);
        errno = ENFILE;
        return -1;
    }
    return fd;
}

int __wrap_close(int fd)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < QUEUES; i++) {
        for (int k = 0; k < FILTERS; k++) {
            struct filter *filter = &queues[i].filters[k];
            if (filter->asked.filter != EVFILT_USER && filter->asked.ident == (uintptr_t)fd) {
                filter->used = false;
            }
        }
        if (fd > 0 && queues[i].fd == fd) {
            queues[i].fd = 0;
        }
    }
    pthread_mutex_unlock(&lock);
    return __real_close(fd);
}

/* The filter of this kind that is there already, or a free one, which is not `used`. */
static struct filter *find_filter(struct queue *queue, const struct kevent *change)
{
    struct filter *free_one = NULL;
    for (int i = 0; i < FILTERS; i++) {
        struct filter *filter = &queue->filters[i];
        if (!filter->used) {
            free_one = free_one == NULL ? filter : free_one;
        } else if (filter->asked.ident == change->ident && filter->asked.filter == change->filter) {
            return filter;
        }
    }
    return free_one;
}

static int apply(struct queue *queue, const struct kevent *change)
{
    struct filter *filter = find_filter(queue, change);
    if (filter == NULL) {
        return ENOMEM;
    }
    if (change->filter != EVFILT_USER && fcntl((int)change->ident, F_GETFD) < 0) {
        return errno;
    }
    if (change->flags & EV_DELETE) {
        int result = filter->used ? 0 : ENOENT;
        filter->used = false;
        return result;
    }
    if (change->flags & EV_ADD) {
        uint16_t flags = filter->used ? filter->asked.flags : change->flags & EV_CLEAR;
        if (!filter->used) {
            *filter = (struct filter){.used = true};
        }
        filter->asked = *change;
        filter->asked.flags = flags;
    } else if (!filter->used) {
        return ENOENT;
    }
    if (change->filter == EVFILT_USER && (change->fflags & NOTE_TRIGGER)) {
        uint64_t one = 1;
        filter->triggered = true;
        return write(queue->fd, &one, sizeof one) < 0 ? errno : 0;
    }
    return 0;
}

static int integer_option(int fd, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? 0 : value;
}

static intptr_t pending_bytes(int fd, short events)
{
    int bytes = 0;
    if (integer_option(fd, SO_ACCEPTCONN)) {
        return events & POLLIN ? 1 : 0;
    }
    return ioctl(fd, FIONREAD, &bytes) < 0 ? 0 : bytes;
}

static intptr_t low_water(const struct filter *filter, int fd)
{
    if (!(filter->asked.fflags & NOTE_LOWAT) || integer_option(fd, SO_ACCEPTCONN)) {
        return 1;
    }
    intptr_t size = integer_option(fd, SO_RCVBUF);
    return filter->asked.data > size ? size : filter->asked.data;
}

static struct state state_of(const struct filter *filter)
{
    if (filter->asked.filter == EVFILT_USER) {
        return (struct state){.fires = filter->triggered};
    }
    int fd = (int)filter->asked.ident;
    struct pollfd now = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    (void)poll(&now, 1, 0);
    struct state state = {.error = now.revents & POLLERR};
    if (filter->asked.filter == EVFILT_WRITE) {
        state.eof = now.revents & (POLLERR | POLLHUP);
        state.fires = state.eof || (now.revents & POLLOUT);
        return state;
    }
    state.eof = now.revents & (POLLERR | POLLHUP | POLLRDHUP);
    state.bytes = pending_bytes(fd, now.revents);
    state.fires = state.eof || state.bytes >= low_water(filter, fd);
    if (filter->asked.flags & EV_CLEAR) {
        state.fires =
            state.fires && (state.eof > filter->told_eof || state.error > filter->told_error ||
                            state.bytes > filter->told_bytes);
    }
    return state;
}

static void tell(struct queue *queue, struct filter *filter, struct state state, struct kevent *to)
{
    *to = filter->asked;
    to->data = state.bytes;
    to->fflags = state.error ? ECONNRESET : 0; /* any: to ask Linux for it would clear it */
    to->flags |= state.eof ? EV_EOF : 0;
    filter->told_eof = state.eof;
    filter->told_error = state.error;
    filter->told_bytes = state.bytes;
    if (filter->asked.filter == EVFILT_USER) {
        uint64_t count;
        filter->triggered = false;
        (void)!read(queue->fd, &count, sizeof count);
    }
}

static int collect(struct queue *queue, struct kevent *events, int max)
{
    int count = 0;
    for (int i = 0; i < FILTERS && count < max; i++) {
        struct filter *filter = &queue->filters[i];
        if (filter->used) {
            struct state state = state_of(filter);
            if (state.fires) {
                tell(queue, filter, state, &events[count++]);
            }
        }
    }
    return count;
}

/* What ends a wait. An EV_CLEAR filter is not waited for when it has told of all there is. */
static nfds_t watched(const struct queue *queue, struct pollfd *polled)
{
    nfds_t count = 0;
    polled[count++] = (struct pollfd){.fd = queue->fd, .events = POLLIN};
    for (int i = 0; i < FILTERS; i++) {
        const struct filter *filter = &queue->filters[i];
        if (!filter->used || filter->asked.filter == EVFILT_USER) {
            continue;
        }
        struct pollfd *entry = &polled[count];
        *entry = (struct pollfd){.fd = (int)filter->asked.ident};
        if (filter->asked.filter == EVFILT_WRITE) {
            entry->events = POLLOUT;
        } else if (!(filter->asked.flags & EV_CLEAR)) {
            entry->events = POLLIN | POLLRDHUP;
        } else if (!filter->told_eof) {
            entry->events = POLLRDHUP;
        } else if (poll(entry, 1, 0) > 0) {
            continue; /* closed at both ends */
        }
        count++;
    }
    return count;
}

static struct timespec until(const struct timespec *deadline)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t nanos =
        (deadline->tv_sec - now.tv_sec) * INT64_C(1000000000) + deadline->tv_nsec - now.tv_nsec;
    nanos = nanos < 0 ? 0 : nanos;
    return (struct timespec){nanos / 1000000000, nanos % 1000000000};
}

static int wait_for_events(struct queue *queue, struct kevent *events, int max,
                           const struct timespec *timeout)
{
    struct pollfd polled[FILTERS + 1];
    struct timespec deadline;
    if (timeout != NULL) {
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        deadline.tv_sec += timeout->tv_sec + (deadline.tv_nsec + timeout->tv_nsec) / 1000000000;
        deadline.tv_nsec = (deadline.tv_nsec + timeout->tv_nsec) % 1000000000;
    }
    for (;;) {
        pthread_mutex_lock(&lock);
        int count = collect(queue, events, max);
        nfds_t polled_count = watched(queue, polled);
        pthread_mutex_unlock(&lock);
        if (count > 0) {
            return count;
        }
        struct timespec rest = timeout == NULL ? (struct timespec){0} : until(&deadline);
        if (timeout != NULL && rest.tv_sec == 0 && rest.tv_nsec == 0) {
            return 0;
        }
        if (ppoll(polled, polled_count, timeout == NULL ? NULL : &rest, NULL) < 0) {
            return -1;
        }
    }
}

int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist,
           int nevents, const struct timespec *timeout)
{
    pthread_mutex_lock(&lock);
    struct queue *queue = kq > 0 ? find_queue(kq) : NULL;
    int error = queue == NULL                   ? EBADF
                : nchanges == 1 && nevents == 0 ? apply(queue, changelist)
                : nchanges == 0 && nevents > 0  ? 0
                                                : EINVAL;
    pthread_mutex_unlock(&lock);
    if (error == 0 && timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_sec > 100000000)) {
        error = EINVAL;
    }
    if (error != 0) {
        errno = error;
        return -1;
    }
    return nevents > 0 ? wait_for_events(queue, eventlist, nevents, timeout) : 0;
}
