package io.github.volfram;

import java.time.Duration;

/** Judges the values of options; each returns the value or says what is wrong with it. */
final class Bounds {

  /** Far beyond any use, and far below what a long counts in nanoseconds. */
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
    return notTooLong(name, value);
  }

  static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
    return notTooLong(name, value);
  }

  private static Duration notTooLong(String name, Duration value) {
    if (value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be at most " + LONGEST.toDays() + " days, not " + value);
    }
    return value;
  }
}
