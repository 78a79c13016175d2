package io.github.volfram;

import io.github.volfram.internal.stream.ChannelInput;
import io.github.volfram.internal.stream.ClientDriver;
import io.github.volfram.internal.stream.Deadline;
import io.github.volfram.internal.stream.HandshakeDriver;
import io.github.volfram.internal.stream.Port;
import io.github.volfram.internal.stream.ServerDriver;
import io.github.volfram.internal.stream.StreamCore;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An opening handshake that never blocks (RFC 6455 §4): {@link #resume} goes on until the channel
 * would block, and is called again when the channel is ready.
 *
 * <pre>{@code
 * StreamHandshake handshake = WebSocketStream.client(channel, uri);
 * while (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
 *   key.interestOps(handshake.interest().selectionOps());
 *   selector.select(handshake.selectTimeoutMillis());
 * }
 * WebSocketStream stream = handshake.stream();
 * }</pre>
 *
 * <p>Has no thread of its own; used by one thread at a time. The channel stays the caller's to
 * close, after a failure too.
 */
public final class StreamHandshake {

  /** How far a handshake came. */
  public enum Outcome {
    /** It is complete: take the {@link #stream}. */
    COMPLETE,
    /** The channel would block: wait for {@link #interest}, then resume. */
    INTERRUPTED
  }

  private final HandshakeDriver driver;
  private final StreamRole role;
  private final Port port;
  private final ChannelInput input;
  private final StreamOptions options;
  private final LongSupplier nanoClock;
  private final Deadline deadline;

  private @Nullable Outcome outcome;
  private Interest interest = Interest.READ;
  private @Nullable IOException failure;
  private @Nullable WebSocketStream stream;
  private @Nullable FrameStream frames;

  private StreamHandshake(
      HandshakeDriver driver,
      StreamRole role,
      Port port,
      ChannelInput input,
      StreamOptions options,
      LongSupplier nanoClock) {
    this.driver = driver;
    this.role = role;
    this.port = port;
    this.input = input;
    this.options = options;
    this.nanoClock = nanoClock;
    this.deadline = new Deadline(nanoClock, options.handshakeTimeout());
  }

  static StreamHandshake client(
      ByteChannel channel, URI uri, StreamOptions options, LongSupplier nanoClock) {
    Port port = new Port(channel);
    ChannelInput input = new ChannelInput(port, options.readBufferBytes());
    ClientDriver driver = new ClientDriver(port, input, uri, options, options.sharedDeflate());
    return new StreamHandshake(driver, StreamRole.CLIENT, port, input, options, nanoClock);
  }

  static StreamHandshake server(
      ByteChannel channel,
      StreamOptions options,
      @Nullable UpgradeHandler handler,
      LongSupplier nanoClock) {
    Port port = new Port(channel);
    ChannelInput input = new ChannelInput(port, options.readBufferBytes());
    ServerDriver driver = new ServerDriver(port, input, options, handler, options.sharedDeflate());
    return new StreamHandshake(driver, StreamRole.SERVER, port, input, options, nanoClock);
  }

  /**
   * Begins or goes on, as far as the channel lets it. Does not block. To be called again when the
   * channel is ready or {@link #remaining} is over; once complete, or once failed, it says the same
   * again.
   *
   * <p>A server answers a request that it refuses before this fails: a malformed one with 400 or a
   * like status, one that does not come in time with 408 as far as the channel takes that at once.
   *
   * @throws HandshakeException when the peer refused, was refused, broke a rule or took too long
   * @throws IOException when the channel failed
   */
  public Outcome resume() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (outcome == Outcome.COMPLETE) {
      return outcome;
    }
    try {
      if (deadline.isPast()) {
        throw driver.expire();
      }
      Interest wanted = driver.advance();
      outcome = wanted == null ? Outcome.COMPLETE : Outcome.INTERRUPTED;
      interest = wanted == null ? interest : wanted;
      return outcome;
    } catch (IOException failed) {
      failure = failed;
      driver.release();
      throw failed;
    }
  }

  /**
   * What the channel must become before {@link #resume} can do more.
   *
   * @throws IllegalStateException unless it was interrupted
   */
  public Interest interest() {
    if (outcome != Outcome.INTERRUPTED) {
      throw new IllegalStateException("expected an interrupted handshake, got " + outcome);
    }
    return interest;
  }

  /** The time until the handshake fails; zero when it is over. */
  public Duration remaining() {
    return deadline.remaining();
  }

  /**
   * The same as {@link #remaining} for {@link java.nio.channels.Selector#select(long)}: in
   * milliseconds, rounded up, and at least 1, because a selector takes 0 for no limit.
   */
  public long selectTimeoutMillis() {
    return deadline.selectTimeoutMillis();
  }

  /**
   * The headers that the peer sent with its request or response, names compared without regard to
   * case. Unmodifiable.
   *
   * @throws IllegalStateException unless the handshake is complete
   */
  public Map<String, List<String>> peerHeaders() {
    requireComplete();
    return driver.peerHeaders();
  }

  /**
   * The stream of messages; the same at each call. Frames that came right behind the handshake are
   * in it.
   *
   * @throws IllegalStateException unless the handshake is complete, and after {@link #frames}
   */
  public WebSocketStream stream() {
    requireComplete();
    WebSocketStream made = stream;
    if (made == null) {
      if (frames != null) {
        throw new IllegalStateException("the connection is used as a stream of frames already");
      }
      StreamCore core = new StreamCore(role, port, input, options, driver.compression(), nanoClock);
      made = new WebSocketStream(core, port, driver.subprotocol());
      stream = made;
    }
    return made;
  }

  /**
   * The stream of bare frames, for those who want to see each; the same at each call.
   *
   * @throws IllegalStateException unless the handshake is complete, after {@link #stream}, and when
   *     compression was agreed on ({@link StreamOptions.Builder#deflate}), which bare frames lack
   */
  public FrameStream frames() {
    requireComplete();
    FrameStream made = frames;
    if (made == null) {
      if (stream != null) {
        throw new IllegalStateException("the connection is used as a stream of messages already");
      }
      if (driver.compression() != null) {
        throw new IllegalStateException(
            "expected a connection without compression (StreamOptions.deflate), got one with it");
      }
      made = new FrameStream(role, port, input, options);
      frames = made;
    }
    return made;
  }

  private void requireComplete() {
    if (outcome != Outcome.COMPLETE) {
      throw new IllegalStateException("expected a complete handshake, got " + outcome);
    }
  }
}
