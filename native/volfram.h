/*
 * volfram.h: the whole of what Java and C say to each other. This header is the manual.
 *
 * Only integers cross; an address is an int64_t. No call keeps a Java object, calls back into Java,
 * starts a thread or raises a signal.
 *
 * Results     >= 0 is a success, < 0 is -errno, numbered as on Linux by every platform, as are the
 *             errors in completions. -EINVAL means that the caller broke a rule of this
 *             page; nothing was executed then, unless a record of a batch itself was malformed.
 * Threads     A loop belongs to one thread. vf_wakeup alone may be called from any other, as long
 *             as the loop has not been closed; excluding that race is the caller's duty. Functions
 *             without a loop argument may be called by any thread.
 * Memory      Everything an address points at belongs to Java and must stay where it is until the
 *             call returns; the slot table and the arenas, until vf_loop_close or vf_loop_table
 *             replaces them. The library allocates in vf_loop_open only, but for a list of events
 *             of io_uring that may have to grow.
 * Byte order  Native, in every record; network order nowhere.
 *
 * Platforms without a poller have every function; those of the loop return -ENOSYS there.
 */
#ifndef VOLFRAM_H
#define VOLFRAM_H

#include <stdint.h>

#if defined(_WIN32)
#define VF_EXPORT __declspec(dllexport)
#else
#define VF_EXPORT __attribute__((visibility("default")))
#endif

/* Changes with every change of a signature, a record or a meaning on this page. */
#define VF_ABI_VERSION 5

/* ------------------------------------------------------------------------------ about the library */

VF_EXPORT int32_t vf_abi_version(void);

/* The same, to be read from the file of a library that cannot be loaded here. */
VF_EXPORT extern const int32_t vf_abi;

enum vf_poller_kind {
    VF_POLLER_NONE = 0,
    VF_POLLER_EPOLL = 1,
    VF_POLLER_KQUEUE = 2,
    VF_POLLER_URING = 3
};

/* Which poller is used unless another is asked for: one of vf_poller_kind. */
VF_EXPORT int32_t vf_poller(void);

/*
 * Whether a loop can use this poller (one of vf_poller_kind) here and now: 0, -ENOSYS when it was
 * not built in or the kernel does not have it, or why the kernel refuses it. For io_uring those are
 * -EINVAL before Linux 6.0, and -EPERM or -EACCES where it is forbidden.
 */
VF_EXPORT int32_t vf_poller_usable(int32_t poller);

enum vf_simd_kind { VF_SIMD_PORTABLE = 0, VF_SIMD_SSSE3 = 1, VF_SIMD_AVX2 = 2, VF_SIMD_NEON = 3 };

/* Which kernels masking and UTF-8 use on this CPU: one of vf_simd_kind, fixed at load. */
VF_EXPORT int32_t vf_simd(void);

/* sizeof vf_slot | sizeof vf_submission << 8 | sizeof vf_completion << 16, for a check at load. */
VF_EXPORT int32_t vf_layout(void);

/*
 * Binds the calling thread to a CPU, numbered from 0 as the system does. Returns 0, -EINVAL for a CPU
 * that is not there or that this process may not use, or -ENOSYS where threads cannot be bound.
 */
VF_EXPORT int32_t vf_pin(int32_t cpu);

/*
 * Whether sockets may poll their device for so many microseconds (SO_BUSY_POLL): 0, -EPERM where
 * the kernel wants CAP_NET_ADMIN for it, -EINVAL for fewer than 0, or -ENOSYS where there is none.
 */
VF_EXPORT int32_t vf_busy_poll_usable(int32_t micros);

/* -------------------------------------------------------------------------- masking (RFC 6455 5.3) */

/*
 * XORs length bytes in place with the four bytes of key, read big-endian from the wire; offset is
 * the number of payload bytes that precede them in their frame (its lowest two bits count). Reads
 * and writes nothing outside the range. Returns 0, or -EINVAL for a negative length or address 0.
 */
VF_EXPORT int32_t vf_mask(int64_t address, int32_t length, int32_t key, int64_t offset);

/*
 * As vf_mask, and checks that the result continues well-formed UTF-8. The state, given and returned:
 *    0   between characters
 *   -1   invalid, at or before the last of these bytes; the bytes after the offending one may be
 *        masked still. Also for bad arguments.
 *   > 0  inside a character: bits 0-1 how many continuation bytes are missing (1..3), bits 8-15 the
 *        lowest and bits 16-23 the highest value that the next byte may have
 */
VF_EXPORT int32_t vf_mask_text(int64_t address, int32_t length, int32_t key, int64_t offset,
                               int32_t state);

/* ------------------------------------------------------------------------------------- the loop */

/*
 * What a token names, whose bits 24 to 31 are 0. The table is indexed by the token's low 32 bits and owned by Java, which reads
 * all of it and writes an entry when it adopts or closes a socket. `wanted` is Java's to write,
 * `armed` and `fault` C's. An event whose token is not the entry's is stale and dropped.
 */
struct vf_slot {
    int64_t token;
    int32_t fd;
    uint8_t wanted; /* VF_READ | VF_WRITE: what the owner wants to hear of; VF_QUICK_ACK */
    uint8_t armed;  /* what the kernel was told, with VF_ATTACHED; more bits are the poller's */
    uint8_t phase;  /* enum vf_phase */
    uint8_t fault;  /* the errno of a send, to be reported when what has arrived has been read */
};

enum {
    VF_READ = 1,
    VF_WRITE = 2,
    VF_ATTACHED = 4,
    VF_QUICK_ACK = 8 /* set by each receive, where there is TCP_QUICKACK: the kernel forgets it */
};

enum vf_phase {
    VF_PHASE_FREE = 0,
    VF_PHASE_LISTENING = 1,
    VF_PHASE_CONNECTING = 2,
    VF_PHASE_OPEN = 3,
    VF_PHASE_ENDED = 4, /* nothing more is received; sending may still be possible */
    VF_PHASE_BROKEN = 5 /* CLOSED with an errno has been reported, or CONNECTED with one */
};

/* One thing to do. The descriptor stands here because the slot may already have a new owner. */
struct vf_submission {
    int64_t token;
    int64_t address; /* SEND: of the bytes. REGISTER: SO_SNDBUF | tcpNoDelay << 32 */
    int32_t length;  /* SEND: of the bytes. REGISTER: SO_RCVBUF */
    int32_t fd;
    int32_t kind; /* enum vf_submission_kind */
    int32_t next; /* SEND, SEND_MORE: index of the next SEND_MORE of this token, 0: none.
                     REGISTER: SO_BUSY_POLL in microseconds */
};

enum vf_submission_kind {
    VF_NOTHING = 0,
    VF_SEND = 1,      /* first of a chain that leaves in one system call; chains run upwards */
    VF_SEND_MORE = 2, /* executed with the head of its chain */
    VF_REGISTER = 3,  /* sets the options of an accepted socket and begins to watch it */
    VF_INTEREST = 4,  /* makes `armed` follow `wanted` */
    VF_SHUTDOWN = 5,  /* half-closes; errors are not reported */
    VF_CLOSE = 6,     /* stops watching and closes */
    VF_ABORT = 7      /* the same with SO_LINGER 0, so that the peer sees a reset */
};

/* One thing that happened. */
struct vf_completion {
    int64_t token;
    int32_t kind;   /* enum vf_completion_kind */
    int32_t result; /* see there */
    int32_t index;
    int32_t length;
};

enum vf_completion_kind {
    VF_UNSENT = 1,        /* result: index of the submission; index, length: what remains of it, also
                             when the send has failed and the peer's last words are still to come */
    VF_CLOSED = 2,        /* result: 0 for an orderly end of stream, else errno; reading has ended.
                             Each comes once at most, and nothing after one with an errno. */
    VF_RECEIVED = 3,      /* result: 0 or 1, the arena; index, length: the bytes in it */
    VF_ACCEPTED = 4,      /* result: a descriptor, non-blocking and close-on-exec, the caller's now */
    VF_ACCEPT_FAILED = 5, /* result: EMFILE, ENFILE, ENOBUFS or ENOMEM; the listener stays ready */
    VF_CONNECTED = 6,     /* result: 0, or errno; after 0 the socket is read */
    VF_WRITABLE = 7       /* VF_WRITE has been taken out of `wanted` */
};

enum {
    VF_MAX_RECEIVE_BYTES = 256 * 1024, /* from one socket in one turn */
    VF_ARENA_SLACK_BYTES = 64,         /* unused at both ends of an arena */
    VF_ARENA_GAP_BYTES = 16,           /* writable before each received region */
    VF_ARENA_MIN_BYTES = 16 * 1024,
    VF_COMPLETION_MARGIN = 64, /* a turn needs room for 2 * submissions + this many completions */
    VF_MAX_ACCEPTS = 64,       /* from one listener in one turn of epoll */
    VF_MAX_SLOTS = 1 << 24
};

/*
 * Opens a loop over a zeroed slot table and two receive arenas of arenaBytes each, with a poller of
 * vf_poller_kind (0: the usual one). Returns its handle, or -EINVAL, -ENOMEM, -EMFILE and the like,
 * or what vf_poller_usable says. A loop with io_uring belongs to the thread of its first vf_turn,
 * vf_spin or vf_flush; before that, and to close it, any thread may have it.
 */
VF_EXPORT int64_t vf_loop_open(int64_t slots, int32_t slotCount, int64_t arena0, int64_t arena1,
                               int32_t arenaBytes, int32_t poller);

/* Replaces the slot table by a larger one with the same content. */
VF_EXPORT int32_t vf_loop_table(int64_t loop, int64_t slots, int32_t slotCount);

/* Closes every socket of the table and the loop; the handle is invalid afterwards. */
VF_EXPORT int32_t vf_loop_close(int64_t loop);

/*
 * Executes the submissions in order; waits at most timeoutNanos (0: does not wait, < 0: without
 * limit, else rounded up to what the kernel can do; a signal may end the wait early) unless there is
 * something to report already; accepts; receives at most once from every ready socket. Returns the
 * number of completions, UNSENT and CLOSED of the submissions first.
 *
 * Full sends report nothing. Received bytes stay where they are until the next turn has returned, or
 * the one after it begins where that turn names them UNSENT. What finds no room in the arenas or
 * among the completions is reported by the next turn.
 */
VF_EXPORT int32_t vf_turn(int64_t loop, int64_t submissions, int32_t submissionCount,
                          int64_t completions, int32_t completionCapacity, int64_t timeoutNanos);

/*
 * As vf_turn, but looks again and again instead of sleeping, for at most spinNanos (> 0) and a few
 * looks more. A wakeup ends it without a system call.
 */
VF_EXPORT int32_t vf_spin(int64_t loop, int64_t submissions, int32_t submissionCount,
                          int64_t completions, int32_t completionCapacity, int64_t spinNanos);

/* The first third of vf_turn: executes, does not wait or receive. */
VF_EXPORT int32_t vf_flush(int64_t loop, int64_t submissions, int32_t submissionCount,
                           int64_t completions, int32_t completionCapacity);

/* Makes the current or else the next vf_turn or vf_spin return without waiting. Any thread. */
VF_EXPORT int32_t vf_wakeup(int64_t loop);

/* ------------------------------------------------------------------------------------- sockets */

/* A socket address as it crosses. */
struct vf_address {
    int32_t family; /* 4, 6, or 1 for a Unix domain path */
    int32_t port;
    int32_t scope;  /* IPv6 scope id */
    int32_t length; /* of bytes: 4, 16, or that of the path (0: unnamed) */
    uint8_t bytes[112];
};

/*
 * Binds, listens and fills in the token's slot, which must be free. A wildcard of family 6 takes
 * IPv4 as well. With reusePort other sockets that have it, too, may listen on the same address
 * (SO_REUSEPORT). Returns 0 or -errno, and the slot stays free then.
 */
VF_EXPORT int32_t vf_listen(int64_t loop, int64_t token, int64_t address, int32_t backlog,
                            int32_t reusePort);

/*
 * Begins to connect and fills in the token's slot, which must be free. Sizes and microseconds
 * (SO_BUSY_POLL) of 0 leave the choice to the system. Returns 0, and CONNECTED follows, or -errno
 * for what failed at once.
 */
VF_EXPORT int32_t vf_connect(int64_t loop, int64_t token, int64_t address, int32_t receiveBytes,
                             int32_t sendBytes, int32_t tcpNoDelay, int32_t busyPollMicros);

/* Write the address of a descriptor's own (peer's) end. */
VF_EXPORT int32_t vf_local_address(int32_t fd, int64_t address);
VF_EXPORT int32_t vf_remote_address(int32_t fd, int64_t address);

/* Closes a descriptor that came with ACCEPTED and was never registered. */
VF_EXPORT int32_t vf_discard(int32_t fd);

#endif
