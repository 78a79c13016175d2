package io.github.volfram;

import java.nio.ByteBuffer;

/**
 * Receives messages in parts, as they arrive, instead of whole: so a message of any length passes
 * through in bounded memory. The parts are what the network delivered, not the sender's fragments.
 *
 * <p>{@code onText}, {@code onTextUtf8} and {@code onBinary} are not called. Where {@code
 * maxMessageBytes} is {@link ConnectionOptions#UNLIMITED} messages have no limit.
 */
public interface WebSocketPartListener extends WebSocketListener {

  /**
   * A part of a text message; it may end within a character. What came so far is valid UTF-8 apart
   * from that.
   *
   * @param last whether this ends the message
   */
  void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last);

  /**
   * A part of a binary message.
   *
   * @param last whether this ends the message
   */
  void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last);
}
