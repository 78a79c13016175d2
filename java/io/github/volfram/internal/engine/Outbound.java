package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.WebSocketClosedException;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Role;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection, on the loop's thread: counts what the kernel has not got yet
 * and keeps what it would not take. A superclass and not a part, as the ones that extend it are,
 * because an idle connection is to be small.
 */
abstract class Outbound {

  final EventLoop loop;
  final ConnectionSettings settings;

  /**
   * The name of the socket; changes once when a client has chosen among the addresses of a host.
   */
  long token;

  boolean socketOpen;

  /** What encrypts this connection, or null. */
  @Nullable Tls tls;

  private @Nullable Outbox outbox;

  /** Bytes taken by the loop, ever. */
  private long takenBytes;

  /** Bytes that have arrived, as they are within TLS. */
  private long receivedBytes;

  /** Messages sent, modulo 2^32: the outbox counts how often this has begun anew. */
  int messagesSent;

  /** Messages received, in the same way. */
  int messagesReceived;

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

  /** Sends messages that wait until the kernel takes no more. */
  abstract void sendWaiting();

  /** What is buffered, as far as it leaves without anybody's doing. */
  abstract long leavingBytes();

  /** Nothing is on its way to the kernel any more. */
  abstract void drained();

  /** Tells the application that more than the soft mark is buffered. */
  abstract void tellBackpressure();

  /** Tells the application that no more than the low mark is left of that. */
  abstract void tellDrained();

  final boolean masks() {
    return settings.role == Role.CLIENT;
  }

  final void took(long bytes) {
    takenBytes += bytes;
    loop.counters.sent(bytes);
  }

  /** A whole text or binary message was taken. */
  final void tookMessage() {
    loop.counters.sentMessage();
    if (++messagesSent == 0) {
      outbox().carrySent();
    }
  }

  final void countReceived(int bytes) {
    receivedBytes += bytes;
    loop.counters.received(bytes);
  }

  final void countReceivedMessage() {
    loop.counters.receivedMessage();
    if (++messagesReceived == 0) {
      outbox().carryReceived();
    }
  }

  /** Bytes taken by the loop, ever. */
  final long takenBytes() {
    return takenBytes;
  }

  final long receivedBytes() {
    return receivedBytes;
  }

  final long messagesSent() {
    Outbox backlog = outbox;
    long carried = backlog == null ? 0 : backlog.carriedSent();
    return carried << Integer.SIZE | Integer.toUnsignedLong(messagesSent);
  }

  final long messagesReceived() {
    Outbox backlog = outbox;
    long carried = backlog == null ? 0 : backlog.carriedReceived();
    return carried << Integer.SIZE | Integer.toUnsignedLong(messagesReceived);
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
    Waiting messages = waiting();
    return messages == null ? wireBytes() : wireBytes() + messages.bytes();
  }

  final @Nullable Waiting waiting() {
    Outbox backlog = outbox;
    return backlog == null ? null : backlog.waiting();
  }

  /** What is on its way to the kernel. */
  final long wireBytes() {
    Outbox backlog = outbox;
    long bytes = backlog == null ? 0 : backlog.size();
    return inFlightEpoch == loop.sender().epoch() ? bytes + inFlightBytes : bytes;
  }

  /** Offers the kernel what is on its way to it, so that there may be room; false if nothing is. */
  final boolean makeRoom() {
    if (isBacklogged() || wireBytes() == 0) {
      return false;
    }
    loop.sender().flush();
    return true;
  }

  /** A message is lost for want of room. */
  final void countDropped() {
    loop.counters.droppedMessage();
    outbox().countDropped();
  }

  final boolean isBacklogged() {
    Outbox backlog = outbox;
    return backlog != null && backlog.size() != 0;
  }

  final Outbox outbox() {
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

  /** The connection is broken: what was given to the kernel last, it has not taken. */
  final void breakOff() {
    outbox().breakOff();
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

  /** Notes that more than the soft mark is buffered, so that the application is told. */
  final void noteAboveSoftMark() {
    outbox().noteAboveSoftMark();
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
    if (backlog == null || !socketOpen || backlog.isBrokenOff()) {
      return; // one that has ended, or is about to, fails its sends elsewhere
    }
    SendCallback done;
    while ((done = backlog.pollDone(takenBytes - wireBytes())) != null) {
      loop.complete(done, null);
    }
    if (wireBytes() == 0) {
      byte[] pong = backlog.takeOwedPong();
      if (pong != null) { // so no close frame has left: each frame pays what is owed before it
        loop.sender().frame(this, Opcode.PONG, ByteBuffer.wrap(pong));
      }
      sendWaiting();
      drained();
    } else if (!isBacklogged()) {
      settleLater(); // sent by a callback just now
    }
    long left = leavingBytes();
    if (backlog.takeFall(left, settings.lowMarkBytes)) {
      tellDrained();
    } else if (backlog.takeRise(left, settings.softMarkBytes)) {
      tellBackpressure();
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
  void dropBacklog() {
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
    Waiting messages = backlog.waiting();
    Waiting.Message message;
    while (messages != null && (message = messages.discard()) != null) {
      if (message.callback != null) {
        loop.complete(message.callback, unsentException());
      }
    }
  }

  private static WebSocketClosedException unsentException() {
    return new WebSocketClosedException("the connection ended before this was sent");
  }
}
