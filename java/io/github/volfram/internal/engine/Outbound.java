package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.WebSocketClosedException;
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

  final EventLoop loop;
  final ConnectionSettings settings;

  /** The name of the socket; changes only while a client tries one address after the other. */
  long token;

  boolean socketOpen;

  private @Nullable Outbox outbox;

  /** Bytes taken by the loop, ever. */
  private long takenBytes;

  /** Bytes given to the transport in the sender's epoch below; the kernel has earlier ones. */
  private int inFlightBytes;

  private int inFlightEpoch;

  /** Whether the loop has this connection on its list of those to settle. */
  private boolean settling;

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

  final void took(int bytes) {
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
    long bytes = backlog == null ? 0 : backlog.size();
    return inFlightEpoch == loop.sender().epoch() ? bytes + inFlightBytes : bytes;
  }

  final boolean isBacklogged() {
    Outbox backlog = outbox;
    return backlog != null && backlog.size() != 0;
  }

  private Outbox outbox() {
    Outbox backlog = outbox;
    if (backlog == null) {
      backlog = new Outbox(loop.pool(), loop.masker());
      outbox = backlog;
    }
    return backlog;
  }

  final void backlog(ByteBuffer source, int index, int length, int key, long offset) {
    outbox().append(source, index, length, key, offset, loop.now());
  }

  /** The kernel did not take these bytes. */
  final void unsent(ByteBuffer buffer, int index, int length) {
    Outbox backlog = outbox();
    if (backlog.isOffering()) {
      backlog.unsent(length);
      return;
    }
    backlog.append(buffer, index, length, 0, 0, loop.now());
    loop.transport().awaitWritable(token, true);
    loop.expireEarlier(this, loop.now() + settings.writeNanos);
  }

  /** The kernel takes bytes again. */
  final void writable() {
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

  /** Calls back when the kernel has what was taken so far. */
  final void await(SendCallback callback) {
    outbox().await(takenBytes, callback);
    settleLater();
  }

  /** Notes that more than the soft mark is buffered, so that draining is told. */
  final void markAboveSoftMark() {
    outbox().markAboveSoftMark();
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
    settling = false;
    Outbox backlog = outbox;
    if (backlog == null) {
      return;
    }
    SendCallback done;
    while ((done = backlog.pollDone(takenBytes - loopBytes())) != null) {
      loop.complete(done, null);
    }
    if (loopBytes() == 0) {
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

  /** The connection has ended: gives memory back and fails the sends that were not completed. */
  final void failPending() {
    Outbox backlog = outbox;
    if (backlog == null) {
      return;
    }
    backlog.release();
    SendCallback left;
    while ((left = backlog.pollDone(Long.MAX_VALUE)) != null) {
      SendCallback callback = left;
      loop.complete(
          callback, new WebSocketClosedException("the connection ended before this was sent"));
    }
  }
}
