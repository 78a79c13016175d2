package io.github.volfram.internal.transport.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The selector of a loop, with what a selector alone does not do: waits below a millisecond,
 * interrupts that harm nobody, and a new selector when the old one spins.
 */
final class NioPoller {

  private static final System.Logger LOG = System.getLogger(NioPoller.class.getName());

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long a wait below a millisecond sleeps between two looks: about the timer's slack. */
  private static final long NAP_NANOS = 50_000;

  /** This many returns without a reason are looked at. */
  static final int SUSPICIOUS_RETURNS = 512;

  /** And they are a spin when they took less than this in all: each was to last 1 ms at least. */
  private static final long SPIN_NANOS = SUSPICIOUS_RETURNS / 2 * NANOS_PER_MILLI;

  private volatile Selector selector;

  /** Set before the selector is woken, so that a wakeup cannot be lost to a rebuild. */
  private volatile boolean woken;

  private int emptyReturns;
  private long firstEmptyReturn;

  NioPoller() throws IOException {
    selector = Selector.open();
  }

  void register(NioChannel channel) throws IOException {
    channel.register(selector);
  }

  /** The selector of the moment. */
  Selector selector() {
    return selector;
  }

  /** Waits as {@code Transport.turn} describes and calls the action for each ready key. */
  void select(long timeoutNanos, Consumer<SelectionKey> action) throws IOException {
    if (timeoutNanos == 0 || woken) {
      selector.selectNow(action);
    } else {
      // A pending interrupt would end every wait at once. It is not ours to swallow, though: the
      // thread may be the user's own.
      boolean interrupted = Thread.interrupted();
      try {
        await(timeoutNanos, action);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    woken = false;
  }

  private void await(long timeoutNanos, Consumer<SelectionKey> action) throws IOException {
    if (timeoutNanos > 0 && timeoutNanos < NANOS_PER_MILLI) {
      poll(timeoutNanos, action);
      return;
    }
    // 0 milliseconds mean without limit.
    long millis = timeoutNanos < 0 ? 0 : (timeoutNanos - 1) / NANOS_PER_MILLI + 1;
    if (selector.select(action, millis) > 0 || woken || Thread.currentThread().isInterrupted()) {
      emptyReturns = 0;
    } else {
      countEmptyReturn();
    }
  }

  /** Rounding up to a millisecond would be late by up to 20 times the wait, rounding down spins. */
  private void poll(long timeoutNanos, Consumer<SelectionKey> action) throws IOException {
    long start = System.nanoTime();
    while (selector.selectNow(action) == 0 && !woken) {
      long left = timeoutNanos - (System.nanoTime() - start);
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(Math.min(left, NAP_NANOS));
    }
  }

  private void countEmptyReturn() throws IOException {
    if (emptyReturns++ == 0) {
      firstEmptyReturn = System.nanoTime();
    } else if (emptyReturns >= SUSPICIOUS_RETURNS) {
      emptyReturns = 0;
      if (System.nanoTime() - firstEmptyReturn < SPIN_NANOS) {
        LOG.log(System.Logger.Level.WARNING, "the selector returns at once; replacing it");
        rebuild();
      }
    }
  }

  /** Moves all channels to a new selector. */
  void rebuild() throws IOException {
    Selector old = selector;
    Selector fresh = Selector.open();
    for (SelectionKey key : old.keys()) {
      if (key.isValid() && key.attachment() instanceof NioChannel channel) {
        key.cancel();
        channel.register(fresh);
      }
    }
    selector = fresh;
    old.close();
  }

  /** From any thread, at any time. */
  void wakeup() {
    woken = true;
    // A selector ignores this once it is closed.
    selector.wakeup();
  }

  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the selector failed", e);
    }
  }
}
