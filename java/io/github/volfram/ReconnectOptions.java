package io.github.volfram;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a {@link ReconnectingWebSocket} connects again: after a random time between zero and a bound
 * that doubles with each failure in a row, so that clients do not come back all at once. Immutable.
 */
public final class ReconnectOptions {

  private final Builder values;

  private ReconnectOptions(Builder values) {
    this.values = values;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The bound of the first delay. */
  public Duration initialDelay() {
    return values.initialDelay;
  }

  /** The bound that no delay exceeds. */
  public Duration maxDelay() {
    return values.maxDelay;
  }

  /** How long a connection must have been open for the delays to begin anew. */
  public Duration stableAfter() {
    return values.stableAfter;
  }

  /** How many failures in a row end it; 0 for no such number. */
  public int maxAttempts() {
    return values.maxAttempts;
  }

  /** Decides each time. */
  public ReconnectPolicy policy() {
    return values.policy;
  }

  /** Is told of each change of state. */
  public Consumer<ReconnectingWebSocket.State> onState() {
    return values.onState;
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder implements Cloneable {

    private Duration initialDelay = Duration.ofMillis(500);
    private Duration maxDelay = Duration.ofSeconds(30);
    private Duration stableAfter = Duration.ofSeconds(10);
    private int maxAttempts;
    private ReconnectPolicy policy = ReconnectPolicy.UNLESS_FINAL;
    private Consumer<ReconnectingWebSocket.State> onState = state -> {};

    private Builder() {}

    /** The bound of the first delay: 500 ms. It doubles with each failure in a row. */
    public Builder initialDelay(Duration delay) {
      initialDelay = Bounds.positive("initialDelay", delay);
      return this;
    }

    /** The bound that no delay exceeds: 30 s. */
    public Builder maxDelay(Duration delay) {
      maxDelay = Bounds.positive("maxDelay", delay);
      return this;
    }

    /** How long a connection must have been open for the delays to begin anew: 10 s. */
    public Builder stableAfter(Duration time) {
      stableAfter = Bounds.notNegative("stableAfter", time);
      return this;
    }

    /** How many failures in a row end it; 0, the default, for no such number. */
    public Builder maxAttempts(int count) {
      maxAttempts = (int) Bounds.within("maxAttempts", count, 0, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Decides each time the connection is lost: by default {@link ReconnectPolicy#UNLESS_FINAL}.
     * {@code ReconnectPolicy.Lost::delay} tries again whatever the server says.
     */
    public Builder policy(ReconnectPolicy decision) {
      policy = Objects.requireNonNull(decision, "decision");
      return this;
    }

    /** Is told of each change of state, by the event loop's thread. */
    public Builder onState(Consumer<ReconnectingWebSocket.State> listener) {
      onState = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** The options as they are now. */
    public ReconnectOptions build() {
      try {
        return new ReconnectOptions((Builder) clone());
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
