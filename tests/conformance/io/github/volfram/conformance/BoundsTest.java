package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.HandshakeException;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that sends more than it may: a response without end, or frames behind a violation. */
@Timeout(300)
class BoundsTest {

  private static final int BODY_PREFIX_BYTES = 64 << 10;
  private static final int FLOOD_BYTES = 10 << 20;
  private static final byte[] REFUSAL = ascii("HTTP/1.1 401 No\r\nContent-Type: text/plain\r\n");

  /** What a server says before it goes on without end. */
  enum Endless {
    HEADERS(ascii("HTTP/1.1 101 Switching Protocols\r\n"), ascii("X: " + "y".repeat(95) + "\r\n")),
    BODY(ascii("HTTP/1.1 401 No\r\n\r\n"), ascii("b".repeat(100))),
    CHUNKS(
        ascii("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ascii("5e\r\n" + "c".repeat(0x5e) + "\r\n"));

    final byte[] beginning;
    final byte[] again;

    Endless(byte[] beginning, byte[] again) {
      this.beginning = beginning;
      this.again = again;
    }
  }

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static URI uri(ServerSocket listener) {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
  }

  private static Throwable failure(CompletableFuture<WebSocket> connecting) {
    return assertThrows(ExecutionException.class, () -> connecting.get(60, TimeUnit.SECONDS))
        .getCause();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientReadsAResponseWithoutEndUpToItsBound_4_1_K3(Backend backend) throws Exception {
    ClientOptions options = ClientOptions.builder().backend(backend).build();
    for (Endless endless : Endless.values()) {
      String what = "stops reading a response without end: " + endless;
      Results.note(
          "RFC 6455 4.1",
          what,
          "client",
          backend,
          () -> {
            Testee testee = new Testee();
            try (ServerSocket listener = listener();
                WebSocketClient client = WebSocketClient.create(options)) {
              CompletableFuture<WebSocket> connecting = client.connect(uri(listener), testee);
              try (RawPeer peer = RawPeer.acceptWithoutAnswer(listener)) {
                assertThrows(IOException.class, () -> flood(peer, endless), "all of it was read");
                HandshakeException failure =
                    assertInstanceOf(HandshakeException.class, failure(connecting));
                assertTrue(failure.bodyPrefix().length <= BODY_PREFIX_BYTES, failure::toString);
                assertEquals(endless == Endless.HEADERS ? 0 : 401, failure.status());
              }
              assertEquals(0, testee.pending());
              assertEquals(0, client.connectionCount());
            }
          });
    }
  }

  private static void flood(RawPeer peer, Endless endless) throws IOException {
    peer.write(endless.beginning);
    for (int sent = 0; sent < FLOOD_BYTES; sent += endless.again.length) {
      peer.write(endless.again);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientGivesUpABodyThatOnlyTricklesIn_4_1_K3(Backend backend) throws Exception {
    ClientOptions options =
        ClientOptions.builder()
            .backend(backend)
            .connectTimeout(Duration.ofMillis(500))
            .handshakeTimeout(Duration.ofMillis(500))
            .build();
    Results.note(
        "RFC 6455 4.1",
        "gives up a refusal whose body only trickles in",
        "client",
        backend,
        () -> {
          Testee testee = new Testee();
          try (ServerSocket listener = listener();
              WebSocketClient client = WebSocketClient.create(options)) {
            CompletableFuture<WebSocket> connecting = client.connect(uri(listener), testee);
            try (RawPeer peer = RawPeer.acceptWithoutAnswer(listener)) {
              peer.write(REFUSAL);
              peer.write(ascii("Content-Length: 1000000\r\n\r\n"));
              assertThrows(IOException.class, () -> trickle(peer), "it reads for ever");
              assertInstanceOf(IOException.class, failure(connecting));
            }
            assertEquals(0, testee.pending());
            assertEquals(0, client.connectionCount());
          }
        });
  }

  /** Writes a byte at a time until the other end has gone, with a life sign in every round. */
  private static void trickle(RawPeer peer) throws IOException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60)) {
      peer.write(new byte[] {'b'});
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aPeerThatSendsOnAfterItsViolationSeesTheCloseFrame_7_1_7_F18(Backend backend)
      throws Exception {
    Testee testee = new Testee();
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    Results.note(
        "RFC 6455 7.1.7",
        "shows its close frame to a peer that sends on",
        "server",
        backend,
        () -> {
          try (WebSocketServer server = WebSocketServer.start(options, testee);
              RawPeer peer = RawPeer.connect(server.port(), "")) {
            testee.assertOpened();
            peer.frame(Case.FIN | 3, new byte[0]);
            for (int i = 0; i < 60; i++) { // within what is read behind a violation
              peer.frame(Case.BINARY, new byte[1000]);
            }
            peer.flush(0);
            assertEquals(Events.close(1002), peer.next());
            assertEquals("eof", peer.next());
            testee.assertFailed(1002);
            assertEquals(0, testee.pending());
          }
        });
  }
}
