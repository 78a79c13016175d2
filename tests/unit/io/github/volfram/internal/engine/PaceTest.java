package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How accepting is spread over time. */
final class PaceTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** How late a deadline of a loop may be. */
  private static final long LATE = 17 * MILLI;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 19, 20, 21, 100, 1000, 100_000})
  void theRateIsReachedAndNotExceeded(int perSecond) {
    Pace pace = new Pace(perSecond);
    long start = Long.MAX_VALUE - 5 * SECOND; // a clock may overflow
    long now = start;
    int accepted = 0;
    while (now - start < 10 * SECOND) {
      accepted++;
      long pause = pace.accepted(now);
      now += pause == 0 ? 0 : pause + LATE;
    }
    double expected = 10.0 * perSecond;
    assertTrue(accepted <= expected * 1.01 + 2, accepted + " of " + expected);
    assertTrue(accepted >= expected * 0.99 - 2, accepted + " of " + expected);
  }

  @Test
  void aQuietTimeGivesNoCredit() {
    Pace pace = new Pace(10);
    assertEquals(75 * MILLI, pace.accepted(0));
    assertEquals(75 * MILLI, pace.accepted(100 * SECOND));
    assertEquals(175 * MILLI, pace.accepted(100 * SECOND));
  }

  @Test
  void withoutARateNothingPauses() {
    Pace pace = new Pace(Integer.MAX_VALUE);
    for (int i = 0; i < 100_000; i++) {
      assertEquals(0, pace.accepted(-1));
    }
  }
}
