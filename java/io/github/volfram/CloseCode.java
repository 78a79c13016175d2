package io.github.volfram;

/**
 * Close codes of RFC 6455 §7.4.1. An application may send {@link #NORMAL_CLOSURE} and 3000 to 4999;
 * the others are sent by the library where the RFC asks for them.
 */
public final class CloseCode {

  /** 1000: the purpose of the connection is fulfilled. */
  public static final int NORMAL_CLOSURE = 1000;

  /** 1001: the server goes down, or the browser leaves the page. */
  public static final int GOING_AWAY = 1001;

  /** 1002: a frame broke the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** 1003: a kind of data that the endpoint does not accept. */
  public static final int UNSUPPORTED_DATA = 1003;

  /** 1005: the close frame carried no code. Never on the wire. */
  public static final int NO_STATUS_RECEIVED = 1005;

  /** 1006: the connection was lost without a close frame. Never on the wire. */
  public static final int ABNORMAL_CLOSURE = 1006;

  /** 1007: data that contradicts its type, such as text that is not UTF-8. */
  public static final int INVALID_PAYLOAD_DATA = 1007;

  /** 1008: a message that breaks the endpoint's policy. */
  public static final int POLICY_VIOLATION = 1008;

  /** 1009: a message larger than the endpoint takes. */
  public static final int MESSAGE_TOO_BIG = 1009;

  /** 1010: the server did not agree to an extension that the client needs. */
  public static final int MANDATORY_EXTENSION = 1010;

  /** 1011: the server met a condition that it did not expect. */
  public static final int INTERNAL_ERROR = 1011;

  private CloseCode() {}
}
