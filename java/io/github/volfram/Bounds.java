package io.github.volfram;

import java.time.Duration;

/** Judges the values of options; each returns the value or says what is wrong with it. */
final class Bounds {

  /** Far beyond any use, and far below what a long holds in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Bounds() {}

  static long within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be within " + least + " and " + most + ", not " + value);
    }
    return value;
  }

  static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be longer than zero, not " + value);
    }
    return bounded(value);
  }

  static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
    return bounded(value);
  }

  /** A longer time is taken for a century, so that it can be counted in nanoseconds. */
  private static Duration bounded(Duration value) {
    return value.compareTo(LONGEST) > 0 ? LONGEST : value;
  }
}
