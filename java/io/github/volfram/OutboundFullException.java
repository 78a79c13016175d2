package io.github.volfram;

import java.io.IOException;

/**
 * A message was not sent because the connection's outbound buffer is full: it was refused, or
 * dropped as the {@link OverflowPolicy} says.
 */
public final class OutboundFullException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What was done about the message. */
  private final OverflowPolicy policy;

  /** The bytes of the message's frame. */
  private final long messageBytes;

  /** The bytes that were buffered. */
  private final long bufferedBytes;

  /** The cap on those. */
  private final long capBytes;

  /** Made by the library. */
  public OutboundFullException(
      OverflowPolicy policy, long messageBytes, long bufferedBytes, long capBytes) {
    super(
        "expected at most "
            + capBytes
            + " buffered bytes (outboundHardCapBytes), got "
            + bufferedBytes
            + " and a message of "
            + messageBytes
            + " ("
            + policy
            + ")");
    this.policy = policy;
    this.messageBytes = messageBytes;
    this.bufferedBytes = bufferedBytes;
    this.capBytes = capBytes;
  }

  /** The policy that decided. */
  public OverflowPolicy policy() {
    return policy;
  }

  /** How many bytes the message would have taken, its header included. */
  public long messageBytes() {
    return messageBytes;
  }

  /** How many bytes were buffered when this was decided. */
  public long bufferedBytes() {
    return bufferedBytes;
  }

  /** How many bytes may be buffered: {@code outboundHardCapBytes}. */
  public long capBytes() {
    return capBytes;
  }
}
