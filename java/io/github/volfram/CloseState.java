package io.github.volfram;

/**
 * How far the closing handshake of a {@link WebSocketStream} is, and who began it (RFC 6455 §7.1).
 */
public enum CloseState {
  /** Nobody has closed. */
  ACTIVE,
  /** This side's close frame came first, by {@code close} or because the peer broke a rule. */
  CLOSED_BY_US,
  /** The peer's close frame came first; this side's answer is not wholly sent. */
  CLOSED_BY_PEER,
  /** Both close frames have gone their way; what is left is to end the connection. */
  CLOSE_ACKNOWLEDGED,
  /** The connection has ended, in good order or not. */
  TERMINATED;

  /** Whether messages of the peer may still arrive. */
  public boolean canRead() {
    return this == ACTIVE || this == CLOSED_BY_US;
  }

  /** Whether messages may be written. */
  public boolean canWrite() {
    return this == ACTIVE;
  }
}
