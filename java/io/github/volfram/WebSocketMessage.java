package io.github.volfram;

import java.nio.ByteBuffer;

/** A whole message, as {@link BlockingWebSocket#receive()} returns it. */
public sealed interface WebSocketMessage {

  /** A text message. */
  record Text(String text) implements WebSocketMessage {}

  /**
   * A binary message.
   *
   * @param payload from position to limit; the receiver's own
   */
  record Binary(ByteBuffer payload) implements WebSocketMessage {}
}
