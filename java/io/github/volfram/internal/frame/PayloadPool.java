package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers for payloads that arrive in parts, in power-of-two classes from 4 KiB. One pool
 * belongs to one event loop's thread. Invariant: the buffers at rest amount to at most the bound
 * given to the constructor; those lent out are not counted.
 */
public final class PayloadPool {

  /** The largest buffer. */
  static final int MAX_BUFFER_BYTES = 1 << 30;

  private static final int MIN_SHIFT = 12;
  private static final int MAX_SHIFT = 30;

  private final ArrayDeque<ByteBuffer>[] classes = classes();
  private final long maxRetainedBytes;
  private long retainedBytes;

  /**
   * Makes an empty pool.
   *
   * @param maxRetainedBytes how many bytes it may keep for later, 0 or more
   */
  public PayloadPool(long maxRetainedBytes) {
    if (maxRetainedBytes < 0) {
      throw new IllegalArgumentException(
          "maxRetainedBytes must not be negative: " + maxRetainedBytes);
    }
    this.maxRetainedBytes = maxRetainedBytes;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // no generic arrays
  private static ArrayDeque<ByteBuffer>[] classes() {
    ArrayDeque<ByteBuffer>[] classes = new ArrayDeque[MAX_SHIFT - MIN_SHIFT + 1];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = new ArrayDeque<>(4);
    }
    return classes;
  }

  /**
   * Lends a direct buffer with position 0 and limit at its capacity. Takes the largest one at rest
   * that is not above the class of {@code wishedBytes}; where there is none it allocates the class
   * of {@code minBytes} only, so that a peer cannot reserve memory by declaring a length.
   *
   * @param minBytes the least capacity, 0 to 1 GiB
   * @param wishedBytes the capacity that would avoid growing later
   */
  public ByteBuffer acquire(int minBytes, int wishedBytes) {
    int smallest = classOf(minBytes);
    for (int i = Math.max(smallest, classOf(wishedBytes)); i >= smallest; i--) {
      ByteBuffer buffer = classes[i].pollLast();
      if (buffer != null) {
        retainedBytes -= buffer.capacity();
        return buffer;
      }
    }
    return ByteBuffer.allocateDirect(1 << (smallest + MIN_SHIFT));
  }

  /**
   * Exchanges a buffer for one with room for more, keeping its first bytes.
   *
   * @param usedBytes how many bytes to keep
   * @param minBytes as for {@link #acquire}, more than the old capacity
   */
  ByteBuffer grow(ByteBuffer old, int usedBytes, int minBytes, int wishedBytes) {
    ByteBuffer grown = acquire(minBytes, wishedBytes);
    grown.put(0, old, 0, usedBytes);
    release(old);
    return grown;
  }

  /**
   * Lends a buffer that holds, from position to limit, what a lent one holds and then more bytes.
   *
   * @param first what comes first, from position to limit; taken back by this call. Null for none
   */
  public ByteBuffer join(@Nullable ByteBuffer first, ByteBuffer second, int index, int length) {
    int kept = first == null ? 0 : first.remaining();
    ByteBuffer joined = acquire(kept + length, kept + length).clear();
    if (first != null) {
      joined.put(0, first, first.position(), kept);
      release(first);
    }
    joined.put(kept, second, index, length);
    return joined.limit(kept + length);
  }

  /** Takes a lent buffer back; the caller must not touch it any more. */
  public void release(ByteBuffer buffer) {
    int capacity = buffer.capacity();
    if (retainedBytes + capacity <= maxRetainedBytes) {
      retainedBytes += capacity;
      classes[classOf(capacity)].addLast(buffer.clear());
    }
  }

  /** How many bytes are kept for later. */
  public long retainedBytes() {
    return retainedBytes;
  }

  private static int classOf(int bytes) {
    if (bytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException("expected at most 1 GiB, got " + bytes + " bytes");
    }
    int shift = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(bytes, 1) - 1);
    return Math.max(shift - MIN_SHIFT, 0);
  }
}
