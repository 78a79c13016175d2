package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.SendCallback;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.WebSocket;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.FrameDecoder;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Utf8;
import io.github.volfram.internal.transport.Masker;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection as the application sees it: what any thread may call. Calls of the loop's thread
 * are done at once, those of others are queued for it.
 */
final class Connection extends Admission implements WebSocket {

  /** Where in {@link #part} the opcode stands; a UTF-8 state has 24 bits. */
  private static final int PART_OPCODE_SHIFT = 24;

  /**
   * The opcode of the message whose parts are being offered, above the UTF-8 state after them; 0
   * for no such message.
   */
  private int part;

  private volatile @Nullable Object attachment;

  /** The peer's address where it is an IPv4 one, which makes up most of what it would weigh. */
  private volatile long remoteIpv4 = PackedAddress.NONE;

  /** Our own address, and the peer's where that is another. */
  private volatile Endpoint endpoint = Endpoint.NONE;

  Connection(EventLoop loop, ConnectionSettings settings, ConnectionState first) {
    super(loop, settings, first);
  }

  @Override
  public boolean offerText(String text) {
    return offerText(text, true);
  }

  @Override
  public boolean offerText(String text, boolean mayCompress) {
    return sendText(text, mayCompress, null, null) != Verdict.REFUSED;
  }

  @Override
  public boolean offerLatestText(Object key, String text) {
    Objects.requireNonNull(key, "key");
    return sendText(text, true, null, key) != Verdict.REFUSED;
  }

  @Override
  public void sendText(String text, SendCallback callback) {
    Objects.requireNonNull(callback, "callback");
    if (sendText(text, true, callback, null) == Verdict.REFUSED) {
      tellRefused(callback, Utf8.encodedLength(text));
    }
  }

  /** Sends a text; a refusal is the caller's to tell. */
  Verdict sendText(
      String text, boolean mayCompress, @Nullable SendCallback callback, @Nullable Object key) {
    int length = Utf8.encodedLength(text);
    if (key != null
        || !loop.tasks().isCurrent()
        || !Sender.fits(length)
        || !sendsPlainWhole(mayCompress)) {
      ByteBuffer utf8 = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      return send(Opcode.TEXT, wholeFlags(mayCompress), utf8, callback, key);
    }
    Verdict verdict = admit(length, true, callback, null);
    if (verdict == Verdict.TAKEN && sendsPlainWhole(mayCompress)) {
      loop.sender().text(this, Opcode.TEXT, text, length);
      if (callback != null) {
        await(callback);
      }
      noteSoftMark();
    } else if (verdict == Verdict.TAKEN) { // to make room it was found out that it must wait
      ByteBuffer utf8 = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      transmit(Opcode.TEXT, wholeFlags(mayCompress), utf8, callback, null);
      noteSoftMark();
    }
    return verdict;
  }

  @Override
  public boolean offerTextUtf8(ByteBuffer utf8) {
    if (!loop.tasks().isCurrent() || !loop.delivery().isText(utf8)) {
      requireUtf8(utf8);
    }
    return send(Opcode.TEXT, WHOLE | MAY_COMPRESS, utf8, null, null) != Verdict.REFUSED;
  }

  private static void requireUtf8(ByteBuffer utf8) {
    int end = Utf8.next(Masker.UTF8_COMPLETE, utf8, utf8.position(), utf8.remaining());
    if (end != Masker.UTF8_COMPLETE) {
      throw notUtf8(end);
    }
  }

  private static IllegalArgumentException notUtf8(int state) {
    return new IllegalArgumentException(
        "expected well-formed UTF-8 (RFC 6455 §8.1), got "
            + (state < 0 ? "another byte" : "an incomplete character at the end"));
  }

  @Override
  public boolean offerBinary(ByteBuffer payload) {
    return offerBinary(payload, true);
  }

  @Override
  public boolean offerBinary(ByteBuffer payload, boolean mayCompress) {
    return send(Opcode.BINARY, wholeFlags(mayCompress), payload, null, null) != Verdict.REFUSED;
  }

  @Override
  public boolean offerLatestBinary(Object key, ByteBuffer payload) {
    Objects.requireNonNull(key, "key");
    return send(Opcode.BINARY, WHOLE | MAY_COMPRESS, payload, null, key) != Verdict.REFUSED;
  }

  @Override
  public void sendBinary(ByteBuffer payload, SendCallback callback) {
    Objects.requireNonNull(callback, "callback");
    if (send(Opcode.BINARY, WHOLE | MAY_COMPRESS, payload, callback, null) == Verdict.REFUSED) {
      tellRefused(callback, payload.remaining());
    }
  }

  private static int wholeFlags(boolean mayCompress) {
    return mayCompress ? WHOLE | MAY_COMPRESS : WHOLE;
  }

  @Override
  public boolean offerTextPart(ByteBuffer utf8, boolean last) {
    requirePart(Opcode.TEXT);
    int before = part & (1 << PART_OPCODE_SHIFT) - 1;
    int after = Utf8.next(before, utf8, utf8.position(), utf8.remaining());
    if (after < 0 || (last && after != Masker.UTF8_COMPLETE)) {
      throw notUtf8(after);
    }
    boolean taken = offerPart(Opcode.TEXT, utf8, last);
    if (taken) {
      part |= after;
    }
    return taken;
  }

  @Override
  public boolean offerBinaryPart(ByteBuffer payload, boolean last) {
    requirePart(Opcode.BINARY);
    return offerPart(Opcode.BINARY, payload, last);
  }

  private void requirePart(int opcode) {
    int open = part >>> PART_OPCODE_SHIFT;
    if (open != 0 && open != opcode) {
      throw new IllegalStateException(
          "expected a part of the open "
              + Opcode.name(open)
              + " message, got a "
              + Opcode.name(opcode)
              + " part");
    }
  }

  private boolean offerPart(int opcode, ByteBuffer payload, boolean last) {
    int flags = (last ? LAST : 0) | MAY_COMPRESS;
    int frame = part == 0 ? opcode : Opcode.CONTINUATION;
    boolean taken = send(frame, flags, payload, null, null) == Verdict.TAKEN;
    if (taken) {
      part = last ? 0 : opcode << PART_OPCODE_SHIFT;
    }
    return taken;
  }

  @Override
  public boolean offerPing(ByteBuffer payload) {
    requireControl(payload);
    return send(Opcode.PING, WHOLE, payload, null, null) == Verdict.TAKEN;
  }

  @Override
  public boolean offerPong(ByteBuffer payload) {
    requireControl(payload);
    return send(Opcode.PONG, WHOLE, payload, null, null) == Verdict.TAKEN;
  }

  private static void requireControl(ByteBuffer payload) {
    if (payload.remaining() > FrameDecoder.CONTROL_PAYLOAD_MAX) {
      throw new IllegalArgumentException(
          "expected at most 125 bytes in a control frame (RFC 6455 §5.5), got "
              + payload.remaining());
    }
  }

  @Override
  public long bufferedBytes() {
    return buffered();
  }

  @Override
  public void close(int code, String reason) {
    if (!CloseFrame.isSendable(code)) {
      throw new IllegalArgumentException(
          "expected a close code of 1000 or 3000-4999 (RFC 6455 §7.4), got " + code);
    }
    byte[] payload = CloseFrame.encode(code, reason);
    onLoop(() -> close(payload));
  }

  /** Begins the closing handshake with 1001. */
  void goAway() {
    close(CloseFrame.encode(CloseCode.GOING_AWAY, ""));
  }

  @Override
  public void abort() {
    onLoop(this::drop);
  }

  @Override
  public boolean isOpen() {
    return maySend();
  }

  @Override
  public long receivedNanos() {
    return lastReceived;
  }

  @Override
  public void pauseReading() {
    onLoop(() -> stopReading(PAUSED_BY_APPLICATION));
  }

  @Override
  public void resumeReading() {
    onLoop(() -> startReading(PAUSED_BY_APPLICATION));
  }

  /** Stops receiving for the sake of {@link Inbound}, or receives again. Any thread. */
  void holdBack(boolean on) {
    onLoop(on ? () -> stopReading(PAUSED_BY_INBOUND) : () -> startReading(PAUSED_BY_INBOUND));
  }

  /** Calls back when the kernel has what was taken so far, or the connection closes. Any thread. */
  void whenSent(SendCallback callback) {
    onLoop(
        () -> {
          if (maySend()) {
            await(callback);
          } else {
            loop.complete(callback, null);
          }
        });
  }

  /** Runs a task on the loop's thread: at once if this is it. */
  void onLoop(Runnable task) {
    if (loop.tasks().isCurrent()) {
      task.run();
    } else {
      loop.tasks().execute(task);
    }
  }

  @Override
  public @Nullable String subprotocol() {
    return agreedSubprotocol();
  }

  @Override
  public UpgradeRequest request() {
    return keptRequest();
  }

  /** Asks the kernel for both addresses, once there is a connection, so that nobody waits later. */
  void rememberAddresses() {
    SocketAddress remote = loop.transport().remoteAddress(token);
    SocketAddress local = loop.transport().localAddress(token);
    remoteIpv4 = PackedAddress.pack(remote);
    if (remoteIpv4 == PackedAddress.NONE) {
      endpoint = new Endpoint(local, remote);
    } else {
      endpoint = masks() ? new Endpoint(local, null) : loop.registry().shared(local);
    }
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    long packed = remoteIpv4;
    return packed == PackedAddress.NONE ? endpoint.remote() : PackedAddress.unpack(packed);
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return endpoint.local();
  }

  @Override
  public @Nullable Duration roundTripTime() {
    int micros = roundTripMicros();
    return micros < 0 ? null : Duration.of(micros, ChronoUnit.MICROS);
  }

  @Override
  public void batch(Runnable sends) {
    Objects.requireNonNull(sends, "sends");
    if (loop.tasks().isCurrent()) {
      sends.run();
      return;
    }
    loop.tasks()
        .execute(
            () -> {
              try {
                sends.run();
              } catch (Throwable thrown) {
                callbackThrew(thrown);
              }
            });
  }

  @Override
  public void subscribe(String topic) {
    Objects.requireNonNull(topic, "topic");
    publisher();
    onLoop(() -> loop.topics.subscribe(this, topic));
  }

  @Override
  public void unsubscribe(String topic) {
    Objects.requireNonNull(topic, "topic");
    publisher();
    onLoop(() -> loop.topics.unsubscribe(this, topic));
  }

  @Override
  public boolean publishText(String topic, String text) {
    Objects.requireNonNull(topic, "topic");
    return publisher().text(topic, any -> true, this, text);
  }

  @Override
  public boolean publishBinary(String topic, ByteBuffer payload) {
    Objects.requireNonNull(topic, "topic");
    return publisher().binary(topic, any -> true, this, payload);
  }

  private Publisher publisher() {
    Publisher publisher = settings.publisher;
    if (publisher == null) {
      throw new IllegalStateException("expected a server's connection, got a client's");
    }
    return publisher;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object object) {
    attachment = object;
  }

  @Override
  public String toString() {
    return "WebSocket[" + state() + ", " + settings.role + "]";
  }
}
