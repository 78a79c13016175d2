package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a connection could not hand to the kernel, in order, and who wants to be told when it has.
 * Made when it is first needed. Owned by the loop's thread; {@link #size()} is read by any.
 *
 * <p>Invariant: while it holds bytes, everything that is sent on the connection is appended here.
 */
final class Outbox {

  /** A send that wants to be told, and the connection's count of bytes taken at its end. */
  private record Pending(long end, SendCallback callback) {}

  /** How much is buffered, as far as the application was told. */
  private enum Pressure {
    /** Not more than the soft mark, or not yet noticed. */
    LOW,
    /** A send has found more than the soft mark. */
    NOTED,
    /** The application was told. */
    TOLD
  }

  private static final int CHUNK_BYTES = 64 * 1024;

  /** How much is offered to the kernel at once: more than it takes, in all likelihood. */
  private static final int MAX_OFFER_BYTES = 1 << 20;

  private final PayloadPool pool;
  private final Masker masker;

  /** From position to limit what is to be sent, from limit to capacity room; none is empty. */
  private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(4);

  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);
  private @Nullable Waiting waiting;
  private long size;
  private long dropped;
  private int carriedSent;
  private int carriedReceived;

  /** The bytes of an offer that the kernel did not take, while an offer is made; else -1. */
  private long unsent = -1;

  /** The latest ping that is still to be answered (RFC 6455 §5.5.3), or null. */
  private byte @Nullable [] owedPong;

  /** When the kernel last took some of the bytes; at first when this was made. */
  private long progressNanos;

  private Pressure pressure = Pressure.LOW;

  /** Whether the kernel takes nothing more; the connection ends when the turn is over. */
  private boolean brokenOff;

  Outbox(PayloadPool pool, Masker masker, long now) {
    this.pool = pool;
    this.masker = masker;
    this.progressNanos = now;
  }

  long size() {
    return size;
  }

  long progressNanos() {
    return progressNanos;
  }

  /** Appends bytes, masked with a key unless that is 0 ({@link Masker#mask}). */
  void append(ByteBuffer source, int index, int length, int key, long offset, long now) {
    if (size == 0) {
      progressNanos = now;
    }
    int done = 0;
    while (done < length) {
      ByteBuffer chunk = chunks.peekLast();
      if (chunk == null || chunk.limit() == chunk.capacity()) {
        int left = length - done;
        chunk = pool.acquire(Math.min(left, CHUNK_BYTES), CHUNK_BYTES);
        chunk.position(0).limit(0);
        chunks.addLast(chunk);
      }
      int at = chunk.limit();
      int count = Math.min(length - done, chunk.capacity() - at);
      chunk.limit(at + count);
      chunk.put(at, source, index + done, count);
      if (key != 0) {
        masker.mask(chunk, at, count, key, offset + done);
      }
      done += count;
    }
    size += length;
  }

  /** Whether an offer is being made, so that {@link #unsent} belongs to it. */
  boolean isOffering() {
    return unsent >= 0;
  }

  /** Submits the first bytes; the caller flushes and then calls {@link #endOffer}. */
  int beginOffer(Transport transport, long token) {
    unsent = 0;
    int offered = 0;
    for (ByteBuffer chunk : chunks) {
      transport.submit(token, chunk, chunk.position(), chunk.remaining());
      offered += chunk.remaining();
      if (offered >= MAX_OFFER_BYTES) {
        break;
      }
    }
    return offered;
  }

  /** The kernel did not take these many bytes of the offer. */
  void unsent(int bytes) {
    unsent += bytes;
  }

  /** Forgets what the kernel has taken; returns whether it took all of the offer. */
  boolean endOffer(int offered, long now) {
    int taken = (int) (offered - unsent);
    boolean all = unsent == 0;
    unsent = -1;
    if (taken > 0) {
      progressNanos = now;
    }
    size -= taken;
    int left = taken;
    while (left > 0) {
      ByteBuffer chunk = chunks.element();
      int count = Math.min(left, chunk.remaining());
      chunk.position(chunk.position() + count);
      left -= count;
      if (!chunk.hasRemaining()) {
        pool.release(chunks.remove());
      }
    }
    return all;
  }

  /** The kernel takes nothing more, and has not taken what it was given last. */
  void breakOff() {
    brokenOff = true;
  }

  boolean isBrokenOff() {
    return brokenOff;
  }

  /** Remembers a ping to answer in place of the one before, as §5.5.3 allows. */
  void owePong(byte[] payload) {
    owedPong = payload;
  }

  byte @Nullable [] takeOwedPong() {
    byte[] owed = owedPong;
    owedPong = null;
    return owed;
  }

  /** A send has found more than the soft mark. */
  void noteAboveSoftMark() {
    if (pressure == Pressure.LOW) {
      pressure = Pressure.NOTED;
    }
  }

  /** Whether there is more than the soft mark and the application is to be told so now. */
  boolean takeRise(long bytes, long softMark) {
    if (pressure != Pressure.NOTED || bytes <= softMark) {
      return false;
    }
    pressure = Pressure.TOLD;
    return true;
  }

  /** Whether there is no more than the low mark, after there was more than the soft one. */
  boolean takeFall(long bytes, long lowMark) {
    if (pressure == Pressure.LOW || bytes > lowMark) {
      return false;
    }
    pressure = Pressure.LOW;
    return true;
  }

  /** Will call back when the kernel has taken the connection's first {@code end} bytes. */
  void await(long end, SendCallback callback) {
    pending.addLast(new Pending(end, callback));
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  /** The next callback whose bytes are among the first {@code handed} ones, or null. */
  @Nullable SendCallback pollDone(long handed) {
    Pending first = pending.peekFirst();
    if (first == null || first.end() > handed) {
      return null;
    }
    pending.removeFirst();
    return first.callback();
  }

  /** The messages that have not begun to leave; null when there has never been one. */
  @Nullable Waiting waiting() {
    return waiting;
  }

  /** The same, made now if need be. */
  Waiting waiting(boolean masked) {
    Waiting messages = waiting;
    if (messages == null) {
      messages = new Waiting(masked);
      waiting = messages;
    }
    return messages;
  }

  void countDropped() {
    dropped++;
  }

  /** How many messages were dropped for want of room. */
  long dropped() {
    return dropped;
  }

  /** The connection has sent another 2^32 messages. */
  void carrySent() {
    carriedSent++;
  }

  /** It has received another 2^32 messages. */
  void carryReceived() {
    carriedReceived++;
  }

  int carriedSent() {
    return carriedSent;
  }

  int carriedReceived() {
    return carriedReceived;
  }

  /**
   * Gives the memory back; the callbacks and waiting messages that are left are still to be polled.
   */
  void release() {
    while (!chunks.isEmpty()) {
      pool.release(chunks.remove());
    }
    size = 0;
    owedPong = null;
  }
}
