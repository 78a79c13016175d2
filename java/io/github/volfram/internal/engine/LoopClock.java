package io.github.volfram.internal.engine;

import java.util.function.LongSupplier;

/**
 * The time of an event loop, read once for all events of a turn and once at its end. Owned by the
 * loop's thread.
 */
final class LoopClock {

  /** Between the first event of a turn and its end; more means that the loop stood still. */
  private static final long STANDSTILL_NANOS = 1_000_000_000;

  private final LongSupplier nanoTime;
  private final Pulse pulse;
  private long now;
  private long firstEventAt;
  private boolean beforeEvents;
  private boolean stoodStill;

  LoopClock(LongSupplier nanoTime, Pulse pulse) {
    this.nanoTime = nanoTime;
    this.pulse = pulse;
    now = nanoTime.getAsLong();
  }

  /** When it was read last, as {@link System#nanoTime()} counts. */
  long now() {
    return now;
  }

  long read() {
    now = nanoTime.getAsLong();
    return now;
  }

  void beginTurn() {
    beforeEvents = true;
  }

  /** An event of this turn is dealt with; reads the clock for the first one. */
  void event() {
    if (beforeEvents) {
      beforeEvents = false;
      pulse.works();
      firstEventAt = read();
    }
  }

  /**
   * Reads the clock once more.
   *
   * @return whether deadlines may be judged by it: not when the loop stood still during this turn,
   *     in a callback or with the whole process, as what came meanwhile is looked at first. The
   *     turn after that judges in any case.
   */
  boolean endTurn() {
    read();
    stoodStill = !beforeEvents && !stoodStill && now - firstEventAt > STANDSTILL_NANOS;
    return !stoodStill;
  }
}
