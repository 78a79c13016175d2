package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.IdleStrategy;
import org.junit.jupiter.api.Test;

final class IdleTest {

  @Test
  void blockWaitsUntilTheDeadline() {
    Idle idle = new Idle(IdleStrategy.BLOCK, false);
    assertEquals(5, idle.timeoutNanos(5));
    assertEquals(-1, idle.timeoutNanos(-1));
    idle.worked(0);
    assertEquals(5, idle.timeoutNanos(5));
  }

  @Test
  void spinAndYieldNeverWait() {
    for (IdleStrategy strategy : new IdleStrategy[] {IdleStrategy.SPIN, IdleStrategy.YIELD}) {
      Idle idle = new Idle(strategy, false);
      for (int i = 0; i < 5000; i++) {
        idle.worked(0);
        assertEquals(0, idle.timeoutNanos(-1), strategy.toString());
      }
    }
  }

  @Test
  void spinLetsATransportThatCanSpinForAWhileAndNotBeyondTheDeadline() {
    Idle idle = new Idle(IdleStrategy.SPIN, true);
    long unlimited = idle.timeoutNanos(-1);
    assertTrue(unlimited > 0 && unlimited <= 10_000_000, "spins for " + unlimited);
    assertEquals(unlimited, idle.timeoutNanos(Long.MAX_VALUE));
    assertEquals(7, idle.timeoutNanos(7));
    assertEquals(0, idle.timeoutNanos(0));
  }

  @Test
  void backoffWaitsAfterAWhileAndSpinsAgainAfterWork() {
    Idle idle = new Idle(IdleStrategy.BACKOFF, false);
    for (int round = 0; round < 3; round++) {
      int turns = 0;
      while (idle.timeoutNanos(7) == 0) {
        idle.worked(0);
        assertTrue(++turns < 100_000);
      }
      assertTrue(turns >= 100, "spins first: " + turns);
      assertEquals(7, idle.timeoutNanos(7));
      assertEquals(-1, idle.timeoutNanos(-1));
      idle.worked(1);
      assertEquals(0, idle.timeoutNanos(7));
    }
  }
}
