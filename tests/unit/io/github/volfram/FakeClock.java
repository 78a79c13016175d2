package io.github.volfram;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that moves when it is told to; it begins shortly before it overflows. */
final class FakeClock implements LongSupplier {

  private long nanos = Long.MAX_VALUE - 1000;

  void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}
