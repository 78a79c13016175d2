package io.github.volfram.internal.stream;

import io.github.volfram.internal.frame.MaskingKeys;
import io.github.volfram.internal.frame.PayloadPool;

/**
 * What the streams of one thread share, so that an idle one holds no buffer: it borrows one when
 * there are bytes to read or to write and gives it back when they are gone. A stream may change its
 * thread between two calls; a buffer may then come back to another pool than it came from.
 */
final class ThreadBuffers {

  private static final long MAX_RETAINED_BYTES = 1 << 20;

  private static final ThreadLocal<ThreadBuffers> OF_THREAD =
      ThreadLocal.withInitial(ThreadBuffers::new);

  private final PayloadPool pool = new PayloadPool(MAX_RETAINED_BYTES);
  private final MaskingKeys keys = new MaskingKeys();

  private ThreadBuffers() {}

  /** The current thread's pool; not to be kept. */
  static PayloadPool pool() {
    return OF_THREAD.get().pool;
  }

  /** The next masking key of the current thread (RFC 6455 §5.3). */
  static int nextKey() {
    return OF_THREAD.get().keys.next();
  }
}
