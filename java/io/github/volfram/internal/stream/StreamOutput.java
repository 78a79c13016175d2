package io.github.volfram.internal.stream;

import io.github.volfram.StreamOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.WriteOutcome;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.MessageDeflater;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.frame.Utf8;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames and queues them, within bounds. Used by the thread that drives the stream.
 *
 * <p>Pongs of its own are queued like other frames while the channel takes what it is given. Behind
 * a channel that does not, only the latest is kept (RFC 6455 §5.5.3), apart from the queue, so a
 * peer that pings and never reads cannot make it grow, and a pong of the user's is never replaced.
 */
final class StreamOutput {

  private enum State {
    OPEN,
    /** A close frame is queued, after which there is no other (RFC 6455 §5.5.1). */
    CLOSING,
    /** The channel failed. */
    BROKEN
  }

  private final OutputQueue queue;
  private final boolean masked;
  private final int writeBufferBytes;
  private final int maxWriteBufferBytes;
  private State state = State.OPEN;

  /** The last flush left something. */
  private boolean blocked;

  /** A pong of ours is in the queue or beside it. */
  private boolean owesPong;

  private byte @Nullable [] latestPong;

  /** What compresses messages; given back when no message can follow. */
  private @Nullable MessageDeflater deflater;

  StreamOutput(Port port, StreamRole role, StreamOptions options) {
    this.queue = new OutputQueue(port);
    this.masked = role == StreamRole.CLIENT;
    this.writeBufferBytes = options.writeBufferBytes();
    this.maxWriteBufferBytes = options.maxWriteBufferBytes();
  }

  /**
   * Gives this back when no message can follow any more; also when the stream was dropped without
   * an end, as soon as the garbage collector finds that out.
   */
  void releaseWhenClosed(MessageDeflater used) {
    deflater = used;
    Dropped.CLEANER.register(this, used::release);
  }

  /** Has a daemon thread, from the first stream that compresses on. */
  private static final class Dropped {
    static final Cleaner CLEANER = Cleaner.create();
  }

  private void leaveOpen(State next) {
    state = next;
    try {
      if (deflater != null) {
        deflater.release();
      }
    } finally {
      Reference.reachabilityFence(this); // not at the same time as the cleaner
    }
  }

  /** The role as the frames know it. */
  static Role frameRole(StreamRole role) {
    return role == StreamRole.CLIENT ? Role.CLIENT : Role.SERVER;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isBroken() {
    return state == State.BROKEN;
  }

  /** Whether a flush is due. */
  boolean isPending() {
    return state != State.BROKEN && (queue.isPending() || latestPong != null);
  }

  int pendingBytes() {
    return queue.pendingBytes() + (latestPong == null ? 0 : frameBytes(latestPong.length));
  }

  boolean owesPong() {
    return owesPong;
  }

  /** Queues a frame with the payload from position to limit, which are not changed. */
  WriteOutcome write(boolean fin, int opcode, ByteBuffer payload) throws IOException {
    int length = payload.remaining();
    WriteOutcome refusal = refusal(length);
    return refusal != null ? refusal : queue(fin, 0, opcode, payload);
  }

  /** Queues a frame, however long, after {@link #refusal} had nothing against its message. */
  WriteOutcome queue(boolean fin, int rsv, int opcode, ByteBuffer payload) throws IOException {
    put(fin, rsv, opcode, payload, payload.position(), payload.remaining());
    return taken();
  }

  /** Queues a text message. */
  WriteOutcome writeText(CharSequence text) throws IOException {
    int length = Utf8.encodedLength(text);
    WriteOutcome refusal = refusal(length);
    if (refusal != null) {
      return refusal;
    }
    int key = masked ? ThreadBuffers.nextKey() : 0;
    int at = beginFrame(true, 0, Opcode.TEXT, length, key);
    Utf8.encode(text, queue.buffer(), at);
    endFrame(at, length, key);
    return taken();
  }

  /** Why a payload of this length is not taken, or null when it is. */
  @Nullable WriteOutcome refusal(int payloadBytes) throws IOException {
    if (payloadBytes > OutputQueue.MAX_BYTES - FrameEncoder.MAX_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "a frame must be smaller than 1 GiB, not of " + payloadBytes + " bytes");
    }
    if (state != State.OPEN) {
      return WriteOutcome.CLOSED;
    }
    if (!hasRoom(payloadBytes)) {
      flush();
      if (!hasRoom(payloadBytes)) {
        return WriteOutcome.FULL;
      }
    }
    if (latestPong != null) {
      // Its ping came before this message was written.
      queueLatestPong();
    }
    return null;
  }

  private boolean hasRoom(int payloadBytes) {
    int pending = pendingBytes();
    return pending == 0 || (long) pending + frameBytes(payloadBytes) <= maxWriteBufferBytes;
  }

  private int frameBytes(int payloadBytes) {
    return FrameEncoder.headerBytes(payloadBytes, masked) + payloadBytes;
  }

  private WriteOutcome taken() throws IOException {
    return queue.pendingBytes() <= writeBufferBytes ? WriteOutcome.QUEUED : flush();
  }

  /** Queues the pong of a ping with this payload. */
  void answerPing(ByteBuffer payload) {
    if (state != State.OPEN) {
      return;
    }
    owesPong = true;
    int length = payload.remaining();
    if (blocked) {
      byte[] copy = new byte[length];
      payload.get(payload.position(), copy);
      latestPong = copy;
    } else {
      put(true, 0, Opcode.PONG, payload, payload.position(), length);
    }
  }

  private void queueLatestPong() {
    byte[] pong = latestPong;
    if (pong != null) {
      latestPong = null;
      put(true, 0, Opcode.PONG, ByteBuffer.wrap(pong), 0, pong.length);
    }
  }

  /** Queues a close frame, however much waits, as the last frame. */
  void close(byte[] payload) {
    if (state == State.OPEN) {
      queueLatestPong();
      put(true, 0, Opcode.CLOSE, ByteBuffer.wrap(payload), 0, payload.length);
      leaveOpen(State.CLOSING);
    }
  }

  /**
   * Writes what waits.
   *
   * @return SENT when nothing is left, WOULD_BLOCK when something is, CLOSED after a failure
   */
  WriteOutcome flush() throws IOException {
    if (state == State.BROKEN) {
      return WriteOutcome.CLOSED;
    }
    boolean completed = false;
    try {
      blocked = !queue.flush();
      if (!blocked && latestPong != null) {
        queueLatestPong();
        blocked = !queue.flush();
      }
      completed = true;
    } finally {
      if (!completed) {
        release();
      }
    }
    if (blocked) {
      return WriteOutcome.WOULD_BLOCK;
    }
    owesPong = false;
    return WriteOutcome.SENT;
  }

  /** Drops what waits and takes nothing more. Idempotent. */
  void release() {
    leaveOpen(State.BROKEN);
    blocked = false;
    owesPong = false;
    latestPong = null;
    queue.release();
  }

  private void put(boolean fin, int rsv, int opcode, ByteBuffer payload, int index, int length) {
    int key = masked ? ThreadBuffers.nextKey() : 0;
    int at = beginFrame(fin, rsv, opcode, length, key);
    queue.buffer().put(at, payload, index, length);
    endFrame(at, length, key);
  }

  /** Writes a header into the queue and returns where its payload goes. */
  private int beginFrame(boolean fin, int rsv, int opcode, int length, int key) {
    int at = queue.reserve(frameBytes(length));
    ByteBuffer buffer = queue.buffer();
    return at
        + (masked
            ? FrameEncoder.putMaskedHeader(buffer, at, fin, rsv, opcode, length, key)
            : FrameEncoder.putHeader(buffer, at, fin, rsv, opcode, length));
  }

  private void endFrame(int payloadAt, int length, int key) {
    if (masked) {
      JavaMasker.INSTANCE.mask(queue.buffer(), payloadAt, length, key, 0);
    }
    queue.commit(frameBytes(length));
  }
}
