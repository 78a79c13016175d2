package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;

/** Sends every message back as it came; fails the connection when it cannot. */
class EchoListener implements WebSocketListener {

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    assertTrue(webSocket.offerTextUtf8(utf8));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    assertTrue(webSocket.offerBinary(payload));
  }
}
