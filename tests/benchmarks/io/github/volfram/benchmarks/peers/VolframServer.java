package io.github.volfram.benchmarks.peers;

import io.github.volfram.Backend;
import io.github.volfram.Poller;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** volfram itself, passing each message on; as an echo server it is started by its command line. */
final class VolframServer {

  private VolframServer() {}

  static void start(int port, Backend backend, Poller poller) throws IOException {
    WebSocketListener listener = new FanOut();
    WebSocketServer.start(
        ServerOptions.builder()
            .port(port)
            .backlog(PeerServer.BACKLOG)
            .backend(backend)
            .poller(poller)
            .build(),
        request -> UpgradeResponse.accept(listener));
  }

  /** Called by the one loop's thread only. */
  private static final class FanOut implements WebSocketListener {
    private final Set<WebSocket> all = new LinkedHashSet<>();

    @Override
    public void onOpen(WebSocket webSocket) {
      all.add(webSocket);
    }

    @Override
    public void onBinary(WebSocket publisher, ByteBuffer payload) {
      for (WebSocket subscriber : all) {
        if (subscriber != publisher) {
          subscriber.offerBinary(payload);
        }
      }
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      all.remove(webSocket);
    }
  }
}
