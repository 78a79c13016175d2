package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.WebSocketClosedException;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MessageDeflater;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Role;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection, on the loop's thread: counts what the kernel has not got yet
 * and keeps what it would not take. A superclass and not a part, because an idle connection is to
 * be small.
 */
abstract class Outbound {

  /** This frame ends its message. */
  static final int LAST = 1;

  /** This is no part of a message in parts. */
  static final int WHOLE = 2 | LAST;

  /** The message may be compressed. */
  static final int MAY_COMPRESS = 4;

  final EventLoop loop;
  final ConnectionSettings settings;

  /** The name of the socket; changes only while a client tries one address after the other. */
  long token;

  boolean socketOpen;

  /** What encrypts this connection, or null. */
  @Nullable Tls tls;

  private @Nullable Outbox outbox;
  private @Nullable MessageDeflater deflater;

  /** Bytes taken by the loop, ever. */
  private long takenBytes;

  /** Bytes given to the transport in the sender's epoch below; the kernel has earlier ones. */
  private int inFlightBytes;

  private int inFlightEpoch;

  /** Whether the loop has this connection on its list of those to settle. */
  private boolean settling;

  /** Whether a message in parts is being sent, so that whole ones must wait. */
  private boolean partsOpen;

  /** Whether that message is compressed. */
  private boolean partsCompressed;

  Outbound(EventLoop loop, ConnectionSettings settings) {
    this.loop = loop;
    this.settings = settings;
  }

  /** Whether messages may be sent. */
  abstract boolean maySend();

  /** Nothing is buffered any more; {@code wasAbove}: the soft mark was exceeded before. */
  abstract void drained(boolean wasAbove);

  final boolean masks() {
    return settings.role == Role.CLIENT;
  }

  final void took(long bytes) {
    takenBytes += bytes;
  }

  final void inFlight(int bytes, int epoch) {
    if (inFlightEpoch == epoch) {
      inFlightBytes += bytes;
    } else {
      inFlightBytes = bytes;
      inFlightEpoch = epoch;
    }
  }

  /** What was taken by the loop and the kernel has not got; any thread may read it. */
  final long loopBytes() {
    Outbox backlog = outbox;
    return backlog == null ? wireBytes() : wireBytes() + backlog.deferredBytes();
  }

  /** What is on its way to the kernel. */
  private long wireBytes() {
    Outbox backlog = outbox;
    long bytes = backlog == null ? 0 : backlog.size();
    return inFlightEpoch == loop.sender().epoch() ? bytes + inFlightBytes : bytes;
  }

  /** Messages are compressed from now on. */
  final void deflateWith(MessageDeflater negotiated) {
    deflater = negotiated;
  }

  /** Whether whole messages go out at once and as they are. */
  final boolean sendsPlainWhole(boolean mayCompress) {
    return !partsOpen && (deflater == null || !mayCompress);
  }

  /** Sends a message, or a part of one; the payload is sent or copied when this returns. */
  final void transmit(int opcode, int flags, ByteBuffer payload, @Nullable SendCallback callback) {
    boolean whole = (flags & WHOLE) == WHOLE;
    if (Opcode.isControl(opcode)) {
      loop.sender().frame(this, opcode, payload);
    } else if (whole && partsOpen) { // §5.4: fragments of messages must not interleave
      outbox().defer(opcode, flags, payload, callback);
      return;
    } else {
      boolean last = (flags & LAST) != 0;
      partsOpen = !last;
      data(opcode, last, (flags & MAY_COMPRESS) != 0, payload);
    }
    if (callback != null) {
      await(callback);
    }
    if (!partsOpen && !whole) {
      transmitDeferred();
    }
  }

  private void data(int opcode, boolean last, boolean mayCompress, ByteBuffer payload) {
    MessageDeflater compressor = deflater;
    if (compressor == null) {
      loop.sender().frame(this, last, 0, opcode, payload);
      return;
    }
    boolean first = opcode != Opcode.CONTINUATION;
    if (first) {
      partsCompressed = mayCompress && compressor.begin(payload.remaining());
    }
    if (!partsCompressed) {
      loop.sender().frame(this, last, 0, opcode, payload);
      return;
    }
    ByteBuffer compressed =
        compressor.deflate(payload, payload.position(), payload.remaining(), last);
    loop.sender().frame(this, last, first ? FrameEncoder.RSV1 : 0, opcode, compressed);
    loop.pool().release(compressed);
  }

  private void transmitDeferred() {
    Outbox backlog = outbox;
    Outbox.Deferred next;
    while (backlog != null && !partsOpen && (next = backlog.pollDeferred()) != null) {
      transmit(next.opcode(), next.flags(), next.payload(), next.callback());
    }
  }

  final boolean isBacklogged() {
    Outbox backlog = outbox;
    return backlog != null && backlog.size() != 0;
  }

  private Outbox outbox() {
    Outbox backlog = outbox;
    if (backlog == null) {
      backlog = new Outbox(loop.pool(), loop.masker(), loop.now());
      outbox = backlog;
    }
    return backlog;
  }

  /** Keeps bytes that follow a backlog: masked, unless the key is 0, and encrypted. */
  final void backlog(ByteBuffer source, int index, int length, int key, long offset) {
    if (tls == null) {
      append(source, index, length, key, offset);
    } else {
      tls.sendMasked(source, index, length, key, offset);
    }
  }

  /** Keeps bytes of the wire. */
  final void append(ByteBuffer source, int index, int length, int key, long offset) {
    outbox().append(source, index, length, key, offset, loop.now());
  }

  /** The kernel did not take these bytes. */
  final void unsent(ByteBuffer buffer, int index, int length) {
    try {
      keep(buffer, index, length);
    } catch (Throwable thrown) { // not enough memory: not now, as the turn is still sending
      loop.later((Connection) this, () -> EventLoop.broken((Connection) this, thrown));
    }
  }

  private void keep(ByteBuffer buffer, int index, int length) {
    Outbox backlog = outbox();
    if (backlog.isOffering()) {
      backlog.unsent(length);
      return;
    }
    backlog.append(buffer, index, length, 0, 0, loop.now());
    loop.transport().awaitWritable(token, true);
    if (maySend()) { // else the handshake, opening or closing, has its own deadline
      loop.expireEarlier(this, loop.now() + settings.writeNanos);
    }
  }

  /** The kernel takes bytes again. */
  final void writable() {
    try {
      offerBacklog();
    } catch (Throwable thrown) {
      EventLoop.broken((Connection) this, thrown);
    }
  }

  private void offerBacklog() {
    Outbox backlog = outbox;
    if (backlog == null) {
      return;
    }
    boolean all = true;
    while (all && backlog.size() > 0) {
      int offered = backlog.beginOffer(loop.transport(), token);
      loop.sender().flush();
      all = backlog.endOffer(offered, loop.now());
    }
    if (backlog.size() > 0) {
      loop.transport().awaitWritable(token, true);
    }
    settleLater();
  }

  /** When the kernel last took bytes of a backlog, or {@code now} when there is none. */
  final long writeProgress(long now) {
    Outbox backlog = outbox;
    return backlog == null || backlog.size() == 0 ? now : backlog.progressNanos();
  }

  /** The later of this time and when the kernel last took bytes of a backlog. */
  final long laterProgress(long nanos) {
    Outbox backlog = outbox;
    return backlog != null && backlog.progressNanos() - nanos > 0 ? backlog.progressNanos() : nanos;
  }

  /** Calls back when the kernel has what was taken so far. */
  final void await(SendCallback callback) {
    outbox().await(takenBytes, callback);
    settleLater();
  }

  /** Notes that more than the soft mark is buffered, so that draining is told. */
  final void markAboveSoftMark() {
    if (outbox().markAboveSoftMark()) {
      FlightRecorder.backpressure((Connection) this, ((Connection) this).bufferedBytes());
    }
    settleLater();
  }

  final void settleLater() {
    if (!settling) {
      settling = true;
      loop.settleLater(this);
    }
  }

  /** Calls back whom the flushes since the last call concern. */
  final void settle() {
    try {
      callBack();
    } catch (Throwable thrown) {
      EventLoop.broken((Connection) this, thrown);
    }
  }

  private void callBack() {
    settling = false;
    Outbox backlog = outbox;
    if (backlog == null || !socketOpen) {
      return; // one that has ended fails its sends elsewhere
    }
    SendCallback done;
    while ((done = backlog.pollDone(takenBytes - wireBytes())) != null) {
      loop.complete(done, null);
    }
    if (wireBytes() == 0) {
      byte[] pong = backlog.takeOwedPong();
      if (pong != null && maySend()) {
        loop.sender().frame(this, Opcode.PONG, ByteBuffer.wrap(pong));
      }
      drained(backlog.takeAboveSoftMark());
    } else if (!isBacklogged()) {
      settleLater(); // sent by a callback just now
    }
  }

  final void answerPing(ByteBuffer payload) {
    if (isBacklogged()) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(payload.position(), bytes);
      outbox().owePong(bytes);
    } else {
      loop.sender().frame(this, Opcode.PONG, payload);
    }
  }

  final byte @Nullable [] takeOwedPong() {
    Outbox backlog = outbox;
    return backlog == null ? null : backlog.takeOwedPong();
  }

  /** The connection has ended: gives memory back. */
  final void dropBacklog() {
    if (deflater != null) {
      deflater.release();
    }
    Outbox backlog = outbox;
    if (backlog != null) {
      backlog.release();
    }
  }

  /** The connection has ended: fails the sends that were not completed. */
  final void failPending() {
    Outbox backlog = outbox;
    if (backlog == null) {
      return;
    }
    SendCallback left;
    while ((left = backlog.pollDone(Long.MAX_VALUE)) != null) {
      loop.complete(left, unsentException());
    }
    Outbox.Deferred deferred;
    while ((deferred = backlog.pollDeferred()) != null) {
      if (deferred.callback() != null) {
        loop.complete(deferred.callback(), unsentException());
      }
    }
  }

  private static WebSocketClosedException unsentException() {
    return new WebSocketClosedException("the connection ended before this was sent");
  }
}
