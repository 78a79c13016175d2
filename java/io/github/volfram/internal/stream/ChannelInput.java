package io.github.volfram.internal.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that were read and not consumed yet. Invariant: a buffer is held only from a read that
 * gave bytes until the next {@link #fill}, so views of it stay valid that long.
 */
public final class ChannelInput {

  /** The channel has ended. */
  static final int END = -1;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final Port port;
  private final int readBufferBytes;
  private @Nullable ByteBuffer borrowed;
  private int index;
  private int end;

  /** The last read was short, so the next one would give nothing. */
  private boolean drained;

  /** An input without bytes. */
  public ChannelInput(Port port, int readBufferBytes) {
    this.port = port;
    this.readBufferBytes = readBufferBytes;
  }

  /** Puts bytes before those of the channel; they are copied. Only while it is empty. */
  public void prefill(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (length > 0) {
      borrow(length).put(0, bytes, bytes.position(), length);
      index = 0;
      end = length;
    }
  }

  boolean isEmpty() {
    return index == end;
  }

  ByteBuffer buffer() {
    return borrowed == null ? NONE : borrowed;
  }

  int index() {
    return index;
  }

  int length() {
    return end - index;
  }

  void consumed(int bytes) {
    index += bytes;
  }

  /**
   * Reads once, when all bytes are consumed. Does not ask a socket that gave less than it could:
   * that saves a system call for each message.
   *
   * @return how many bytes came, 0 for none now, or {@link #END}
   */
  int fill() throws IOException {
    if (drained) {
      drained = false;
      release();
      return 0;
    }
    int wanted = readBufferBytes;
    ByteBuffer into = borrow(wanted).clear().limit(wanted);
    index = 0;
    end = 0;
    int read = port.read(into);
    if (read <= 0) {
      release();
      return read;
    }
    end = read;
    drained = read < wanted && port.shortMeansBlocked();
    return read;
  }

  /** Gives the buffer back with whatever is in it. Idempotent. */
  void release() {
    ByteBuffer buffer = borrowed;
    if (buffer != null) {
      borrowed = null;
      index = 0;
      end = 0;
      ThreadBuffers.pool().release(buffer);
    }
  }

  private ByteBuffer borrow(int bytes) {
    ByteBuffer buffer = borrowed;
    if (buffer == null || buffer.capacity() < bytes) {
      release();
      buffer = ThreadBuffers.pool().acquire(bytes, bytes);
      borrowed = buffer;
    }
    return buffer;
  }
}
