package io.github.volfram.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Shows a {@link Watchdog} that a loop moves: a number that changes with every turn and is odd
 * while the loop may be waiting in the kernel. Written by the loop's thread, without a fence; any
 * thread may read it.
 */
final class Pulse {

  private static final VarHandle BEATS;

  static {
    try {
      BEATS = MethodHandles.lookup().findVarHandle(Pulse.class, "beats", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long beats;

  /** A turn begins. */
  void turn() {
    BEATS.setOpaque(this, (beats | 1) + 1);
  }

  /** The loop is about to wait. */
  void waits() {
    BEATS.setOpaque(this, beats | 1);
  }

  /** The loop does not wait any more, if it did. */
  void works() {
    if ((beats & 1) != 0) {
      BEATS.setOpaque(this, beats + 1);
    }
  }

  long beats() {
    return (long) BEATS.getOpaque(this);
  }

  static boolean isWaiting(long beats) {
    return (beats & 1) != 0;
  }
}
