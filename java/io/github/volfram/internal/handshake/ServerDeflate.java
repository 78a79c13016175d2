package io.github.volfram.internal.handshake;

/**
 * What a server makes of offers of permessage-deflate (RFC 7692).
 *
 * @param enabled whether any offer is accepted
 * @param smallWindows whether the server's deflater can be held to a window below 15 bits; without
 *     it an offer that asks for one is declined
 * @param serverNoContextTakeover whether the server empties its window after each message even when
 *     the client did not ask for it
 * @param clientNoContextTakeover whether the client is told to do so
 * @param serverMaxWindowBits the largest window that the server will use; 15 without smallWindows
 * @param clientMaxWindowBits the largest window that a client is told to use, if its offer lets it
 *     be told
 */
public record ServerDeflate(
    boolean enabled,
    boolean smallWindows,
    boolean serverNoContextTakeover,
    boolean clientNoContextTakeover,
    int serverMaxWindowBits,
    int clientMaxWindowBits) {

  /** No compression. */
  public static final ServerDeflate OFF = new ServerDeflate(false, false, false, false, 15, 15);

  /** Compression with the JDK's deflater and nothing that the client did not ask for. */
  public static final ServerDeflate ON = new ServerDeflate(true, false, false, false, 15, 15);

  /** Checks the window bits. */
  public ServerDeflate {
    PerMessageDeflateOffer.requireWindowBits(serverMaxWindowBits);
    PerMessageDeflateOffer.requireWindowBits(clientMaxWindowBits);
    if (!smallWindows && serverMaxWindowBits < PerMessageDeflateOffer.MAX_WINDOW_BITS) {
      throw new IllegalArgumentException(
          "serverMaxWindowBits must be 15 when the deflater has no small windows, not "
              + serverMaxWindowBits);
    }
  }
}
