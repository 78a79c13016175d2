package io.github.volfram.internal.transport.jna;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the base addresses of direct buffers, each of which costs a call through JNA to learn.
 * Pinned buffers stay; of others the last few are kept. Used by one thread at a time. It holds the
 * buffers it knows, so that an address in it is always that of a living one.
 */
final class BufferAddresses {

  private static final int RECENT = 4;

  private final ByteBuffer[] pinned;
  private final long[] pinnedAddresses;
  private final @Nullable ByteBuffer[] recent = new @Nullable ByteBuffer[RECENT];
  private final long[] recentAddresses = new long[RECENT];
  private int oldest;

  BufferAddresses(ByteBuffer... pinned) {
    this.pinned = pinned;
    this.pinnedAddresses = new long[pinned.length];
    for (int i = 0; i < pinned.length; i++) {
      pinnedAddresses[i] = NativeLoader.addressOf(pinned[i]);
    }
  }

  /** The address of the first byte of a direct buffer. */
  @SuppressWarnings("ReferenceEquality") // equal buffers lie elsewhere
  long of(ByteBuffer direct) {
    for (int i = 0; i < pinned.length; i++) {
      if (pinned[i] == direct) {
        return pinnedAddresses[i];
      }
    }
    for (int i = 0; i < RECENT; i++) {
      if (recent[i] == direct) {
        return recentAddresses[i];
      }
    }
    long address = NativeLoader.addressOf(direct);
    recent[oldest] = direct;
    recentAddresses[oldest] = address;
    oldest = (oldest + 1) % RECENT;
    return address;
  }
}
