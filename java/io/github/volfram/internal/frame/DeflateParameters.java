package io.github.volfram.internal.frame;

/**
 * What was negotiated for permessage-deflate (RFC 7692 §7.1), as one side sees it.
 *
 * @param outboundNoContextTakeover whether our messages must not refer back to earlier ones
 * @param outboundWindowBits how far our messages may refer back: 2 to the power of 8 to 15 bytes
 * @param inboundNoContextTakeover whether the peer's messages do not refer back to earlier ones
 * @param inboundWindowBits how far the peer's messages refer back, 8 to 15. A peer that goes beyond
 *     it is not failed: the JDK's inflater always has the largest window, and so can follow
 */
public record DeflateParameters(
    boolean outboundNoContextTakeover,
    int outboundWindowBits,
    boolean inboundNoContextTakeover,
    int inboundWindowBits) {

  static final int MIN_WINDOW_BITS = 8;
  static final int MAX_WINDOW_BITS = 15;

  /** Checks the windows. */
  public DeflateParameters {
    checkWindowBits("outboundWindowBits", outboundWindowBits);
    checkWindowBits("inboundWindowBits", inboundWindowBits);
  }

  /** What was agreed about server and client, as the side in this role sees it. */
  public static DeflateParameters of(
      Role role,
      boolean serverNoContextTakeover,
      int serverWindowBits,
      boolean clientNoContextTakeover,
      int clientWindowBits) {
    return role == Role.SERVER
        ? new DeflateParameters(
            serverNoContextTakeover, serverWindowBits, clientNoContextTakeover, clientWindowBits)
        : new DeflateParameters(
            clientNoContextTakeover, clientWindowBits, serverNoContextTakeover, serverWindowBits);
  }

  private static void checkWindowBits(String name, int bits) {
    if (bits < MIN_WINDOW_BITS || bits > MAX_WINDOW_BITS) {
      throw new IllegalArgumentException("expected 8 to 15 as " + name + ", got " + bits);
    }
  }
}
