package io.github.volfram.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections of one server or client exist. Any thread may use it. */
final class Population {

  private final AtomicInteger count = new AtomicInteger();

  int count() {
    return count.get();
  }

  /** Adds one and returns how many there are now. */
  int add() {
    return count.incrementAndGet();
  }

  void remove() {
    if (count.decrementAndGet() == 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until there is none, at most for this long; an interrupt ends the wait early. */
  synchronized void awaitNone(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while (count.get() > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
