package io.github.volfram;

import java.net.URI;

/** Echoes one message in a JVM that has no flight recorder. */
final class WithoutRecorderMain {

  private WithoutRecorderMain() {}

  public static void main(String[] arguments) throws Exception {
    if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
      throw new IllegalStateException("expected a JVM without jdk.jfr");
    }
    ServerOptions options = ServerOptions.builder().build();
    try (WebSocketServer server = WebSocketServer.start(options, new BackendFixture.Echo());
        WebSocketClient client = WebSocketClient.create()) {
      BlockingWebSocket webSocket =
          BlockingWebSocket.connect(client, URI.create("ws://127.0.0.1:" + server.port() + "/"));
      webSocket.sendText("Hello");
      String text = ((WebSocketMessage.Text) webSocket.receive()).text();
      webSocket.close();
      try {
        webSocket.receive();
      } catch (WebSocketClosedException closed) {
        System.out.println("echoed " + text + " without jdk.jfr, closed " + closed.code());
      }
    }
  }
}
