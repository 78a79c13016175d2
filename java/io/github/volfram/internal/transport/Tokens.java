package io.github.volfram.internal.transport;

/**
 * A token names a socket within its loop: the slot in the low 32 bits, the generation in the high
 * 32. A slot is reused, a pair of slot and generation is not, so an event of a closed socket finds
 * nothing.
 */
public final class Tokens {

  private Tokens() {}

  /** Makes a token; the slot is not negative. */
  public static long of(int slot, int generation) {
    return ((long) generation << 32) | (slot & 0xFFFF_FFFFL);
  }

  /** The slot of a token. */
  public static int slot(long token) {
    return (int) token;
  }

  /** The generation of a token. */
  public static int generation(long token) {
    return (int) (token >>> 32);
  }
}
