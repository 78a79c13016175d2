package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How long every transport waits, and what ends the wait. */
abstract class WaitingContract extends SendingContract {

  @Test
  void aTurnWaitsAtMostItsTimeout() throws Exception {
    for (long nanos : new long[] {0, 1, 200_000, 1_500_000, 30_000_000}) {
      long start = System.nanoTime();
      assertEquals(0, transport.turn(nanos, sink));
      long elapsed = System.nanoTime() - start;
      assertTrue(elapsed < nanos + TimeUnit.SECONDS.toNanos(5), nanos + " took " + elapsed);
      if (nanos >= 1_000_000) {
        assertTrue(elapsed >= nanos / 2, nanos + " took only " + elapsed);
      }
    }
  }

  @Test
  void aTurnWithoutLimitEndsWhenBytesArrive() throws Exception {
    Pair pair = pair();
    FutureTask<Void> writing =
        inBackground(
            () -> {
              LockSupport.parkNanos(20_000_000);
              pair.peer().getOutputStream().write(1);
              return null;
            });
    assertEquals(1, transport.turn(-1, sink));
    assertEquals(1, sink.receivedCount(pair.token()));
    result(writing);
  }

  @Test
  void aWakeupBeforeTheTurnIsNotLost() throws Exception {
    for (long nanos : new long[] {-1, TimeUnit.SECONDS.toNanos(30), 900_000}) {
      result(inBackground(this::wakeup));
      assertEquals(0, transport.turn(nanos, sink));
    }
  }

  private Void wakeup() {
    transport.wakeup();
    return null;
  }

  @Test
  void aWakeupEndsATurnThatWaits() throws Exception {
    int rounds = 200;
    Semaphore turns = new Semaphore(0);
    FutureTask<Void> waking =
        inBackground(
            () -> {
              for (int i = 0; i < rounds; i++) {
                turns.acquire();
                // Only varies where the wakeup falls: before the wait, at its start, during it.
                LockSupport.parkNanos(i % 20 * 100_000L);
                transport.wakeup();
              }
              return null;
            });
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      turns.release();
      transport.turn(TimeUnit.SECONDS.toNanos(60), sink);
    }
    result(waking);
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30));
  }
}
