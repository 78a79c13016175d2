package io.github.volfram.internal.transport;

import java.nio.ByteBuffer;

/**
 * Masks, unmasks and checks payload bytes in place (RFC 6455 §5.3, §8.1). Implementations are
 * stateless and may be used by any thread; a buffer is used by one thread at a time. Absolute
 * indexes: a buffer's position and limit are neither read nor changed. Out-of-range arguments are
 * an {@link IndexOutOfBoundsException}.
 */
public interface Masker {

  /** The UTF-8 state before the first byte of a message and after each complete character. */
  int UTF8_COMPLETE = 0;

  /** The UTF-8 state after a byte that cannot occur there; final. */
  int UTF8_INVALID = -1;

  /**
   * XORs bytes with the masking key.
   *
   * @param key the four bytes of the key as they stand on the wire, read big-endian; 0 changes
   *     nothing
   * @param offset how many payload bytes of this frame precede {@code index}; only its lowest two
   *     bits count
   */
  void mask(ByteBuffer buffer, int index, int length, int key, long offset);

  /**
   * XORs bytes as {@link #mask} does and checks that the result continues well-formed UTF-8.
   * Overlong forms, surrogates and code points above U+10FFFF are ill-formed, and noticed at the
   * first byte that no well-formed sequence has there.
   *
   * @param state what the previous call for this message returned, or {@link #UTF8_COMPLETE}
   * @return the state to continue with: {@link #UTF8_COMPLETE}, or a positive number inside a
   *     character (its meaning is the same for all implementations: see {@code Utf8}), or {@link
   *     #UTF8_INVALID}, in which case the bytes after the offending one may or may not be unmasked
   */
  int maskText(ByteBuffer buffer, int index, int length, int key, long offset, int state);
}
