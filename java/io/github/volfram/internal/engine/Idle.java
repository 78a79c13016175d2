package io.github.volfram.internal.engine;

import io.github.volfram.IdleStrategy;
import io.github.volfram.internal.transport.Transport;

/** Decides how long a loop waits, from how it has fared. Owned by the loop's thread. */
final class Idle {

  /** How many turns without work BACKOFF spins for, then yields for, before it waits. */
  private static final int SPINS = 1000;

  private static final int YIELDS = 100;

  /** The longest that a transport spins before the loop shows that it is alive. */
  private static final long TRANSPORT_SPINS_NANOS = 1_000_000;

  private final IdleStrategy strategy;
  private final boolean transportSpins;
  private int idleTurns;

  /**
   * Decides as the strategy says.
   *
   * @param transportSpins whether waiting is spinning: what SPIN asks for is then left to the
   *     transport
   */
  Idle(IdleStrategy strategy, boolean transportSpins) {
    this.strategy = strategy;
    this.transportSpins = transportSpins;
  }

  /** For a loop whose owner calls it, and which therefore never waits. */
  static Idle ofInvoker() {
    return new Idle(IdleStrategy.SPIN, false);
  }

  /** As the strategy says; lets a transport that can spin do so. */
  static Idle of(IdleStrategy strategy, Transport transport) {
    return new Idle(strategy, strategy == IdleStrategy.SPIN && transport.spinInsteadOfSleeping());
  }

  /**
   * How long the next turn may wait: 0 for not at all, negative for without limit.
   *
   * @param toDeadline until the next deadline, or negative when there is none
   */
  long timeoutNanos(long toDeadline) {
    return switch (strategy) {
      case BLOCK -> toDeadline;
      case SPIN -> transportSpins ? atMost(TRANSPORT_SPINS_NANOS, toDeadline) : 0;
      case YIELD -> 0;
      case BACKOFF -> idleTurns < SPINS + YIELDS ? 0 : toDeadline;
    };
  }

  private static long atMost(long most, long toDeadline) {
    return toDeadline < 0 ? most : Math.min(most, toDeadline);
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
