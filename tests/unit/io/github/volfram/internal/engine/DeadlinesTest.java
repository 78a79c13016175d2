package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadlinesTest {

  private static final long TICK = 1L << 24;
  private static final long ROUND = 512 * TICK;

  private final List<Integer> fired = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, -1, Long.MIN_VALUE / 2, Long.MAX_VALUE - 3 * ROUND, -ROUND / 2, 123456789012L})
  void agreesWithANaiveModelWhateverTheOrigin(long origin) {
    for (int seed = 0; seed < 30; seed++) {
      agreesWithModel(origin, new Random(seed));
    }
  }

  private static void agreesWithModel(long origin, Random random) {
    Deadlines deadlines = new Deadlines(origin);
    Map<Integer, Long> model = new HashMap<>();
    Map<Integer, Long> since = new HashMap<>();
    long now = origin;
    for (int step = 0; step < 3000; step++) {
      int slot = random.nextInt(random.nextBoolean() ? 10 : 300);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          long at = now + span(random);
          deadlines.set(slot, at);
          model.put(slot, at);
          since.put(slot, now);
        }
        case 2 -> {
          long at = now + span(random);
          deadlines.setEarlier(slot, at);
          Long before = model.get(slot);
          if (before == null || at - before < 0) {
            model.put(slot, at);
            since.put(slot, now);
          }
        }
        case 3 -> {
          deadlines.cancel(slot);
          model.remove(slot);
        }
        default -> {
          now +=
              random.nextInt(20) == 0 ? Math.abs(span(random)) : random.nextInt((int) (3 * TICK));
          expireBoth(deadlines, model, since, now);
        }
      }
      long toNext = deadlines.nanosToNext(now);
      assertEquals(model.isEmpty(), toNext < 0, "whether there is one");
      if (toNext >= 0) {
        assertTrue(toNext >= 1);
        long earliest = Long.MAX_VALUE;
        for (long at : model.values()) {
          earliest = Math.min(earliest, at - now);
        }
        assertTrue(toNext <= Math.max(earliest, 0) + 2 * TICK, toNext + " of " + earliest);
      }
    }
  }

  /** Mostly within a round, sometimes many ahead or past. */
  private static long span(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt((int) TICK);
      case 1 -> (long) (random.nextDouble() * ROUND);
      case 2 -> (long) (random.nextDouble() * 2.5 * ROUND) - ROUND / 4;
      default -> random.nextInt(512) * TICK;
    };
  }

  /** One that was set when it had passed already is late from then on. */
  private static void expireBoth(
      Deadlines deadlines, Map<Integer, Long> model, Map<Integer, Long> since, long now) {
    List<Integer> fired = new ArrayList<>();
    deadlines.expire(now, fired::add);
    for (int slot : fired) {
      Long at = model.remove(slot);
      assertTrue(at != null && at - now <= 0, "fired early, or not set: " + at);
    }
    model.forEach(
        (slot, at) -> {
          long late = Math.min(now - at, now - since.getOrDefault(slot, at));
          assertTrue(late < TICK, "late by " + late);
        });
  }

  @Test
  void sleepingAsLongAsItSaysFiresEveryDeadlineInTime() {
    Random random = new Random(1);
    Deadlines deadlines = new Deadlines(-5);
    Map<Integer, Long> model = new HashMap<>();
    for (int slot = 0; slot < 100; slot++) {
      long at = -5 + (long) (random.nextDouble() * 3 * ROUND);
      deadlines.set(slot, at);
      model.put(slot, at);
    }
    long now = -5;
    int wakes = 0;
    while (!model.isEmpty()) {
      now += deadlines.nanosToNext(now);
      expireBoth(deadlines, model, Map.of(), now);
      assertTrue(++wakes < 1000, "wakes too often");
    }
    assertEquals(-1, deadlines.nanosToNext(now));
  }

  @Test
  void aCallbackMaySetAndCancelAnySlot() {
    Deadlines deadlines = new Deadlines(0);
    for (int slot = 0; slot < 5; slot++) {
      deadlines.set(slot, TICK);
    }
    int[] calls = {0};
    deadlines.expire(
        2 * TICK,
        slot -> {
          fired.add(slot);
          if (calls[0]++ == 0) {
            for (int other = 0; other < 5; other++) {
              if (other != slot) {
                deadlines.cancel(other);
              }
            }
            deadlines.set(slot, 2 * TICK); // due already, but not in this pass
            deadlines.set(9, 3 * TICK);
          }
        });
    assertEquals(1, fired.size());
    deadlines.expire(4 * TICK, fired::add);
    assertEquals(3, fired.size());
    assertEquals(-1, deadlines.nanosToNext(4 * TICK));
  }

  @Test
  void aPauseOfManyRoundsFiresEachOnce() {
    Deadlines deadlines = new Deadlines(0);
    for (int slot = 0; slot < 1000; slot++) {
      deadlines.set(slot, slot * 10 * TICK);
    }
    deadlines.expire(100 * ROUND, fired::add);
    assertEquals(1000, fired.size());
    assertEquals(1000, fired.stream().distinct().count());
  }

  @Test
  void neverDoesNotFireAndDoesNotOverflow() {
    Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 10);
    deadlines.set(0, Long.MAX_VALUE - 10 + ConnectionSettings.NEVER);
    deadlines.expire(Long.MAX_VALUE - 10 + 1000 * ROUND, fired::add);
    assertEquals(List.of(), fired);
    assertTrue(deadlines.nanosToNext(Long.MAX_VALUE - 10 + 1000 * ROUND) <= ROUND + TICK);
  }
}
