package io.github.volfram.cli;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;

/**
 * Sends every message back as it came. A peer that does not read its echoes is not read from until
 * it does, so it costs bounded memory and loses nothing.
 */
class EchoListener implements WebSocketListener {

  /** Above how many buffered bytes a connection is not read from. */
  static final int SOFT_MARK_BYTES = 64 << 10;

  /** Room for frame headers and pongs. */
  private static final int SLACK_BYTES = 64 << 10;

  /**
   * The hard cap that refuses no echo: one message may cross the soft mark, and the next one is
   * taken too before reading stops.
   */
  static long hardCapBytes(int maxMessageBytes) {
    return SOFT_MARK_BYTES + 2L * maxMessageBytes + SLACK_BYTES;
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    pauseWhenBehind(webSocket);
    requireTaken(webSocket, webSocket.offerTextUtf8(utf8));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    pauseWhenBehind(webSocket);
    requireTaken(webSocket, webSocket.offerBinary(payload));
  }

  /**
   * Looks at what earlier messages have left: the kernel takes a long one at once as a rule, and
   * then there is nothing to wait for.
   */
  private static void pauseWhenBehind(WebSocket webSocket) {
    if (webSocket.bufferedBytes() > SOFT_MARK_BYTES) {
      webSocket.pauseReading();
    }
  }

  /** No message is lost in silence: what is thrown here closes the connection with 1011. */
  private static void requireTaken(WebSocket webSocket, boolean taken) {
    if (!taken && webSocket.isOpen()) {
      throw new IllegalStateException(
          "an echo was refused with " + webSocket.bufferedBytes() + " bytes buffered");
    }
  }

  @Override
  public void onDrained(WebSocket webSocket) {
    webSocket.resumeReading();
  }
}
