package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.OutboundFullException;
import io.github.volfram.SendCallback;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClosedException;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Utf8;
import io.github.volfram.internal.transport.Masker;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connection as the application sees it: what any thread may call. Calls of the loop's thread
 * are done at once, those of others are queued for it, after the byte bound was checked.
 */
final class Connection extends Lifecycle implements WebSocket {

  private static final AtomicLongFieldUpdater<Connection> QUEUED =
      AtomicLongFieldUpdater.newUpdater(Connection.class, "queuedBytes");

  private static final int MAX_CONTROL_BYTES = 125;

  /** Bytes taken from other threads that the loop has not seen yet. */
  private volatile long queuedBytes;

  private volatile @Nullable Object attachment;

  /** The peer's address: an IPv4 address and port in one number, which is small; else 0. */
  private volatile long remoteIpv4;

  private volatile @Nullable SocketAddress remoteOther;

  Connection(EventLoop loop, ConnectionSettings settings, ConnectionState first) {
    super(loop, settings, first);
  }

  @Override
  public boolean offerText(String text) {
    return sendText(text, Utf8.encodedLength(text), null) == null;
  }

  @Override
  public void sendText(String text, SendCallback callback) {
    Objects.requireNonNull(callback, "callback");
    Exception refusal = sendText(text, Utf8.encodedLength(text), callback);
    if (refusal != null) {
      tellRefused(callback, refusal);
    }
  }

  private @Nullable Exception sendText(String text, int length, @Nullable SendCallback callback) {
    if (!loop.tasks().isCurrent() || !Sender.fits(length)) {
      return send(Opcode.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    }
    Exception refusal = refusal(length);
    if (refusal == null) {
      loop.sender().text(this, Opcode.TEXT, text, length);
      sent(callback);
    }
    return refusal;
  }

  @Override
  public boolean offerTextUtf8(ByteBuffer utf8) {
    if (!loop.tasks().isCurrent() || !loop.delivery().isText(utf8)) {
      requireUtf8(utf8);
    }
    return offer(Opcode.TEXT, utf8);
  }

  private static void requireUtf8(ByteBuffer utf8) {
    int end = Utf8.next(Masker.UTF8_COMPLETE, utf8, utf8.position(), utf8.remaining());
    if (end != Masker.UTF8_COMPLETE) {
      throw new IllegalArgumentException(
          "expected well-formed UTF-8 (RFC 6455 §8.1), got "
              + (end < 0 ? "another byte" : "an incomplete character at the end"));
    }
  }

  @Override
  public boolean offerBinary(ByteBuffer payload) {
    return offer(Opcode.BINARY, payload);
  }

  @Override
  public void sendBinary(ByteBuffer payload, SendCallback callback) {
    Objects.requireNonNull(callback, "callback");
    Exception refusal = send(Opcode.BINARY, payload, callback);
    if (refusal != null) {
      tellRefused(callback, refusal);
    }
  }

  @Override
  public boolean offerPing(ByteBuffer payload) {
    requireControl(payload);
    return offer(Opcode.PING, payload);
  }

  @Override
  public boolean offerPong(ByteBuffer payload) {
    requireControl(payload);
    return offer(Opcode.PONG, payload);
  }

  private static void requireControl(ByteBuffer payload) {
    if (payload.remaining() > MAX_CONTROL_BYTES) {
      throw new IllegalArgumentException(
          "expected at most 125 bytes in a control frame (RFC 6455 §5.5), got "
              + payload.remaining());
    }
  }

  private boolean offer(int opcode, ByteBuffer payload) {
    return send(opcode, payload, null) == null;
  }

  private @Nullable Exception send(
      int opcode, ByteBuffer payload, @Nullable SendCallback callback) {
    if (!loop.tasks().isCurrent()) {
      return enqueue(opcode, payload, callback);
    }
    Exception refusal = refusal(payload.remaining());
    if (refusal == null) {
      loop.sender().frame(this, opcode, payload);
      sent(callback);
    }
    return refusal;
  }

  private void sent(@Nullable SendCallback callback) {
    if (bufferedBytes() > settings.softMarkBytes) {
      markAboveSoftMark();
    }
    if (callback != null) {
      await(callback);
    }
  }

  private void tellRefused(SendCallback callback, Exception refusal) {
    loop.tasks().execute(() -> loop.complete(callback, refusal));
  }

  /** Why a message of this length may not be sent, or null when it may. */
  private @Nullable Exception refusal(int length) {
    if (!maySend()) {
      return closed();
    }
    long buffered = bufferedBytes();
    long frame = FrameEncoder.headerBytes(length, masks()) + (long) length;
    return fits(buffered, frame) ? null : full(buffered, frame);
  }

  private WebSocketClosedException closed() {
    return new WebSocketClosedException("expected an open connection, got one that is " + state());
  }

  private boolean fits(long buffered, long frame) {
    return buffered == 0 || frame <= settings.hardCapBytes - buffered;
  }

  private OutboundFullException full(long buffered, long frame) {
    return new OutboundFullException(
        "expected at most "
            + settings.hardCapBytes
            + " buffered bytes (outboundHardCapBytes), got "
            + buffered
            + " and a frame of "
            + frame);
  }

  private @Nullable Exception enqueue(
      int opcode, ByteBuffer payload, @Nullable SendCallback callback) {
    int length = payload.remaining();
    if (!maySend()) {
      return closed();
    }
    long frame = FrameEncoder.headerBytes(length, masks()) + (long) length;
    long queued;
    do {
      queued = queuedBytes;
      long buffered = queued + loopBytes();
      if (!fits(buffered, frame)) {
        return full(buffered, frame);
      }
    } while (!QUEUED.compareAndSet(this, queued, queued + frame));
    byte[] copy = new byte[length];
    payload.get(payload.position(), copy);
    loop.tasks().execute(() -> dequeue(opcode, ByteBuffer.wrap(copy), callback, frame));
    return null;
  }

  private void dequeue(
      int opcode, ByteBuffer payload, @Nullable SendCallback callback, long frame) {
    QUEUED.addAndGet(this, -frame);
    if (maySend()) {
      loop.sender().frame(this, opcode, payload);
      sent(callback);
    } else if (callback != null) {
      loop.complete(callback, closed());
    }
  }

  @Override
  public long bufferedBytes() {
    return queuedBytes + loopBytes();
  }

  @Override
  public void close(int code, String reason) {
    if (!CloseFrame.isSendable(code)) {
      throw new IllegalArgumentException(
          "expected a close code of 1000 or 3000-4999 (RFC 6455 §7.4), got " + code);
    }
    byte[] payload = CloseFrame.encode(code, reason);
    run(() -> close(payload));
  }

  /** Begins the closing handshake with 1001. */
  void goAway() {
    close(CloseFrame.encode(CloseCode.GOING_AWAY, ""));
  }

  @Override
  public void abort() {
    run(this::drop);
  }

  @Override
  public boolean isOpen() {
    return maySend();
  }

  @Override
  public void pauseReading() {
    run(this::stopReading);
  }

  @Override
  public void resumeReading() {
    run(this::startReading);
  }

  private void run(Runnable task) {
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

  /** Asks the kernel for the peer's address, once there is a connection. */
  void rememberRemoteAddress() {
    SocketAddress address = loop.transport().remoteAddress(token);
    if (address instanceof InetSocketAddress inet
        && inet.getAddress() instanceof Inet4Address ipv4) {
      remoteIpv4 = (long) ipv4.hashCode() << Short.SIZE | inet.getPort(); // the address's bits
    } else {
      remoteOther = address;
    }
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    long packed = remoteIpv4;
    if (packed == 0) {
      return remoteOther;
    }
    int address = (int) (packed >>> Short.SIZE);
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(address).array();
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), (int) packed & 0xFFFF);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    if (loop.tasks().isCurrent()) {
      return socketOpen ? loop.transport().localAddress(token) : null;
    }
    CompletableFuture<@Nullable SocketAddress> answer = new CompletableFuture<>();
    loop.tasks()
        .execute(() -> answer.complete(socketOpen ? loop.transport().localAddress(token) : null));
    return answer.join();
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
