package io.github.volfram.internal.engine;

import io.github.volfram.IdleStrategy;

/** Decides how long a loop waits, from how it has fared. Owned by the loop's thread. */
final class Idle {

  /** How many turns without work BACKOFF spins for, then yields for, before it waits. */
  private static final int SPINS = 1000;

  private static final int YIELDS = 100;

  private final IdleStrategy strategy;
  private int idleTurns;

  Idle(IdleStrategy strategy) {
    this.strategy = strategy;
  }

  /**
   * How long the next turn may wait: 0 for not at all, negative for without limit.
   *
   * @param toDeadline until the next deadline, or negative when there is none
   */
  long timeoutNanos(long toDeadline) {
    return switch (strategy) {
      case BLOCK -> toDeadline;
      case SPIN, YIELD -> 0;
      case BACKOFF -> idleTurns < SPINS + YIELDS ? 0 : toDeadline;
    };
  }

  /** Notes how much the last turn had to do. */
  @SuppressWarnings("ThreadPriorityCheck") // to yield is what the application asked for
  void worked(int work) {
    if (strategy == IdleStrategy.BLOCK) {
      return;
    }
    if (work > 0) {
      idleTurns = 0;
      return;
    }
    idleTurns = Math.min(idleTurns + 1, SPINS + YIELDS);
    if (strategy == IdleStrategy.YIELD || (strategy == IdleStrategy.BACKOFF && idleTurns > SPINS)) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }
}
