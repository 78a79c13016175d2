package io.github.volfram;

/**
 * What becomes of a message that would raise what is buffered for a connection above {@code
 * outboundHardCapBytes}, after the kernel has been offered everything that is buffered. Every
 * policy keeps to the cap, and none touches pings, pongs, close frames or the parts of a message
 * that has begun: a part or a control frame that does not fit is refused.
 *
 * <p>Messages that a policy drops are counted, and a {@link SendCallback} or future of theirs fails
 * with an {@link OutboundFullException}.
 */
public enum OverflowPolicy {
  /** Refuses the message: the offer returns false, and the caller may try again. The default. */
  REJECT,

  /**
   * Gives the connection up: it is closed with {@link CloseCode#POLICY_VIOLATION}, since the peer
   * reads more slowly than is asked of it. 1013 would say that this side is overloaded.
   */
  CLOSE,

  /** Drops the message; its offer returns true, as there is nothing for the caller to do. */
  DROP_NEWEST,

  /**
   * Drops the oldest messages that have not begun to leave until the new one fits, or the new one
   * where even that is not enough. What other threads have sent and the event loop has not looked
   * at yet is bounded by the cap apart from what the loop has.
   */
  DROP_OLDEST
}
