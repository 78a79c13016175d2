package io.github.volfram.internal.stream;

import io.github.volfram.internal.frame.PayloadPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes that wait for the channel, in order. Invariant: holds no buffer while it is empty. */
final class OutputQueue {

  /** The most bytes that one reservation may ask for. */
  static final int MAX_BYTES = 1 << 30;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final Port port;
  private @Nullable ByteBuffer borrowed;
  private int head;
  private int tail;

  OutputQueue(Port port) {
    this.port = port;
  }

  int pendingBytes() {
    return tail - head;
  }

  /** Whether a flush is due, be it for what the channel holds back itself. */
  boolean isPending() {
    return head < tail || port.holdsBack();
  }

  /** The buffer that {@link #reserve} speaks of. */
  ByteBuffer buffer() {
    return borrowed == null ? NONE : borrowed;
  }

  /** Makes room for bytes behind those that wait, and returns the index where they go. */
  int reserve(int bytes) {
    ByteBuffer buffer = borrowed;
    if (buffer == null) {
      borrowed = ThreadBuffers.pool().acquire(bytes, bytes);
      return 0;
    }
    if (buffer.capacity() - tail < bytes) {
      makeRoom(buffer, bytes);
    }
    return tail;
  }

  private void makeRoom(ByteBuffer buffer, int bytes) {
    int pending = pendingBytes();
    // Moving only what is at most half the buffer keeps the cost per byte constant.
    if (pending <= buffer.capacity() / 2 && buffer.capacity() - pending >= bytes) {
      buffer.put(0, buffer, head, pending);
    } else {
      PayloadPool pool = ThreadBuffers.pool();
      int needed = Math.addExact(pending, bytes);
      ByteBuffer larger = pool.acquire(needed, needed);
      larger.put(0, buffer, head, pending);
      pool.release(buffer);
      borrowed = larger;
    }
    head = 0;
    tail = pending;
  }

  /** Queues the bytes that were put where {@link #reserve} said. */
  void commit(int bytes) {
    tail += bytes;
  }

  /** Writes as much as the channel takes; returns whether nothing is left. */
  boolean flush() throws IOException {
    ByteBuffer buffer = borrowed;
    if (buffer != null) {
      buffer.limit(tail).position(head);
      try {
        port.write(buffer);
      } finally {
        head = buffer.position();
        buffer.clear();
      }
      if (head < tail) {
        return false;
      }
      release();
    }
    return port.flush();
  }

  /** Drops what waits. Idempotent. */
  void release() {
    ByteBuffer buffer = borrowed;
    if (buffer != null) {
      borrowed = null;
      head = 0;
      tail = 0;
      ThreadBuffers.pool().release(buffer);
    }
  }
}
