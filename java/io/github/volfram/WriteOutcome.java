package io.github.volfram;

/** What became of a message that was to be written, or of the bytes that were to be flushed. */
public enum WriteOutcome {
  /** The channel has taken everything; nothing is pending. */
  SENT,
  /** The message is taken and waits for a flush; the channel was not asked. */
  QUEUED,
  /**
   * The message is taken, and bytes are pending that the channel does not take now: wait until it
   * can be written, then flush. Do not write the message again.
   */
  WOULD_BLOCK,
  /**
   * The message is <em>not</em> taken, because it would raise the pending bytes above {@link
   * StreamOptions#maxWriteBufferBytes}: wait, flush, and write it again.
   */
  FULL,
  /** The message is <em>not</em> taken: the stream is closing or closed. */
  CLOSED;

  /** Whether the message will be sent unless the connection breaks. */
  public boolean isTaken() {
    return this == SENT || this == QUEUED || this == WOULD_BLOCK;
  }
}
