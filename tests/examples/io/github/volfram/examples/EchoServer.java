package io.github.volfram.examples;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.nio.ByteBuffer;

final class EchoServer implements WebSocketListener {

  @Override
  public void onText(WebSocket webSocket, String text) {
    webSocket.offerText(text);
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    webSocket.offerBinary(payload);
  }

  public static void main(String[] args) throws Exception {
    ServerOptions options = ServerOptions.builder().port(9001).build();
    WebSocketServer server = WebSocketServer.start(options, new EchoServer());
    System.out.println(server.address() + ", " + server.backend() + " backend");
  }
}
