/* The part of kqueue that poller_kqueue.c uses, for its tests on Linux; see ../kqueue.c. */
#ifndef VOLFRAM_SHIM_EVENT_H
#define VOLFRAM_SHIM_EVENT_H

#include <stdint.h>
#include <time.h>

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_USER = -10 };

enum { EV_ADD = 0x1, EV_DELETE = 0x2, EV_CLEAR = 0x20, EV_EOF = 0x8000 };

#define NOTE_LOWAT 0x1u
#define NOTE_TRIGGER 0x01000000u

struct kevent {
    uintptr_t ident;
    int16_t filter;
    uint16_t flags;
    uint32_t fflags;
    intptr_t data;
    void *udata;
};

int kqueue(void);
int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist,
           int nevents, const struct timespec *timeout);

#endif
