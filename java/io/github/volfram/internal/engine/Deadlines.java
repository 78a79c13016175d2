package io.github.volfram.internal.engine;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * One deadline for each slot of a loop, in a wheel of 512 ticks of about 17 ms. Owned by the loop's
 * thread. Setting and cancelling take constant time and allocate nothing; a deadline never fires
 * early, and late by at most one tick. One that lies more than a turn of the wheel ahead is looked
 * at once in each turn.
 */
final class Deadlines {

  private static final int TICK_SHIFT = 24;
  private static final int BUCKETS = 512;
  private static final int FIRING = BUCKETS;
  private static final int NONE = -1;

  /** The time at tick 0, so that ticks are small and not negative. */
  private final long origin;

  private final int[] heads = new int[BUCKETS + 1];
  private final long[] occupied = new long[BUCKETS / Long.SIZE];

  private long[] at = new long[64];
  private int[] next = new int[64];

  /** The slot before, {@link #NONE} when not linked, or {@code -2 - bucket} when first there. */
  private int[] previous = filled(64);

  private long tick;

  Deadlines(long now) {
    origin = now;
    Arrays.fill(heads, NONE);
  }

  private static int[] filled(int length) {
    int[] array = new int[length];
    Arrays.fill(array, NONE);
    return array;
  }

  /** Sets a slot's deadline, replacing the one before. */
  void set(int slot, long nanos) {
    if (slot >= at.length) {
      grow(slot);
    }
    unlink(slot);
    at[slot] = nanos;
    link(slot);
  }

  /** Sets a slot's deadline unless it has an earlier one. */
  void setEarlier(int slot, long nanos) {
    if (slot >= at.length || previous[slot] == NONE || at[slot] - nanos > 0) {
      set(slot, nanos);
    }
  }

  /** Removes a slot's deadline, if it has one. */
  void cancel(int slot) {
    if (slot < at.length) {
      unlink(slot);
    }
  }

  private void grow(int slot) {
    int before = at.length;
    int length = Math.max(before * 2, slot + 1);
    at = Arrays.copyOf(at, length);
    next = Arrays.copyOf(next, length);
    previous = Arrays.copyOf(previous, length);
    Arrays.fill(previous, before, length, NONE);
  }

  private void link(int slot) {
    long due = (at[slot] - origin + (1L << TICK_SHIFT) - 1) >> TICK_SHIFT; // rounded up
    int bucket = (int) Math.max(due, tick + 1) & BUCKETS - 1;
    int head = heads[bucket];
    next[slot] = head;
    previous[slot] = -2 - bucket;
    heads[bucket] = slot;
    if (head != NONE) {
      previous[head] = slot;
    }
    occupied[bucket / Long.SIZE] |= 1L << bucket;
  }

  private void unlink(int slot) {
    int before = previous[slot];
    if (before == NONE) {
      return;
    }
    int after = next[slot];
    if (after != NONE) {
      previous[after] = before;
    }
    if (before >= 0) {
      next[before] = after;
    } else {
      int bucket = -2 - before;
      heads[bucket] = after;
      if (after == NONE && bucket != FIRING) {
        occupied[bucket / Long.SIZE] &= ~(1L << bucket);
      }
    }
    previous[slot] = NONE;
  }

  /** Calls {@code expired} for every slot whose deadline has come, after removing it. */
  void expire(long now, IntConsumer expired) {
    long until = (now - origin) >> TICK_SHIFT;
    long from = Math.max(tick, until - BUCKETS);
    tick = Math.max(tick, until);
    for (long passed = from + 1; passed <= until; passed++) {
      int bucket = (int) passed & BUCKETS - 1;
      if (heads[bucket] != NONE) {
        fire(bucket, now, expired);
      }
    }
  }

  private void fire(int bucket, long now, IntConsumer expired) {
    int first = heads[bucket];
    heads[bucket] = NONE;
    occupied[bucket / Long.SIZE] &= ~(1L << bucket);
    heads[FIRING] = first;
    previous[first] = -2 - FIRING;
    while (heads[FIRING] != NONE) {
      int slot = heads[FIRING];
      unlink(slot);
      if (at[slot] - now <= 0) {
        expired.accept(slot);
      } else {
        link(slot);
      }
    }
  }

  /**
   * How long a loop may sleep before {@link #expire} has something to look at.
   *
   * @return nanoseconds, at least 1; or -1 when no deadline is set
   */
  long nanosToNext(long now) {
    for (int ahead = 1; ahead <= BUCKETS; ) {
      int bucket = (int) (tick + ahead) & BUCKETS - 1;
      long word = occupied[bucket / Long.SIZE] >>> bucket;
      if (word != 0) {
        long due = tick + ahead + Long.numberOfTrailingZeros(word);
        return Math.max(1, (due << TICK_SHIFT) + origin - now);
      }
      ahead += Long.SIZE - (bucket & Long.SIZE - 1);
    }
    return -1;
  }
}
