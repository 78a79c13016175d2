package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.HandshakeException;
import io.github.volfram.WebSocketClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client and a peer's server. */
abstract class ClientContract extends InteropContract {

  private PeerServer server;
  private WebSocketClient client;

  /** Starts the peer's server on a port that the system chooses. */
  abstract PeerServer startPeer() throws Exception;

  /** The status with which the peer refuses. */
  int refusalStatus() {
    return 403;
  }

  @BeforeEach
  void startPeerServer() throws Exception {
    server = startPeer();
  }

  @AfterEach
  void stopBoth() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private WebSocketClient client(Map<String, String> headers, List<String> subprotocols) {
    ClientOptions.Builder options =
        ClientOptions.builder().backend(backend).subprotocols(subprotocols.toArray(String[]::new));
    headers.forEach(options::header);
    client = WebSocketClient.create(options.build());
    assertEquals(backend, client.backend());
    return client;
  }

  @Override
  Peer connect(Map<String, String> headers, List<String> subprotocols) throws Exception {
    client(headers, subprotocols)
        .connect(server.uri("/some/path?and=query"), listener)
        .get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
    return server.accepted();
  }

  @Test
  void refusalShowsItsStatus() {
    WebSocketClient client = client(Map.of(), List.of());
    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () ->
                client
                    .connect(server.uri("/refuse"), listener)
                    .get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS));
    HandshakeException refused = assertInstanceOf(HandshakeException.class, failure.getCause());
    assertEquals(refusalStatus(), refused.status());
    assertTrue(refused.bodyPrefix().length > 0);
    listener.log.expectNoMore();
  }
}
