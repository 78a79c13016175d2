package io.github.volfram;

import java.util.Locale;

/**
 * What an event loop does when nothing is ready. The choice trades the time until a message is
 * noticed against processor time; {@link #BLOCK} is right for most programs.
 */
public enum IdleStrategy {
  /** Waits in the kernel; an idle loop uses no processor time. */
  BLOCK,
  /** Polls again at once; one core per loop is busy at all times. */
  SPIN,
  /** Polls again after {@link Thread#yield()}. */
  YIELD,
  /** Spins for a while, then yields, then waits in the kernel until something happens. */
  BACKOFF;

  /**
   * Parses a name as the command line spells it.
   *
   * @throws IllegalArgumentException unless it is {@code block}, {@code spin}, {@code yield} or
   *     {@code backoff}, in any case
   */
  public static IdleStrategy parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "block" -> BLOCK;
      case "spin" -> SPIN;
      case "yield" -> YIELD;
      case "backoff" -> BACKOFF;
      default ->
          throw new IllegalArgumentException(
              "unknown idle strategy '" + name + "': expected block, spin, yield or backoff");
    };
  }

  /** The name in lower case, as the command line spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
