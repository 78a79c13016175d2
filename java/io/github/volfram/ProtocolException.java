package io.github.volfram;

import java.io.IOException;

/** The peer broke the protocol, and this side failed the connection (RFC 6455 §7.1.7). */
public final class ProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int closeCode;
  private final String rfcSection;

  /** Made by the library. */
  public ProtocolException(String message, int closeCode, String rfcSection) {
    super(message);
    this.closeCode = closeCode;
    this.rfcSection = rfcSection;
  }

  /** The close code that was sent to the peer. */
  public int closeCode() {
    return closeCode;
  }

  /** The section of the RFC that was broken, such as {@code RFC 6455 §5.2}. */
  public String rfcSection() {
    return rfcSection;
  }
}
