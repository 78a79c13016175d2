package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import io.github.volfram.internal.frame.StrictInflater;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The memory of compression: a deflater is made when it is first needed, kept only where a window
 * has to be, given back, and there are no more of them than allowed. Who finds none says so on the
 * wire by sending uncompressed messages (RFC 7692 §6.1).
 */
@Timeout(120)
class SharedDeflatersTest {

  private static final String DEFLATE = "permessage-deflate";
  private static final String LONG = "compressed once and again ".repeat(20);
  private static final String SHORT = "short";
  private static final int THRESHOLD = 100;

  /** Endpoints of ours at the near ends of connections whose far ends are the test's. */
  private static final class Endpoint implements AutoCloseable {
    private final List<RawPeer> peers = new ArrayList<>();
    private final Testee testee = new Testee();
    private final WebSocketServer server;
    private final WebSocketClient client;
    private final ServerSocket listener;

    Endpoint(Backend backend, boolean asServer, int maxDeflaters) throws Exception {
      DeflateOptions deflate = new DeflateOptions(6, THRESHOLD, false, false, 15, 15, maxDeflaters);
      if (asServer) {
        ServerOptions options = ServerOptions.builder().backend(backend).deflate(deflate).build();
        server = WebSocketServer.start(options, testee);
        client = null;
        listener = null;
      } else {
        ClientOptions options = ClientOptions.builder().backend(backend).deflate(deflate).build();
        server = null;
        client = WebSocketClient.create(options);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      }
    }

    /** A new connection; without takeover our endpoint's window is empty for each message. */
    RawPeer peer(boolean takeover) throws Exception {
      RawPeer peer;
      if (server != null) {
        String offer = DEFLATE + (takeover ? "" : "; server_no_context_takeover");
        peer = RawPeer.connect(server.port(), offer);
        assertEquals(offer, peer.header("Sec-WebSocket-Extensions"));
      } else {
        client.connect(URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/"), testee);
        String answer = DEFLATE + (takeover ? "" : "; client_no_context_takeover");
        peer = RawPeer.accept(listener, answer);
      }
      peer.inflateWith(new StrictInflater(15, takeover)::message);
      peers.add(peer);
      testee.assertOpened();
      return peer;
    }

    void closeCleanly(RawPeer peer) throws Exception {
      peer.frame(Case.CLOSE, Case.closeBody(1000, "")).flush(0);
      assertEquals("close 1000", peer.next());
      if (client != null) {
        peer.close(); // a client waits for its server to end the TCP connection
      }
      testee.assertClosedCleanly(1000);
    }

    @Override
    public void close() throws IOException {
      for (RawPeer peer : peers) {
        peer.close();
      }
      if (server != null) {
        server.close();
      } else {
        client.close();
        listener.close();
      }
    }
  }

  static Stream<Arguments> roles() {
    return Backends.ALL.stream()
        .flatMap(backend -> Stream.of(Arguments.of(backend, true), Arguments.of(backend, false)));
  }

  private static void note(Backend backend, boolean asServer, String what, Results.Body body)
      throws Exception {
    Results.note("RFC 7692 6.1", what, asServer ? "server" : "client", backend, body);
  }

  private static void assertEcho(RawPeer peer, String text, boolean compressed) throws Exception {
    peer.frame(Case.TEXT, Case.utf8(text)).flush(0);
    assertEquals(Events.text(text), peer.next());
    assertEquals(compressed, peer.wasCompressed());
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("roles")
  void whoFindsNoDeflaterSendsUncompressed_rfc7692_6_1(Backend backend, boolean asServer)
      throws Exception {
    note(
        backend,
        asServer,
        "sends uncompressed while the deflaters allowed are in use, and compresses again",
        () -> {
          try (Endpoint endpoint = new Endpoint(backend, asServer, 2)) {
            RawPeer first = endpoint.peer(true);
            RawPeer second = endpoint.peer(true);
            RawPeer third = endpoint.peer(true);
            assertEcho(first, LONG, true);
            assertEcho(second, LONG, true);
            assertEcho(third, LONG, false);
            assertEcho(first, LONG, true); // its window is kept
            endpoint.closeCleanly(first);
            assertEcho(third, LONG, true);
            second.reset();
            assertEquals("end 1006", endpoint.testee.next().substring(0, 8));
            assertEcho(endpoint.peer(true), LONG, true);
            assertEcho(endpoint.peer(true), LONG, false);
          }
        });
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("roles")
  void whoCompressesNothingTakesNoDeflater_rfc7692_6_1(Backend backend, boolean asServer)
      throws Exception {
    note(
        backend,
        asServer,
        "takes no deflater for a connection that has compressed nothing",
        () -> {
          try (Endpoint endpoint = new Endpoint(backend, asServer, 1)) {
            for (int i = 0; i < 10; i++) {
              assertEcho(endpoint.peer(true), SHORT, false);
            }
            assertEcho(endpoint.peer(true), LONG, true);
          }
        });
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("roles")
  void whoKeepsNoWindowKeepsNoDeflater_rfc7692_7_1_1(Backend backend, boolean asServer)
      throws Exception {
    note(
        backend,
        asServer,
        "shares one deflater where there is no context takeover",
        () -> {
          try (Endpoint endpoint = new Endpoint(backend, asServer, 1)) {
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
              peers.add(endpoint.peer(false));
            }
            for (int round = 0; round < 3; round++) {
              for (RawPeer peer : peers) {
                assertEcho(peer, LONG, true);
              }
            }
            assertEcho(endpoint.peer(true), LONG, true);
            assertEcho(peers.get(0), LONG, false);
          }
        });
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("roles")
  void withoutDeflatersCompressedMessagesAreStillRead_rfc7692_6(Backend backend, boolean asServer)
      throws Exception {
    note(
        backend,
        asServer,
        "reads compressed messages where it may compress none",
        () -> {
          try (Endpoint endpoint = new Endpoint(backend, asServer, 0)) {
            RawPeer peer = endpoint.peer(true);
            peer.frame(Case.TEXT | RawPeer.RSV1, OwnCases.deflated(Case.utf8(LONG))).flush(0);
            assertEquals(Events.text(LONG), peer.next());
            assertEquals(false, peer.wasCompressed());
          }
        });
  }

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void compressionIsOffUnlessItIsAskedFor_rfc7692_5(Backend backend) throws Exception {
    Testee testee = new Testee();
    try (WebSocketServer server =
            WebSocketServer.start(ServerOptions.builder().backend(backend).build(), testee);
        RawPeer peer = RawPeer.connect(server.port(), DEFLATE)) {
      assertEquals("", peer.header("Sec-WebSocket-Extensions"));
      assertEcho(peer, LONG, false);
    }
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).build())) {
      client.connect(URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/"), testee);
      try (RawPeer peer = RawPeer.accept(listener, "")) {
        assertEquals("", peer.header("Sec-WebSocket-Extensions"));
        assertEcho(peer, LONG, false);
      }
    }
  }
}
