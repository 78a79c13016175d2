package io.github.volfram;

/**
 * What one {@link WebSocketStream#read} came to. With {@link StreamOptions#messageParts} a message
 * is as many outcomes as it has parts.
 */
public enum ReadOutcome {
  /** A whole text message: see {@link WebSocketStream#text} and {@link WebSocketStream#payload}. */
  TEXT,
  /** A whole binary message: see {@link WebSocketStream#payload}. */
  BINARY,
  /** A ping; its pong is queued already. Its payload has at most 125 bytes. */
  PING,
  /** A pong, asked for or not, of at most 125 bytes. */
  PONG,
  /**
   * The peer's close frame: see {@link WebSocketStream#closeCode}. The answer is queued already;
   * read on until {@link #CLOSED}.
   */
  CLOSE,
  /** There is nothing more now: wait for what {@link WebSocketStream#interestOps} says. */
  WOULD_BLOCK,
  /** There will never be anything more: close the channel. */
  CLOSED;

  /** Whether this is a text or binary message. */
  public boolean isMessage() {
    return this == TEXT || this == BINARY;
  }
}
