package io.github.volfram.internal.engine;

/**
 * Spreads accepting over time: knows how far what was accepted is ahead of what the rate allows.
 * Any loop that accepts may use it.
 */
final class Pace {

  /** How far ahead is not yet too far. */
  private static final long SLACK_NANOS = 50_000_000;

  private final long intervalNanos;

  /** When the next one is due; without meaning before the first. */
  private long due;

  private boolean begun;

  /** No more than so many in a second, at least 1. */
  Pace(int perSecond) {
    intervalNanos = 1_000_000_000L / perSecond;
  }

  /**
   * One was accepted. A pause ends before the next is due, since {@link Deadlines} are late by up
   * to a tick and the rate is to be reached.
   *
   * @return how long to pause now, in nanoseconds; 0 for not at all
   */
  synchronized long accepted(long now) {
    due = (begun && due - now > 0 ? due : now) + intervalNanos;
    begun = true;
    long ahead = due - now;
    return ahead > SLACK_NANOS ? ahead - SLACK_NANOS / 2 : 0;
  }
}
