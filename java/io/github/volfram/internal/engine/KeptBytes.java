package io.github.volfram.internal.engine;

import io.github.volfram.internal.frame.PayloadPool;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have arrived and cannot be used yet, in one pooled buffer, which is held only while
 * there are some. Each byte is moved a bounded number of times, however few come at once. On the
 * loop's thread.
 */
final class KeptBytes {

  private final PayloadPool pool;

  /** From position to limit. */
  private @Nullable ByteBuffer bytes;

  KeptBytes(PayloadPool pool) {
    this.pool = pool;
  }

  boolean isEmpty() {
    return bytes == null;
  }

  /**
   * Adds the bytes from position to limit.
   *
   * @param usualBytes how many will probably be kept together
   */
  void add(ByteBuffer more, int usualBytes) {
    int length = more.remaining();
    ByteBuffer into = bytes;
    int held = into == null ? 0 : into.remaining();
    if (into == null || into.capacity() - into.limit() < length) {
      int room = Math.max(usualBytes, 2 * held + length);
      ByteBuffer larger = pool.acquire(room, room).clear();
      if (into != null) {
        larger.put(0, into, into.position(), held);
        pool.release(into);
      }
      into = larger.limit(held);
      bytes = into;
    }
    int end = into.limit();
    into.limit(end + length).put(end, more, more.position(), length);
  }

  /** Lends all that is kept, so that a {@link #release} meanwhile does not give it to others. */
  @Nullable ByteBuffer take() {
    ByteBuffer taken = bytes;
    bytes = null;
    return taken;
  }

  /** Keeps what is left of what was lent, unless nothing is, or it is not wanted. */
  void putBack(ByteBuffer taken, boolean wanted) {
    if (wanted && taken.hasRemaining()) {
      bytes = taken;
    } else {
      pool.release(taken);
    }
  }

  /** Drops what is kept. Idempotent. */
  void release() {
    if (bytes != null) {
      pool.release(bytes);
      bytes = null;
    }
  }
}
