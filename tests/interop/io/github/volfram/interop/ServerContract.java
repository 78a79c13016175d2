package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.WebSocketServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our server and a peer's client. */
abstract class ServerContract extends InteropContract {

  private WebSocketServer server;

  /** Connects the peer. */
  abstract Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols)
      throws Exception;

  @BeforeEach
  void startServer() throws Exception {
    server =
        WebSocketServer.start(
            ServerOptions.builder().backend(backend).build(),
            request -> OwnPeer.answer(request, listener));
    assertEquals(backend, server.backend());
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private URI uri(String path) {
    return URI.create("ws://127.0.0.1:" + server.port() + path);
  }

  @Override
  Peer connect(Map<String, String> headers, List<String> subprotocols) throws Exception {
    return connect(uri("/some/path?and=query"), headers, subprotocols);
  }

  @Test
  void theRequestIsSeenAsItWasSent() throws Exception {
    UpgradeRequest request = open().request();
    assertEquals("/some/path?and=query", request.target());
    assertEquals("and=query", request.query());
    assertEquals("127.0.0.1:" + server.port(), request.header("Host"));
  }

  @Test
  void refusalShowsItsStatus() {
    RefusedException refused =
        assertThrows(
            RefusedException.class, () -> connect(uri("/refuse"), Map.of(), List.of()).close());
    assertEquals(403, refused.status());
    listener.log.expectNoMore();
  }
}
