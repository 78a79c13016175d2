package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;

/** Compresses to raw DEFLATE (RFC 1951), flushed to a whole byte after each input. */
interface BlockDeflater {

  /** The window's size is 2 to the power of this; no reference goes further back. */
  int windowBits();

  /**
   * Takes the next bytes, from position to limit. Both are the deflater's to change, and the bytes
   * must stay as they are, until {@link #deflate} has returned true.
   */
  void input(ByteBuffer region);

  /**
   * Compresses the input and ends it with an empty block without compression (00 00 FF FF), except
   * where neither input nor output came since the last one.
   *
   * @param out written to from its position, which is advanced, to its limit
   * @return whether all is out; else the method is to be called again with more room
   */
  boolean deflate(ByteBuffer out);

  /** Forgets all that was compressed. */
  void reset();

  /** Frees the memory. */
  void end();
}
