package io.github.volfram.internal.stream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A point on a clock of nanoseconds, as {@link System#nanoTime} is one. Immutable. */
public final class Deadline {

  /** Half of what the clock can tell apart, so that a sum never seems to be in the past. */
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE / 2);

  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final LongSupplier nanoClock;
  private final long atNanos;

  /** A deadline so long from now. */
  public Deadline(LongSupplier nanoClock, Duration fromNow) {
    this.nanoClock = nanoClock;
    this.atNanos = nanoClock.getAsLong() + (fromNow.compareTo(MAX) > 0 ? MAX : fromNow).toNanos();
  }

  /** Whether it is now or was before. */
  public boolean isPast() {
    return remainingNanos() == 0;
  }

  /** The time until then; zero when it is past. */
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /** The same for a selector: rounded up, and 1 when it is past, since 0 would wait for ever. */
  public long selectTimeoutMillis() {
    return Math.max(1, (remainingNanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }

  private long remainingNanos() {
    return Math.max(0, atNanos - nanoClock.getAsLong());
  }
}
