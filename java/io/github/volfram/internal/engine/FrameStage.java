package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ProtocolException;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketPartListener;
import io.github.volfram.internal.frame.DeflateParameters;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.MessageDeflater;
import io.github.volfram.internal.frame.MessageSink;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.ProtocolViolation;
import io.github.volfram.internal.transport.Errno;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The stage of an open connection: frames in, callbacks out; watches over silence (ping, then
 * close), stalled writing and the closing handshake.
 */
final class FrameStage extends Stage implements MessageSink {

  /** Hides the clock from the peer, and keeps it from answering a ping that it has not seen. */
  private static final long PING_SECRET = new SecureRandom().nextLong();

  private final boolean inParts;

  /**
   * Makes messages of what arrives. One with compression stays; any other is taken when bytes come
   * and goes back to the loop between two messages, for an idle connection is to be small.
   */
  private @Nullable MessageAssembler assembler;

  /** What arrived while the application had paused reading, from position to limit; or null. */
  private @Nullable ByteBuffer held;

  /** Whether the peer's stream ended behind what is held. */
  private boolean endHeld;

  /** Whether the assembler is at work. */
  private boolean assembling;

  /** When the last ping of ours went out; at first when the connection opened. */
  private long pingedAt;

  /** Whether nothing has arrived since then. */
  private boolean pinged;

  /** Whether its pong has not arrived. */
  private boolean pongDue;

  /** Whether something that arrived was discarded; then nothing is delivered any more. */
  private boolean discarding;

  /**
   * Begins with the first frame.
   *
   * @param deflate what was agreed about compression, or null for none
   */
  FrameStage(
      Connection connection, WebSocketListener listener, @Nullable DeflateParameters deflate) {
    super(connection);
    ConnectionSettings settings = connection.settings;
    EventLoop loop = connection.loop;
    inParts = listener instanceof WebSocketPartListener;
    pingedAt = loop.now();
    DeflateOptions options = settings.deflate;
    if (deflate != null && options != null) {
      DeflatePool deflatePool = loop.deflatePool();
      assembler =
          new MessageAssembler(
              settings.role,
              settings.limits,
              loop.masker(),
              loop.pool(),
              !inParts,
              deflate,
              deflatePool);
      connection.deflateWith(
          new MessageDeflater(deflate, options.thresholdBytes(), deflatePool, loop.pool()),
          deflate.outboundWindowBits());
    }
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    if (pinged) {
      pinged = false;
      if (connection.maySend()) { // else the deadline is that of the closing handshake
        EventLoop loop = connection.loop;
        loop.expireEarlier(connection, loop.now() + connection.settings.quietNanos());
      }
    }
    if (held != null || connection.isReadingPaused()) {
      hold(buffer, index, length);
      return;
    }
    int consumed = assemble(buffer, index, length);
    if (consumed < length && connection.stage() == this && connection.state().receives()) {
      hold(buffer, index + consumed, length - consumed);
    }
  }

  private int assemble(ByteBuffer buffer, int index, int length) {
    MessageAssembler current = assembler;
    if (current == null) {
      current = connection.loop.assemblers().take(connection.settings, !inParts);
      assembler = current;
    }
    assembling = true;
    try {
      return current.receive(buffer, index, length, this);
    } catch (ProtocolViolation violation) {
      String what = String.valueOf(violation.getMessage());
      connection.fail(
          violation.closeCode(),
          what,
          new ProtocolException(what, violation.closeCode(), violation.rfcSection()));
      return length;
    } finally {
      assembling = false;
      if (current.isBetweenMessages()) {
        assembler = null;
        connection.loop.assemblers().giveBack(current);
      }
    }
  }

  private void hold(ByteBuffer buffer, int index, int length) {
    held = connection.loop.pool().join(held, buffer, index, length);
  }

  @Override
  void resumed() {
    if (assembling || connection.isReadingPaused() || connection.stage() != this) {
      return;
    }
    pinged = false; // the pong may be among what waits
    ByteBuffer bytes = held;
    if (bytes != null) {
      held = null;
      int from = bytes.position();
      int count = bytes.remaining();
      int consumed = assemble(bytes, from, count);
      if (consumed < count && connection.stage() == this && connection.state().receives()) {
        held = bytes.limit(from + count).position(from + consumed);
      } else {
        connection.loop.pool().release(bytes);
      }
    }
    if (connection.stage() != this || connection.isReadingPaused()) {
      return;
    }
    if (endHeld) {
      endOfStream(0);
    } else if (connection.state() != ConnectionState.TERMINATED) {
      connection.loop.transport().resumeReading(connection.token);
    }
  }

  @Override
  public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
    EventLoop loop = connection.loop;
    if (last) {
      connection.countReceivedMessage();
    }
    if (discards()) {
      return mayGoOn();
    }
    boolean text = opcode == Opcode.TEXT;
    ByteBuffer payload = loop.delivery().begin(buffer, index, length, text && !inParts, !inParts);
    Object timing = FlightRecorder.beginCallback();
    try {
      if (inParts) {
        part((WebSocketPartListener) connection.listener(), text, payload, last);
      } else if (text) {
        connection.listener().onTextUtf8(connection, payload);
      } else {
        connection.listener().onBinary(connection, payload);
      }
    } catch (Throwable thrown) {
      connection.callbackThrew(thrown);
    }
    FlightRecorder.endCallback(timing, connection, text ? "text" : "binary");
    if (loop.delivery().end() && !loop.isReceivingInto(buffer)) {
      loop.sender().flush(); // the buffer goes back to its pool
    }
    return mayGoOn();
  }

  private void part(
      WebSocketPartListener listener, boolean text, ByteBuffer payload, boolean last) {
    if (text) {
      listener.onTextPart(connection, payload, last);
    } else {
      listener.onBinaryPart(connection, payload, last);
    }
  }

  /** Whether what has arrived now is not delivered. What is delivered has no gap. */
  private boolean discards() {
    discarding |= connection.discardsMessages();
    return discarding;
  }

  private boolean mayGoOn() {
    return connection.state().receives() && !connection.isReadingPaused();
  }

  @Override
  public boolean ping(ByteBuffer buffer, int index, int length) {
    if (discards()) {
      return mayGoOn();
    }
    EventLoop loop = connection.loop;
    ByteBuffer payload = loop.delivery().begin(buffer, index, length, false, false);
    if (connection.maySend()) {
      connection.answerPing(payload);
    }
    try {
      connection.listener().onPing(connection, payload);
    } catch (Throwable thrown) {
      connection.callbackThrew(thrown);
    }
    loop.delivery().end();
    return mayGoOn();
  }

  @Override
  public boolean pong(ByteBuffer buffer, int index, int length) {
    EventLoop loop = connection.loop;
    if (pongDue && length == Long.BYTES && ours(buffer, index)) {
      pongDue = false;
      connection.measuredRoundTrip(loop.now() - pingedAt);
      return mayGoOn();
    }
    if (discards()) {
      return mayGoOn();
    }
    ByteBuffer payload = loop.delivery().begin(buffer, index, length, false, false);
    try {
      connection.listener().onPong(connection, payload);
    } catch (Throwable thrown) {
      connection.callbackThrew(thrown);
    }
    loop.delivery().end();
    return mayGoOn();
  }

  private boolean ours(ByteBuffer buffer, int index) {
    long payload = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      payload = payload << Byte.SIZE | (buffer.get(index + i) & 0xFF);
    }
    return payload == (pingedAt ^ PING_SECRET);
  }

  @Override
  public boolean close(int code, String reason) {
    connection.closedByPeer(code, reason);
    return false;
  }

  @Override
  void endOfStream(int errno) {
    if (errno == 0 && held != null) {
      endHeld = true;
      return;
    }
    connection.terminate(
        CloseCode.ABNORMAL_CLOSURE, // §7.1.5: there was no close frame
        "",
        errno == 0
            ? new EOFException("the peer ended its stream without a close frame")
            : new IOException("the connection broke: " + Errno.text(errno)),
        errno != 0);
  }

  @Override
  void expired(long now) {
    if (connection.state() == ConnectionState.CLOSED_BY_US) {
      lost("expected the peer's close frame within " + millis(connection.settings.closeNanos));
      return;
    }
    long write = connection.writeProgress(now) + connection.settings.writeNanos;
    if (now >= write) {
      lost("expected the peer to take bytes within " + millis(connection.settings.writeNanos));
      return;
    }
    long silence = silenceDeadline(now);
    if (connection.maySend()) {
      connection.loop.expire(connection, Math.min(write, silence));
    }
  }

  /**
   * Pings a silent peer, or any at intervals, and drops one that stays silent; returns when to look
   * again. One that takes what is buffered for it is alive, though the ping has not reached it yet.
   */
  private long silenceDeadline(long now) {
    ConnectionSettings settings = connection.settings;
    if (connection.isReadingPaused()) {
      return showLife(now);
    }
    if (pinged) {
      long deadline = connection.laterProgress(pingedAt) + settings.pongNanos;
      if (now >= deadline) {
        lost("expected a byte within " + millis(settings.pongNanos) + " of a ping");
      }
      return deadline;
    }
    long deadline =
        Math.min(
            connection.laterProgress(connection.lastReceived) + settings.idleNanos,
            pingedAt + settings.pingNanos);
    if (now < deadline) {
      return deadline;
    }
    pinged = true;
    pingedAt = now;
    pongDue = true;
    ByteBuffer payload = ByteBuffer.allocate(Long.BYTES).putLong(0, now ^ PING_SECRET);
    connection.loop.sender().frame(connection, Opcode.PING, payload);
    return now + settings.pongNanos;
  }

  /**
   * The pong to a ping could not be seen while reading is paused, and an NIO channel that is not
   * watched does not notice a reset. A pong that nobody asked for (§5.5.3) does: the kernel refuses
   * it. Returns when to send the next one.
   */
  private long showLife(long now) {
    long quiet = connection.settings.quietNanos();
    if (now - connection.lastReceived >= quiet
        && connection.maySend()
        && !connection.isBacklogged()) {
      connection.loop.sender().frame(connection, Opcode.PONG, ByteBuffer.allocate(0));
    }
    return now + quiet;
  }

  private void lost(String what) {
    connection.terminate(
        CloseCode.ABNORMAL_CLOSURE, "", new IOException(what + ", got none"), true);
  }

  private static String millis(long nanos) {
    return nanos / 1_000_000 + " ms";
  }

  @Override
  void release() {
    if (assembler != null) {
      assembler.release();
    }
    if (held != null) {
      connection.loop.pool().release(held);
      held = null;
    }
  }
}
