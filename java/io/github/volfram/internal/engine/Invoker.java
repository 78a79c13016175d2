package io.github.volfram.internal.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Drives a loop by its owner's calls instead of a thread of ours. {@link #poll} belongs to the
 * thread that calls it first; any thread may close.
 */
final class Invoker {

  /** How long a close waits beyond the time to drain for an owner that does not poll. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final EventLoop loop;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Whether a turn is being made, so that this is called by a callback. */
  private boolean polling;

  private volatile boolean closing;
  private volatile long closeDeadline;

  Invoker(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Makes one turn that does not wait.
   *
   * @return how much there was to do
   */
  int poll(Population population) {
    if (!loop.tasks().beginOnce()) {
      throw new IllegalStateException("expected the thread that polled first, got another");
    }
    if (polling) {
      throw new IllegalStateException("expected no poll within a callback");
    }
    if (hasEnded()) {
      return 0;
    }
    polling = true;
    boolean interrupted = Thread.interrupted(); // the owner's business, and harmful to channels
    try {
      int work = loop.poll();
      if (closing && (population.count() == 0 || System.nanoTime() - closeDeadline >= 0)) {
        end();
      }
      return work;
    } catch (IOException e) {
      end();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    } finally {
      polling = false;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean hasEnded() {
    return ended.getCount() == 0;
  }

  private void end() {
    loop.end();
    ended.countDown();
  }

  /** Lets the loop end when the population has gone, or its time is over, and waits for that. */
  void close(Population population, long drainNanos) {
    closeDeadline = System.nanoTime() + drainNanos;
    closing = true;
    awaitEnd(population, drainNanos);
  }

  /** Turns the loop until it has ended, or waits for the thread that does; not in a callback. */
  void awaitEnd(Population population, long drainNanos) {
    if (loop.tasks().beginOnce()) {
      while (!polling && !hasEnded()) {
        poll(population);
        Thread.onSpinWait();
      }
      return;
    }
    try {
      boolean inTime = ended.await(drainNanos + GRACE_NANOS, TimeUnit.NANOSECONDS);
      if (!inTime) {
        Log.notPolled();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
