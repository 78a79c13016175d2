package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.HandshakeException;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import io.github.volfram.internal.handshake.InvalidParameters;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The parameters of permessage-deflate on real sockets, for both roles (RFC 7692 §7.1). */
@Timeout(120)
class NegotiationTest {

  private static final String DEFLATE = "permessage-deflate";
  private static final DeflateOptions ANY = DeflateOptions.DEFAULT.withThresholdBytes(0);
  private static final String HELLO = "Hello".repeat(100);

  /** What is no list of extensions at all (RFC 6455 §9.1). */
  private static final List<String> MALFORMED =
      List.of(
          ";",
          ",",
          DEFLATE + ";",
          DEFLATE + " server_no_context_takeover",
          DEFLATE + "; server_max_window_bits=",
          DEFLATE + "; server_max_window_bits=\"\"",
          DEFLATE + "; server_max_window_bits=\"15",
          DEFLATE + "; =15");

  private static Stream<Arguments> onBoth(Stream<String> rows) {
    return rows.flatMap(row -> Backends.ALL.stream().map(backend -> Arguments.of(backend, row)));
  }

  static Stream<Arguments> invalid() {
    return onBoth(InvalidParameters.ALL.stream());
  }

  static Stream<Arguments> malformed() {
    return onBoth(MALFORMED.stream());
  }

  private static WebSocketServer server(Backend backend, Testee testee) throws Exception {
    return WebSocketServer.start(
        ServerOptions.builder().backend(backend).deflate(ANY).build(), testee);
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("invalid")
  void serverDeclinesAnOfferWithInvalidParameters_rfc7692_7_1(Backend backend, String parameters)
      throws Exception {
    Testee testee = new Testee();
    Results.note(
        "RFC 7692 7.1",
        "declines an offer with " + parameters,
        "server",
        backend,
        () -> {
          try (WebSocketServer server = server(backend, testee)) {
            String offer = DEFLATE + "; " + parameters;
            assertAnswer(server, offer, "");
            assertAnswer(server, offer + ", x-other, " + DEFLATE, DEFLATE);
          }
        });
  }

  /** Offers, expects this answer, and an echo that is compressed where that was agreed. */
  private static void assertAnswer(WebSocketServer server, String offer, String answer)
      throws Exception {
    try (RawPeer peer = RawPeer.connect(server.port(), offer)) {
      assertEquals(answer, peer.header("Sec-WebSocket-Extensions"));
      assertEchoes(peer, !answer.isEmpty());
    }
  }

  private static void assertEchoes(RawPeer peer, boolean compressed) throws Exception {
    int b0 = Case.TEXT;
    byte[] payload = Case.utf8(HELLO);
    if (compressed) {
      b0 |= RawPeer.RSV1;
      payload = OwnCases.deflated(payload);
    }
    peer.frame(b0, payload).flush(0);
    assertEquals(Events.text(HELLO), peer.next());
    assertEquals(compressed, peer.wasCompressed());
    peer.frame(Case.CLOSE, Case.closeBody(1000, "")).flush(0);
    assertEquals("close 1000", peer.next());
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("malformed")
  void serverAnswers400ToMalformedExtensions_9_1(Backend backend, String extensions)
      throws Exception {
    Testee testee = new Testee();
    Results.note(
        "RFC 6455 9.1",
        "answers 400 to the extensions " + extensions,
        "server",
        backend,
        () -> {
          try (WebSocketServer server = server(backend, testee);
              Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket
                .getOutputStream()
                .write(RawPeer.request(extensions).getBytes(StandardCharsets.US_ASCII));
            String answer =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
          }
          assertEquals(0, testee.pending());
        });
  }

  @ParameterizedTest(name = "{0} client: {1}")
  @MethodSource("invalid")
  void clientFailsAnAnswerWithInvalidParameters_rfc7692_7_1(Backend backend, String parameters)
      throws Exception {
    String answer = DEFLATE + "; " + parameters;
    Results.note(
        "RFC 7692 7.1",
        "fails an answer with " + parameters,
        "client",
        backend,
        () -> assertFails(backend, ANY, answer));
  }

  @ParameterizedTest(name = "{0} client: {1}")
  @MethodSource("malformed")
  void clientFailsMalformedExtensions_9_1(Backend backend, String extensions) throws Exception {
    Results.note(
        "RFC 6455 9.1",
        "fails the extensions " + extensions,
        "client",
        backend,
        () -> assertFails(backend, ANY, extensions));
  }

  static Stream<Arguments> notOffered() {
    DeflateOptions small = ANY.withMaxWindowBits(10, 11);
    DeflateOptions flags = ANY.withoutContextTakeover();
    return Stream.of(
            Arguments.of("compression", null, DEFLATE),
            Arguments.of("its window", null, DEFLATE + "; client_max_window_bits=10"),
            Arguments.of("a window without bits", ANY, DEFLATE + "; client_max_window_bits"),
            Arguments.of(
                "a larger window of its own",
                small,
                DEFLATE + "; server_max_window_bits=10; client_max_window_bits=12"),
            Arguments.of(
                "a larger window of the server", small, DEFLATE + "; server_max_window_bits=11"),
            Arguments.of("any window of the server", small, DEFLATE),
            Arguments.of("context takeover of the server", flags, DEFLATE),
            Arguments.of("another extension", ANY, "x-webkit-deflate-frame"),
            Arguments.of("another extension besides", ANY, DEFLATE + ", x-other"),
            Arguments.of("the same twice", ANY, DEFLATE + ", " + DEFLATE))
        .flatMap(
            row ->
                Backends.ALL.stream()
                    .map(
                        backend ->
                            Arguments.of(backend, row.get()[0], row.get()[1], row.get()[2])));
  }

  @ParameterizedTest(name = "{0} client: {1}")
  @MethodSource("notOffered")
  void clientFailsWhatItDidNotOffer_rfc7692_7_1_2_2(
      Backend backend, String what, DeflateOptions offered, String answer) throws Exception {
    Results.note(
        "RFC 7692 7.1.2.2",
        "fails an answer that takes what was not offered: " + what,
        "client",
        backend,
        () -> assertFails(backend, offered, answer));
  }

  /** No connection comes of this answer, and the next one does. */
  private static void assertFails(Backend backend, DeflateOptions offered, String answer)
      throws Exception {
    Testee testee = new Testee();
    ClientOptions.Builder options = ClientOptions.builder().backend(backend);
    if (offered != null) {
      options.deflate(offered);
    }
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WebSocketClient client = WebSocketClient.create(options.build())) {
      URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
      CompletableFuture<WebSocket> connecting = client.connect(uri, testee);
      try (RawPeer peer = RawPeer.accept(listener, answer)) {
        assertTrue(peer.next().matches("eof|reset"), "a failed handshake left the socket open");
      }
      Throwable failure =
          assertThrows(ExecutionException.class, () -> connecting.get(20, TimeUnit.SECONDS))
              .getCause();
      assertEquals(101, assertInstanceOf(HandshakeException.class, failure).status());
      assertEquals(0, testee.pending(), "a failed handshake called the listener");
      client.connect(uri, testee);
      try (RawPeer peer = RawPeer.accept(listener, "")) {
        assertEchoes(peer, false);
      }
      testee.assertOpened();
      testee.assertClosedCleanly(1000);
    }
  }
}
