package io.github.volfram.internal.engine;

/** Where a connection is; the closing states say who has sent a close frame (RFC 6455 §7.1). */
enum ConnectionState {
  /** A client's TCP connection is being made. */
  CONNECTING,
  /** The opening handshake is under way. */
  HANDSHAKING,
  /** A server refused the handshake and is sending its HTTP answer. */
  REFUSED,
  /** Messages flow in both directions. */
  OPEN,
  /** We sent a close frame and wait for the peer's; its messages still arrive. */
  CLOSED_BY_US,
  /** The peer sent a close frame first, and ours has answered it. */
  CLOSED_BY_PEER,
  /** The peer has answered our close frame. */
  CLOSE_ACKNOWLEDGED,
  /** We failed the connection with a close frame (§7.1.7) and read nothing more. */
  FAILED,
  /** The socket is closed and nothing more happens. */
  TERMINATED;

  boolean mayBecome(ConnectionState next) {
    if (next == TERMINATED) {
      return this != TERMINATED;
    }
    return switch (this) {
      case CONNECTING -> next == HANDSHAKING;
      case HANDSHAKING -> next == OPEN || next == REFUSED;
      case OPEN -> next == CLOSED_BY_US || next == CLOSED_BY_PEER || next == FAILED;
      case CLOSED_BY_US -> next == CLOSE_ACKNOWLEDGED || next == FAILED;
      case REFUSED, CLOSED_BY_PEER, CLOSE_ACKNOWLEDGED, FAILED, TERMINATED -> false;
    };
  }

  /** Whether messages of the peer are delivered. */
  boolean receives() {
    return this == OPEN || this == CLOSED_BY_US;
  }

  /** Whether the listener has been told of the connection. */
  boolean wasOpened() {
    return switch (this) {
      case CONNECTING, HANDSHAKING, REFUSED -> false;
      default -> true;
    };
  }
}
