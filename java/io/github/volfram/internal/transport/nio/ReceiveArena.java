package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The one buffer that all sockets of a loop are read into, one region after the other. */
final class ReceiveArena {

  /** What is left free before each region, for a sink that moves or frames bytes in place. */
  static final int ROOM_BYTES = 16;

  /**
   * Two reads of the largest size. Small messages fill it after some thousand sockets; a larger
   * arena would only fall out of the processor's cache.
   */
  static final int BYTES = 2 * (Transport.MAX_RECEIVE_BYTES + 2 * ROOM_BYTES);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);

  /** The sink may move the position and limit of the buffer itself, so reads have their own. */
  private final ByteBuffer view = buffer.duplicate();

  private int index = ROOM_BYTES;
  private int next = ROOM_BYTES;

  ByteBuffer buffer() {
    return buffer;
  }

  boolean hasRoom() {
    return BYTES - next >= Transport.MAX_RECEIVE_BYTES;
  }

  void rewind() {
    next = ROOM_BYTES;
  }

  /** Reads once; afterwards {@link #index} is where the bytes begin. */
  int receive(ReadableByteChannel channel) throws IOException {
    view.limit(next + Transport.MAX_RECEIVE_BYTES).position(next);
    int length = channel.read(view);
    if (length > 0) {
      index = next;
      int end = next + length;
      next = ((end + ROOM_BYTES - 1) & -ROOM_BYTES) + ROOM_BYTES;
    }
    return length;
  }

  int index() {
    return index;
  }
}
