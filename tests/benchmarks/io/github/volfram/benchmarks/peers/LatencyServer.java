package io.github.volfram.benchmarks.peers;

import io.github.volfram.Backend;
import io.github.volfram.IdleStrategy;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * volfram as an echo server with one of the choices that are about latency: an idle strategy,
 * {@code invoker} or {@code quick-ack}. All else is the same for each of them, so that servers
 * which differ in one choice can be compared.
 */
final class LatencyServer {

  private LatencyServer() {}

  static void start(int port, String choice) throws IOException {
    ServerOptions.Builder options =
        ServerOptions.builder().port(port).backlog(PeerServer.BACKLOG).backend(Backend.NATIVE);
    switch (choice) {
      case "invoker" -> options.invoker(true);
      case "quick-ack" -> options.quickAck(true);
      default -> options.idle(IdleStrategy.parse(choice));
    }
    WebSocketListener listener = new Echo();
    WebSocketServer server =
        WebSocketServer.start(options.build(), request -> UpgradeResponse.accept(listener));
    if (choice.equals("invoker")) {
      new Thread(() -> turn(server), "invoker").start();
    }
  }

  /** The loop of an application that does nothing else. */
  private static void turn(WebSocketServer server) {
    while (true) {
      if (server.poll() == 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static final class Echo implements WebSocketListener {
    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      webSocket.offerBinary(payload);
    }
  }
}
