package io.github.volfram.internal.engine;

import io.github.volfram.internal.transport.Transport;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What other threads ask of a loop. Any thread may call {@link #execute}, {@link #tryExecute},
 * {@link #isCurrent} and {@link #stop}; the rest is the loop's.
 *
 * <p>Invariant: a task that was taken runs once; after the loop has ended it runs in the caller's
 * thread, where it finds every connection terminated.
 */
final class Tasks {

  private static final int CHUNK = 512;

  /** So that a thread that never stops asking does not keep the loop from its sockets. */
  private static final int MAX_PER_TURN = 4096;

  private final MpscUnboundedAtomicArrayQueue<Runnable> queue =
      new MpscUnboundedAtomicArrayQueue<>(CHUNK);
  private final Transport transport;

  /** Whether the loop may be waiting, so that it must be woken. */
  private final AtomicBoolean asleep = new AtomicBoolean();

  private final Pulse pulse = new Pulse();

  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private volatile boolean ended;

  Tasks(Transport transport) {
    this.transport = transport;
  }

  /** Makes the calling thread the loop's. */
  void begin() {
    thread = Thread.currentThread();
  }

  /** Makes the calling thread the loop's if it has none; returns whether it is the loop's now. */
  synchronized boolean beginOnce() {
    if (thread == null) {
      begin();
    }
    return isCurrent();
  }

  /** The loop's thread, or null before it has begun. */
  @Nullable Thread thread() {
    return thread;
  }

  /** What shows others that the loop moves. */
  Pulse pulse() {
    return pulse;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  void execute(Runnable task) {
    queue.offer(task);
    VarHandle.fullFence(); // the queue ends an offer with a store that a later load may overtake
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      transport.wakeup();
    }
    if (ended) {
      drain();
    }
  }

  /** Queues a task unless the loop has ended. */
  boolean tryExecute(Runnable task) {
    if (ended) {
      return false;
    }
    execute(task);
    return true;
  }

  /** Asks the loop to end after the turn that runs now. */
  void stop() {
    stopping = true;
    execute(() -> {});
  }

  boolean isStopping() {
    return stopping;
  }

  int run() {
    pulse.turn();
    int done = 0;
    Runnable task;
    while (done < MAX_PER_TURN && (task = queue.relaxedPoll()) != null) {
      done++;
      run(task);
    }
    return done;
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      Log.taskFailed(thrown);
    }
  }

  /** Returns false when there is a task or an end to come, so that the loop must not wait. */
  boolean fallAsleep() {
    asleep.set(true);
    boolean mayWait = queue.isEmpty() && !stopping; // the task that stop() queued may have run
    if (mayWait) {
      pulse.waits();
    }
    return mayWait;
  }

  void wakeUp() {
    asleep.lazySet(false);
    pulse.works();
  }

  /** The loop has ended: what is asked from now on runs in the caller's thread. */
  void end() {
    ended = true;
    drain();
  }

  private synchronized void drain() {
    Runnable task;
    while ((task = queue.poll()) != null) {
      run(task);
    }
  }
}
