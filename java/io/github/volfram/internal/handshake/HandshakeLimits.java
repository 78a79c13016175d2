package io.github.volfram.internal.handshake;

/**
 * How much of a head is read before the peer is refused.
 *
 * @param maxLineBytes bytes of one line, without its CRLF
 * @param maxHeadBytes bytes of the whole head, with every CRLF and the empty line
 * @param maxHeaders header lines
 */
public record HandshakeLimits(int maxLineBytes, int maxHeadBytes, int maxHeaders) {

  /** 8 KiB for a line, 16 KiB for a head, 100 headers. */
  public static final HandshakeLimits DEFAULT = new HandshakeLimits(8192, 16384, 100);

  /** Checks the limits. */
  public HandshakeLimits {
    if (maxLineBytes < 1 || maxHeadBytes < 1 || maxHeaders < 1) {
      throw new IllegalArgumentException(
          "handshake limits must be positive: line "
              + maxLineBytes
              + ", head "
              + maxHeadBytes
              + ", headers "
              + maxHeaders);
    }
  }
}
