package io.github.volfram;

/**
 * How messages are compressed where both sides agree to permessage-deflate (RFC 7692). Immutable;
 * any thread may use it.
 *
 * <p>The length of a compressed message tells how much of it repeats what was sent before: do not
 * compress a message that has secrets beside text that an attacker may choose, or send it by {@link
 * WebSocket#offerBinary(java.nio.ByteBuffer, boolean)} with {@code mayCompress} false.
 *
 * @param level how hard to compress: 1 (fast) to 9 (small)
 * @param thresholdBytes messages shorter than this are sent as they are
 * @param serverNoContextTakeover the server begins each message with an empty window, which costs
 *     compression and saves 300 KiB for each connection that uses it (§7.1.1.1)
 * @param clientNoContextTakeover the client does so (§7.1.1.2)
 * @param serverMaxWindowBits how far the server's messages may refer back: 2 to the power of 8 to
 *     15 bytes (§7.1.2.1)
 * @param clientMaxWindowBits how far the client's may (§7.1.2.2)
 * @param maxDeflaters how many connections of one event loop may compress at the same time, 256 KiB
 *     each; further ones send uncompressed messages
 */
public record DeflateOptions(
    int level,
    int thresholdBytes,
    boolean serverNoContextTakeover,
    boolean clientNoContextTakeover,
    int serverMaxWindowBits,
    int clientMaxWindowBits,
    int maxDeflaters) {

  /** Level 6 from 1,024 bytes on, with context takeover, for 1,024 connections of a loop. */
  public static final DeflateOptions DEFAULT =
      new DeflateOptions(6, 1024, false, false, 15, 15, 1024);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException for a value out of its bounds
   */
  public DeflateOptions {
    Bounds.within("level", level, 1, 9);
    Bounds.within("thresholdBytes", thresholdBytes, 0, Integer.MAX_VALUE);
    Bounds.within("serverMaxWindowBits", serverMaxWindowBits, 8, 15);
    Bounds.within("clientMaxWindowBits", clientMaxWindowBits, 8, 15);
    Bounds.within("maxDeflaters", maxDeflaters, 0, Integer.MAX_VALUE);
  }

  /** The same options with another threshold. */
  public DeflateOptions withThresholdBytes(int bytes) {
    return new DeflateOptions(
        level,
        bytes,
        serverNoContextTakeover,
        clientNoContextTakeover,
        serverMaxWindowBits,
        clientMaxWindowBits,
        maxDeflaters);
  }

  /** The same options without context takeover in both directions. */
  public DeflateOptions withoutContextTakeover() {
    return new DeflateOptions(
        level, thresholdBytes, true, true, serverMaxWindowBits, clientMaxWindowBits, maxDeflaters);
  }

  /** The same options with other windows. */
  public DeflateOptions withMaxWindowBits(int server, int client) {
    return new DeflateOptions(
        level,
        thresholdBytes,
        serverNoContextTakeover,
        clientNoContextTakeover,
        server,
        client,
        maxDeflaters);
  }
}
