package io.github.volfram;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What servers and clients have in common. Immutable; any thread may use it.
 *
 * <p>Every size is in bytes. A {@link Duration} of zero turns its timeout off where that is said.
 */
public abstract sealed class ConnectionOptions extends TransportOptions
    permits ServerOptions, ClientOptions {

  /** As {@code maxMessageBytes}: no limit for a {@link WebSocketPartListener}, else 1 GiB. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private final ConnectionValues values;

  ConnectionOptions(ConnectionValues values) {
    super(values);
    this.values = values;
  }

  /** The longest message that is received, over all its fragments. */
  public int maxMessageBytes() {
    return values.maxMessageBytes;
  }

  /** The longest payload of one frame that is received. */
  public long maxFrameBytes() {
    return values.maxFrameBytes;
  }

  /** How long the opening handshake may take. */
  public Duration handshakeTimeout() {
    return values.handshakeTimeout;
  }

  /** After how long without a byte from the peer it is pinged; zero for never. */
  public Duration idleTimeout() {
    return values.idleTimeout;
  }

  /** How often a peer is pinged though it is not silent; zero for never. */
  public Duration pingInterval() {
    return values.pingInterval;
  }

  /** How long a pinged peer may stay silent before the connection is dropped. */
  public Duration pongTimeout() {
    return values.pongTimeout;
  }

  /** How long the closing handshake may take, with what is still to be sent before it. */
  public Duration closeTimeout() {
    return values.closeTimeout;
  }

  /** How long a peer may take no byte while some are buffered for it; zero for ever. */
  public Duration writeTimeout() {
    return values.writeTimeout;
  }

  /** How long a callback may block an event loop before it is named in the log; zero for ever. */
  public Duration stallThreshold() {
    return values.stallThreshold;
  }

  /** Above how many buffered bytes a connection is told by {@code onBackpressure}. */
  public int outboundSoftMarkBytes() {
    return values.outboundSoftMarkBytes;
  }

  /** At how many bytes that are left of those it is told by {@code onDrained}. */
  public int outboundLowMarkBytes() {
    return values.outboundLowMarkBytes;
  }

  /** How many bytes are buffered for one connection at most, a single longer message apart. */
  public long outboundHardCapBytes() {
    return values.outboundHardCapBytes;
  }

  /** What becomes of a message for which there is no room. */
  public OverflowPolicy overflowPolicy() {
    return values.overflowPolicy;
  }

  /** Whether a connection is not read while more than the soft mark is buffered for its peer. */
  public boolean pauseReadingAboveSoftMark() {
    return values.pauseReadingAboveSoftMark;
  }

  /** How messages are compressed (RFC 7692), or null where they are not. */
  public @Nullable DeflateOptions deflate() {
    return values.deflate;
  }

  /**
   * Collects options. Not thread-safe. A value out of its bounds is an {@link
   * IllegalArgumentException} at once.
   *
   * @param <B> the builder itself
   */
  public abstract static sealed class Builder<B extends Builder<B>> extends ConnectionValues
      implements Cloneable permits ServerOptions.Builder, ClientOptions.Builder {

    Builder() {}

    abstract B self();

    /**
     * Which code polls the sockets; {@link Backend#AUTO} by default, which the system property
     * {@code volfram.backend} overrides.
     */
    public B backend(Backend choice) {
      backend = Objects.requireNonNull(choice, "backend");
      return self();
    }

    /**
     * What the native backend polls with; {@link Poller#AUTO} by default, which the system property
     * {@code volfram.poller} overrides. Any other choice fails with its cause where it cannot be
     * used, unless the backend is to be {@link Backend#NIO}, which does not ask.
     */
    public B poller(Poller choice) {
      poller = Objects.requireNonNull(choice, "poller");
      return self();
    }

    /** What an event loop does when nothing is ready; {@link IdleStrategy#BLOCK} by default. */
    public B idle(IdleStrategy strategy) {
      idle = Objects.requireNonNull(strategy, "idle");
      return self();
    }

    /**
     * Whether no thread is started and the owner calls {@code poll()} in a thread of its own, again
     * and again ("invoker mode"): false. There is one event loop then, which never waits; {@link
     * #loops}, {@link #idle} and {@link #threadFactory} have no effect.
     */
    public B invoker(boolean on) {
      invoker = on;
      return self();
    }

    /** How many event loops there are, each with one thread: 1 to 1024, 1 by default. */
    public B loops(int count) {
      loops = (int) Bounds.within("loops", count, 1, 1024);
      return self();
    }

    /**
     * Binds the thread of each event loop to one CPU, the first loop's to the first of these and so
     * on, from the beginning again when there are more loops. Needs the native library, on Linux,
     * whatever the backend; where it cannot be done the log says why and the loop runs anywhere. In
     * invoker mode the thread is the owner's, and so is its CPU.
     *
     * @param numbers as the system counts CPUs, from 0
     */
    public B cpus(int... numbers) {
      for (int cpu : numbers) {
        Bounds.within("cpu", cpu, 0, 1 << 16);
      }
      cpus = Arrays.stream(numbers).boxed().toList();
      return self();
    }

    /**
     * Everything for the shortest time until a message is noticed, at the price of one busy core
     * for each event loop: {@link IdleStrategy#SPIN} and {@code tcpNoDelay}. Bind the loops to
     * cores of their own ({@link #cpus}) as well.
     */
    public B lowLatency() {
      tcpNoDelay = true;
      return idle(IdleStrategy.SPIN);
    }

    /** What makes the threads of the event loops: pinned, named or prioritised ones, say. */
    public B threadFactory(ThreadFactory factory) {
      threadFactory = Objects.requireNonNull(factory, "threadFactory");
      return self();
    }

    /**
     * The longest message that is received: 0 to 1 GiB, or {@link #UNLIMITED}; 1 MiB by default. A
     * longer one closes the connection with 1009.
     */
    public B maxMessageBytes(int bytes) {
      maxMessageBytes =
          bytes == UNLIMITED ? bytes : (int) Bounds.within("maxMessageBytes", bytes, 0, 1 << 30);
      return self();
    }

    /** The longest payload of one frame that is received; without a limit of its own by default. */
    public B maxFrameBytes(long bytes) {
      maxFrameBytes = Bounds.within("maxFrameBytes", bytes, 0, Long.MAX_VALUE);
      return self();
    }

    /** How long the opening handshake may take, from the first byte or attempt on: 10 s. */
    public B handshakeTimeout(Duration timeout) {
      handshakeTimeout = Bounds.positive("handshakeTimeout", timeout);
      return self();
    }

    /** After how long without a byte from the peer it is pinged: 60 s; zero for never. */
    public B idleTimeout(Duration timeout) {
      idleTimeout = Bounds.notNegative("idleTimeout", timeout);
      return self();
    }

    /**
     * How often a peer is pinged though it is not silent, so that {@link WebSocket#roundTripTime()}
     * stays fresh: zero, the default, for only after {@code idleTimeout} of silence.
     */
    public B pingInterval(Duration interval) {
      pingInterval = Bounds.notNegative("pingInterval", interval);
      return self();
    }

    /** How long a pinged peer may stay silent before the connection is dropped: 20 s. */
    public B pongTimeout(Duration timeout) {
      pongTimeout = Bounds.positive("pongTimeout", timeout);
      return self();
    }

    /**
     * How long the closing handshake may take: 5 s. It begins with the first close frame of either
     * side, so what was queued before ours must leave within it too; a peer that reads too slowly
     * for that is reset.
     */
    public B closeTimeout(Duration timeout) {
      closeTimeout = Bounds.positive("closeTimeout", timeout);
      return self();
    }

    /** How long a peer may take no byte while some are buffered for it: 30 s; zero for ever. */
    public B writeTimeout(Duration timeout) {
      writeTimeout = Bounds.notNegative("writeTimeout", timeout);
      return self();
    }

    /**
     * How long a callback may block an event loop before it is named, with the loop's stack, by one
     * line of level WARNING in the log: 1 s; zero for ever. A quarter later at most; at least 1 ms.
     */
    public B stallThreshold(Duration threshold) {
      stallThreshold = Bounds.notNegative("stallThreshold", threshold);
      if (!threshold.isZero() && threshold.compareTo(Duration.ofMillis(1)) < 0) {
        throw new IllegalArgumentException(
            "stallThreshold must be zero or at least 1 ms, not " + threshold);
      }
      return self();
    }

    /**
     * The high watermark, for {@link WebSocketListener#onBackpressure}: 0 to 1 GiB, 64 KiB by
     * default.
     */
    public B outboundSoftMarkBytes(int bytes) {
      outboundSoftMarkBytes = (int) Bounds.within("outboundSoftMarkBytes", bytes, 0, 1 << 30);
      return self();
    }

    /**
     * The low watermark, for {@link WebSocketListener#onDrained}: 0 to 1 GiB; 0 by default, so that
     * it comes when everything was taken by the kernel, whose own buffer is full then. A mark above
     * the soft one counts as that.
     */
    public B outboundLowMarkBytes(int bytes) {
      outboundLowMarkBytes = (int) Bounds.within("outboundLowMarkBytes", bytes, 0, 1 << 30);
      return self();
    }

    /**
     * How many bytes are buffered for one connection: 0 to {@code Long.MAX_VALUE}, 4 MiB by
     * default. An empty buffer takes one message of any size.
     */
    public B outboundHardCapBytes(long bytes) {
      outboundHardCapBytes = Bounds.within("outboundHardCapBytes", bytes, 0, Long.MAX_VALUE);
      return self();
    }

    /**
     * What becomes of a message that would raise what is buffered above {@code
     * outboundHardCapBytes}: {@link OverflowPolicy#REJECT} by default.
     */
    public B overflowPolicy(OverflowPolicy policy) {
      overflowPolicy = Objects.requireNonNull(policy, "policy");
      return self();
    }

    /**
     * Whether a connection is not read from {@link WebSocketListener#onBackpressure} until {@link
     * WebSocketListener#onDrained}: false by default. It suits answers to requests, such as echoes,
     * of which none is lost then. Where messages are not answers it delays what a slow peer says,
     * its pongs and closing included, and two sides that do it may wait for each other until {@code
     * writeTimeout}. Pings of a peer that does not read are harmless in any case, as only the last
     * is answered.
     */
    public B pauseReadingAboveSoftMark(boolean on) {
      pauseReadingAboveSoftMark = on;
      return self();
    }

    /**
     * Agrees to permessage-deflate (RFC 7692), as a server, or offers it, as a client. Without this
     * call messages are not compressed.
     */
    public B deflate(DeflateOptions options) {
      deflate = Objects.requireNonNull(options, "deflate");
      return self();
    }

    /** Whether small segments are sent at once (TCP_NODELAY): true. */
    public B tcpNoDelay(boolean on) {
      tcpNoDelay = on;
      return self();
    }

    /** SO_RCVBUF; 0, the default, leaves it to the system. */
    public B receiveBufferBytes(int bytes) {
      receiveBufferBytes = (int) Bounds.within("receiveBufferBytes", bytes, 0, Integer.MAX_VALUE);
      return self();
    }

    /** SO_SNDBUF; 0, the default, leaves it to the system. */
    public B sendBufferBytes(int bytes) {
      sendBufferBytes = (int) Bounds.within("sendBufferBytes", bytes, 0, Integer.MAX_VALUE);
      return self();
    }

    /**
     * SO_BUSY_POLL: how long the kernel looks for packets in the network device's own queue before
     * a socket counts as empty. 0 to 1 s in whole microseconds; zero, the default, leaves it to the
     * system. Only the native backend on Linux has it, and older kernels want CAP_NET_ADMIN for it;
     * where it cannot be, the log says why and everything else works. Waiting with epoll polls only
     * where {@code net.core.busy_poll} is above 0 as well.
     */
    public B busyPoll(Duration time) {
      if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
        throw new IllegalArgumentException("busyPoll must be within 0 and 1 s, not " + time);
      }
      busyPoll = time;
      return self();
    }

    /**
     * Whether what was received is acknowledged at once instead of with what is sent within 40 ms
     * (TCP_QUICKACK): false. For peers that wait for acknowledgements, with Nagle's algorithm say.
     * The kernel forgets the option, so it is set anew after each receive, one system call each
     * time. Linux only, on both backends; without effect elsewhere.
     */
    public B quickAck(boolean on) {
      quickAck = on;
      return self();
    }

    /** A copy that later calls on this builder do not change. */
    @SuppressWarnings("unchecked") // a clone has its original's class
    B copy() {
      try {
        return (B) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
