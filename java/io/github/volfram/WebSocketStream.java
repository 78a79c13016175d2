package io.github.volfram;

import io.github.volfram.internal.stream.ChannelInput;
import io.github.volfram.internal.stream.Deadline;
import io.github.volfram.internal.stream.Port;
import io.github.volfram.internal.stream.StreamCore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket over a non-blocking channel, driven by the caller: it has no thread and no selector,
 * and no method blocks. Whatever cannot be done at once is said by name ({@link ReadOutcome},
 * {@link WriteOutcome}); the caller waits, with a selector for example, and calls again.
 *
 * <pre>{@code
 * switch (stream.read()) {
 *   case TEXT -> stream.sendText(stream.text());
 *   case BINARY -> stream.sendBinary(stream.payload());
 *   case PING, PONG, CLOSE -> {}
 *   case WOULD_BLOCK -> key.interestOps(stream.interestOps());
 *   case CLOSED -> channel.close();
 * }
 * }</pre>
 *
 * <p>Pings are answered by the stream, at the latest when {@code read} would block. Used by one
 * thread at a time. The channel stays the caller's to close: after {@link ReadOutcome#CLOSED}, or
 * at any time after {@link #abort}. An exception of the channel ends the stream; buffers are given
 * back at {@code CLOSED}, at an exception of {@code read} and by {@code abort}.
 */
public final class WebSocketStream {

  private final StreamCore core;
  private final Port port;
  private final @Nullable String subprotocol;

  WebSocketStream(StreamCore core, Port port, @Nullable String subprotocol) {
    this.core = core;
    this.port = port;
    this.subprotocol = subprotocol;
  }

  /** Begins a client's handshake with the default options. */
  public static StreamHandshake client(ByteChannel channel, URI uri) {
    return client(channel, uri, StreamOptions.DEFAULT);
  }

  /**
   * Begins a client's handshake (RFC 6455 §4.1). Does no I/O: {@link StreamHandshake#resume} does.
   *
   * @param channel non-blocking and connected; over TLS for {@code wss}
   * @param uri with {@code ws} or {@code wss}; only Host and the request target are made of it
   * @throws IllegalArgumentException for another URI, for headers or subprotocols that cannot be
   *     sent, for a channel that blocks, and for {@code wss} over a plain socket
   */
  public static StreamHandshake client(ByteChannel channel, URI uri, StreamOptions options) {
    return StreamHandshake.client(channel, uri, options, System::nanoTime);
  }

  /** Begins a server's handshake with the default options. */
  public static StreamHandshake accept(ByteChannel channel) {
    return accept(channel, StreamOptions.DEFAULT);
  }

  /**
   * Begins a server's handshake that accepts every valid request of an allowed origin (RFC 6455
   * §4.2). Does no I/O: {@link StreamHandshake#resume} does.
   *
   * @param channel non-blocking
   * @throws IllegalArgumentException for an allowed origin that is none, and for a channel that
   *     blocks
   */
  public static StreamHandshake accept(ByteChannel channel, StreamOptions options) {
    return StreamHandshake.server(channel, options, null, System::nanoTime);
  }

  /**
   * The same with a hook that is shown each valid request, and accepts or rejects it. It is called
   * by {@code resume}; when it throws, the client is answered with 500. A listener in its response
   * is not used.
   */
  public static StreamHandshake accept(
      ByteChannel channel, StreamOptions options, UpgradeHandler handler) {
    return StreamHandshake.server(channel, options, handler, System::nanoTime);
  }

  /**
   * A stream over a connection whose opening handshake somebody else made, without compression.
   *
   * @param bytesAlreadyRead the bytes that came behind the handshake, from position to limit;
   *     copied, and possibly none
   * @throws IllegalArgumentException when the channel blocks
   */
  public static WebSocketStream fromPartiallyRead(
      ByteChannel channel, StreamRole role, ByteBuffer bytesAlreadyRead, StreamOptions options) {
    return fromPartiallyRead(channel, role, bytesAlreadyRead, options, System::nanoTime);
  }

  static WebSocketStream fromPartiallyRead(
      ByteChannel channel,
      StreamRole role,
      ByteBuffer bytesAlreadyRead,
      StreamOptions options,
      LongSupplier nanoClock) {
    Port port = new Port(channel);
    ChannelInput input = new ChannelInput(port, options.readBufferBytes());
    input.prefill(bytesAlreadyRead);
    return new WebSocketStream(
        new StreamCore(role, port, input, options, null, nanoClock), port, null);
  }

  /**
   * Reads the next message, control frame or end. What came before an error is delivered before it
   * is thrown.
   *
   * <p>A socket that gave less than {@link StreamOptions#readBufferBytes} is not asked again before
   * this has returned {@link ReadOutcome#WOULD_BLOCK}, so call it until then.
   *
   * @return what was read; after CLOSED always CLOSED
   * @throws ProtocolException once, when the peer broke a rule or a limit (RFC 6455 §7.1.7). A
   *     close frame with the right code has been queued and flushed as far as possible; read on
   *     until CLOSED, so that the peer gets to see it
   * @throws IOException when the channel failed
   */
  public ReadOutcome read() throws IOException {
    return core.read();
  }

  /**
   * The payload of what the last {@link #read} returned: a read-only view that is valid until the
   * next one. Text is well-formed UTF-8. Empty when it was no message, ping or pong.
   */
  public ByteBuffer payload() {
    return core.payload();
  }

  /**
   * The payload of what the last {@link #read} returned, as text.
   *
   * @throws IllegalStateException for a part of a text message, which may end inside a character
   */
  public String text() {
    return core.text();
  }

  /**
   * Whether what the last {@link #read} returned ends its message; always so unless {@link
   * StreamOptions#messageParts} are asked for.
   */
  public boolean isLast() {
    return core.isLast();
  }

  /**
   * Queues a text message, and flushes when more than {@link StreamOptions#writeBufferBytes} are
   * pending.
   *
   * @throws IllegalArgumentException when the text has a lone surrogate, which UTF-8 cannot express
   * @throws IllegalStateException while a message in parts is not complete; so for every message
   * @throws IOException when the channel failed
   */
  public WriteOutcome writeText(CharSequence text) throws IOException {
    return core.writeText(text, true);
  }

  /** The same; {@code mayCompress} false keeps secrets out of what {@link DeflateOptions} says. */
  public WriteOutcome writeText(CharSequence text, boolean mayCompress) throws IOException {
    return core.writeText(text, mayCompress);
  }

  /**
   * Queues a text message that is UTF-8 already, as {@link #writeBinary} does.
   *
   * @throws IllegalArgumentException when the bytes are not well-formed UTF-8
   * @throws IOException when the channel failed
   */
  public WriteOutcome writeTextUtf8(ByteBuffer utf8) throws IOException {
    return core.writeTextUtf8(utf8);
  }

  /**
   * Queues a binary message, and flushes when more than {@link StreamOptions#writeBufferBytes} are
   * pending.
   *
   * @param payload from position to limit, which are not changed; copied. Less than 1 GiB
   * @throws IOException when the channel failed
   */
  public WriteOutcome writeBinary(ByteBuffer payload) throws IOException {
    return core.writeBinary(payload, true);
  }

  /** The same; {@code mayCompress} false keeps secrets out of what {@link DeflateOptions} says. */
  public WriteOutcome writeBinary(ByteBuffer payload, boolean mayCompress) throws IOException {
    return core.writeBinary(payload, mayCompress);
  }

  /**
   * Queues a part of a text message as {@link #writeBinaryPart} does; it may end inside a character
   * unless it is the last.
   *
   * @throws IllegalArgumentException when the bytes do not go on as UTF-8
   */
  public WriteOutcome writeTextPart(ByteBuffer utf8, boolean last) throws IOException {
    return core.writeTextPart(utf8, last);
  }

  /**
   * Queues a part of a binary message (RFC 6455 §5.4) as {@link #writeBinary} does a whole one: a
   * message of any length can be sent without holding it. Only control frames may be written before
   * its last part.
   *
   * @throws IllegalStateException when the open message is one of text
   * @throws IOException when the channel failed
   */
  public WriteOutcome writeBinaryPart(ByteBuffer payload, boolean last) throws IOException {
    return core.writeBinaryPart(payload, last);
  }

  /** Queues a text message as {@link #writeText} does and flushes; never QUEUED. */
  public WriteOutcome sendText(CharSequence text) throws IOException {
    return core.flushAfter(core.writeText(text, true));
  }

  /** Queues a text message as {@link #writeTextUtf8} does and flushes; never QUEUED. */
  public WriteOutcome sendTextUtf8(ByteBuffer utf8) throws IOException {
    return core.flushAfter(core.writeTextUtf8(utf8));
  }

  /** Queues a binary message as {@link #writeBinary} does and flushes; never QUEUED. */
  public WriteOutcome sendBinary(ByteBuffer payload) throws IOException {
    return core.flushAfter(core.writeBinary(payload, true));
  }

  /**
   * Writes what is pending, as far as the channel takes it.
   *
   * @return SENT when nothing is left, WOULD_BLOCK when something is, CLOSED when the connection
   *     has ended
   * @throws IOException when the channel failed; what the peer sent before can still be read
   */
  public WriteOutcome flush() throws IOException {
    return core.flush();
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2); its pong is read as {@link ReadOutcome#PONG}. Never QUEUED.
   *
   * @param payload at most 125 bytes, from position to limit, which are not changed; copied
   * @throws IllegalArgumentException for a longer payload
   * @throws IOException when the channel failed
   */
  public WriteOutcome ping(ByteBuffer payload) throws IOException {
    return core.flushAfter(core.ping(payload));
  }

  /** Sends a pong that nobody asked for (RFC 6455 §5.5.3), otherwise as {@link #ping}. */
  public WriteOutcome pong(ByteBuffer payload) throws IOException {
    return core.flushAfter(core.pong(payload));
  }

  /**
   * Begins the closing handshake (RFC 6455 §7.1.2): sends a close frame behind what is pending.
   * Read on until {@link ReadOutcome#CLOSED}, which comes at the latest {@link
   * StreamOptions#closeTimeout} after.
   *
   * @param code {@link CloseCode#NORMAL_CLOSURE} or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @return SENT or WOULD_BLOCK when the frame is taken, CLOSED when the stream was closing already
   * @throws IllegalArgumentException for another code, or a longer reason
   * @throws IOException when the channel failed
   */
  public WriteOutcome close(int code, String reason) throws IOException {
    return core.close(code, reason);
  }

  /** Begins the closing handshake with {@link CloseCode#NORMAL_CLOSURE} and no reason. */
  public WriteOutcome close() throws IOException {
    return close(CloseCode.NORMAL_CLOSURE, "");
  }

  /**
   * Ends the stream at once and without a closing handshake: gives its buffers back, some of which
   * are native memory. For a channel that is closed before {@link ReadOutcome#CLOSED}. Idempotent.
   */
  public void abort() {
    core.abort();
  }

  /** How far the closing handshake is, and who began it. */
  public CloseState closeState() {
    return core.state();
  }

  /**
   * The code of the peer's close frame, {@link CloseCode#NO_STATUS_RECEIVED} when that carried
   * none; the code that this side failed the connection with; or {@link CloseCode#ABNORMAL_CLOSURE}
   * as long as there was neither.
   */
  public int closeCode() {
    return core.closeCode();
  }

  /** The reason of the peer's close frame, at most 123 bytes of UTF-8, or empty. */
  public String closeReason() {
    return core.closeReason();
  }

  /** Whether messages of the peer may still arrive. */
  public boolean canRead() {
    return core.state().canRead();
  }

  /** Whether a message would be taken, if there is room for it. */
  public boolean canWrite() {
    return core.canWrite();
  }

  /** Whether bytes are pending, so that a {@link #flush} is due when the channel can be written. */
  public boolean wantsWrite() {
    return core.wantsWrite();
  }

  /** How many bytes are pending, headers included. */
  public int pendingBytes() {
    return core.pendingBytes();
  }

  /**
   * What to wait for, for {@link java.nio.channels.SelectionKey#interestOps(int)}: reading until
   * the end, and writing while bytes are pending.
   */
  public int interestOps() {
    return port.interestOps(core.state() != CloseState.TERMINATED, core.wantsWrite());
  }

  /**
   * How long to wait at most before the next {@link #read}, for {@link
   * java.nio.channels.Selector#select(long)}: 0, no limit, until a close frame was sent or
   * received; then what is left of {@link StreamOptions#closeTimeout}, at least 1.
   */
  public long selectTimeoutMillis() {
    Deadline deadline = core.closeDeadline();
    return deadline == null ? 0 : deadline.selectTimeoutMillis();
  }

  /** The subprotocol agreed on, or null (RFC 6455 §1.9). */
  public @Nullable String subprotocol() {
    return subprotocol;
  }

  /** The channel. */
  public ByteChannel channel() {
    return port.channel();
  }
}
