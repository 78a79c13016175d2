package io.github.volfram.internal.frame;

/**
 * The peer did what the protocol forbids, or more than our limits allow. Carries everything that
 * the close frame needs, so there is one ladder from any violation to failing the connection (RFC
 * 6455 §7.1.7). Has no stack trace: a peer must not be able to make us fill one per frame.
 */
public final class ProtocolViolation extends Exception {

  private static final long serialVersionUID = 1;

  /** Protocol error (§7.4.1). */
  static final int PROTOCOL_ERROR = 1002;

  /** Data that does not fit the type of the message (§7.4.1). */
  static final int INVALID_PAYLOAD = 1007;

  /** A message that violates our policy (§7.4.1). */
  static final int POLICY_VIOLATION = 1008;

  /** A message too big to process (§7.4.1). */
  static final int TOO_BIG = 1009;

  private final int closeCode;
  private final String rfcSection;

  /**
   * Makes a violation.
   *
   * @param closeCode the code for the close frame
   * @param rfcSection the rule, as in {@code "RFC 6455 §5.2"}
   * @param what what was expected and what came instead
   */
  public ProtocolViolation(int closeCode, String rfcSection, String what) {
    super(what + " (" + rfcSection + ")", null, false, false);
    this.closeCode = closeCode;
    this.rfcSection = rfcSection;
  }

  static ProtocolViolation protocolError(String rfcSection, String what) {
    return new ProtocolViolation(PROTOCOL_ERROR, rfcSection, what);
  }

  static ProtocolViolation tooBig(String what, long max, long actual) {
    return new ProtocolViolation(
        TOO_BIG,
        "RFC 6455 §10.4",
        "expected a " + what + " of at most " + max + " bytes, got " + actual);
  }

  /** The code that the close frame is to carry: 1002, 1007, 1008 or 1009. */
  public int closeCode() {
    return closeCode;
  }

  /** The section that forbids it, as in {@code "RFC 6455 §5.2"}. */
  public String rfcSection() {
    return rfcSection;
  }
}
