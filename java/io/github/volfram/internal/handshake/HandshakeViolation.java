package io.github.volfram.internal.handshake;

/**
 * The peer broke a rule of the opening handshake. Thrown once for each refused peer, so it has no
 * stack trace: a flood of bad requests must stay cheap.
 */
public final class HandshakeViolation extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String rfcSection;
  private final transient HttpHeaders extra;

  HandshakeViolation(int status, String rfcSection, String what) {
    this(status, rfcSection, what, HttpHeaders.EMPTY);
  }

  HandshakeViolation(int status, String rfcSection, String what, HttpHeaders extra) {
    super(what + " (" + rfcSection + ")", null, false, false);
    this.status = status;
    this.rfcSection = rfcSection;
    this.extra = extra;
  }

  /** A 400: the usual answer to a request that makes no sense. */
  static HandshakeViolation badRequest(String rfcSection, String what) {
    return new HandshakeViolation(400, rfcSection, what);
  }

  /** The HTTP status that a server answers with; without meaning on the client's side. */
  public int status() {
    return status;
  }

  /** The rule that was broken, as in "RFC 6455 §4.2.1". */
  public String rfcSection() {
    return rfcSection;
  }

  /** Headers that belong to the answer: Allow, Sec-WebSocket-Version, Upgrade. */
  public HttpHeaders extra() {
    return extra;
  }
}
