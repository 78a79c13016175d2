package io.github.volfram.internal.handshake;

/**
 * What both sides keep to when they compress (RFC 7692 §7.1).
 *
 * @param serverNoContextTakeover the server begins each message with an empty window
 * @param clientNoContextTakeover the client begins each message with an empty window
 * @param serverMaxWindowBits the largest window that the server compresses with, 8 to 15
 * @param clientMaxWindowBits the largest window that the client compresses with, 8 to 15
 */
public record DeflateAgreement(
    boolean serverNoContextTakeover,
    boolean clientNoContextTakeover,
    int serverMaxWindowBits,
    int clientMaxWindowBits) {

  /** Checks the window bits. */
  public DeflateAgreement {
    PerMessageDeflateOffer.requireWindowBits(serverMaxWindowBits);
    PerMessageDeflateOffer.requireWindowBits(clientMaxWindowBits);
  }
}
