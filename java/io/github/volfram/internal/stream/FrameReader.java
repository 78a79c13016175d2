package io.github.volfram.internal.stream;

import io.github.volfram.CloseCode;
import io.github.volfram.internal.frame.FrameDecoder;
import io.github.volfram.internal.frame.FrameSink;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.ProtocolViolation;
import io.github.volfram.internal.frame.Role;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Collects one frame at a time, unmasked and whole. Used by the thread that drives the stream. */
final class FrameReader implements FrameSink {

  private static final int MAX_RETAINED_BYTES = 64 << 10;
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final FrameDecoder decoder;
  private final int maxFrameBytes;
  private final PayloadPool pool = new PayloadPool(MAX_RETAINED_BYTES);

  private boolean fin;
  private int opcode;
  private int declaredBytes;
  private boolean complete;
  private ByteBuffer payload = NONE;
  private int payloadIndex;

  /** Holds a frame that came in parts, until the next one is asked for. */
  private @Nullable ByteBuffer parts;

  FrameReader(Role role, int maxFrameBytes) {
    this.decoder = new FrameDecoder(role);
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Forgets the frame that was read. */
  void next() {
    if (complete) {
      complete = false;
      release();
    }
  }

  /** Consumes bytes until a frame is complete; returns how many. */
  int receive(ByteBuffer in, int index, int length) throws ProtocolViolation {
    return decoder.decode(in, index, length, this);
  }

  boolean isComplete() {
    return complete;
  }

  boolean fin() {
    return fin;
  }

  int opcode() {
    return opcode;
  }

  ByteBuffer payload() {
    return payload.slice(payloadIndex, complete ? declaredBytes : 0).asReadOnlyBuffer();
  }

  void release() {
    payload = NONE;
    payloadIndex = 0;
    if (parts != null) {
      pool.release(parts);
      parts = null;
    }
  }

  @Override
  public void header(boolean fin, int rsv, int opcode, long length, int key)
      throws ProtocolViolation {
    if (length > maxFrameBytes) {
      throw new ProtocolViolation(
          CloseCode.MESSAGE_TOO_BIG,
          "RFC 6455 §10.4",
          "expected a frame of at most " + maxFrameBytes + " bytes, got " + length);
    }
    this.fin = fin;
    this.opcode = opcode;
    this.declaredBytes = (int) length;
  }

  @Override
  public boolean payload(
      ByteBuffer buffer, int index, int length, int key, long offset, boolean end) {
    JavaMasker.INSTANCE.mask(buffer, index, length, key, offset);
    if (end && offset == 0) {
      payload = buffer;
      payloadIndex = index;
    } else {
      payload = append(buffer, index, length, (int) offset);
      payloadIndex = 0;
    }
    complete = end;
    return !end;
  }

  private ByteBuffer append(ByteBuffer buffer, int index, int length, int before) {
    int needed = before + length;
    ByteBuffer into = parts;
    if (into == null || into.capacity() < needed) {
      into = pool.acquire(needed, declaredBytes);
      if (parts != null) {
        into.put(0, parts, 0, before);
        pool.release(parts);
      }
      parts = into;
    }
    into.put(before, buffer, index, length);
    return into;
  }
}
