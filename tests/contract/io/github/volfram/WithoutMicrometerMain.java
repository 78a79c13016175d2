package io.github.volfram;

import java.net.URI;

/** Counts one message in a JVM that has no Micrometer. */
final class WithoutMicrometerMain {

  private WithoutMicrometerMain() {}

  public static void main(String[] arguments) throws Exception {
    String metrics = "metrics";
    try {
      Class.forName(VolframMetrics.class.getName());
    } catch (NoClassDefFoundError absent) {
      metrics = "no metrics";
    }
    ServerOptions options = ServerOptions.builder().build();
    try (WebSocketServer server = WebSocketServer.start(options, new BackendFixture.Echo());
        WebSocketClient client = WebSocketClient.create()) {
      BlockingWebSocket webSocket =
          BlockingWebSocket.connect(client, URI.create("ws://127.0.0.1:" + server.port() + "/"));
      webSocket.sendText("Hello");
      webSocket.receive();
      System.out.println(
          "counted " + server.counters().messagesReceived() + " message, and " + metrics);
    }
  }
}
