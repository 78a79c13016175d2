package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application must not ask for is refused where it asks, and never reaches the peer. */
@Timeout(120)
class ApplicationMistakesTest {

  private static final UpgradeResponse ACCEPT =
      UpgradeResponse.accept(
          new WebSocketListener() {
            @Override
            public void onOpen(WebSocket webSocket) {
              throw new AssertionError("a mistake was accepted");
            }
          });

  static Stream<Arguments> answers() {
    Map<String, UpgradeResponse> answers =
        Map.ofEntries(
            Map.entry("a subprotocol that was not offered", ACCEPT.withSubprotocol("soap")),
            Map.entry("a subprotocol in other letters", ACCEPT.withSubprotocol("CHAT")),
            Map.entry("all subprotocols", ACCEPT.withSubprotocol("chat, superchat")),
            Map.entry("an empty subprotocol", ACCEPT.withSubprotocol("")),
            Map.entry(
                "an extension",
                ACCEPT.withHeader("Sec-WebSocket-Extensions", "permessage-deflate")),
            Map.entry(
                "a subprotocol as a header", ACCEPT.withHeader("sec-websocket-protocol", "chat")),
            Map.entry("another accept", ACCEPT.withHeader("Sec-WebSocket-Accept", "AAAA")),
            Map.entry("a body", ACCEPT.withHeader("Content-Length", "0")),
            Map.entry("a header in two lines", ACCEPT.withHeader("X", "y\r\nSet-Cookie: z")),
            Map.entry("a header with NUL", ACCEPT.withHeader("X", "\0")),
            Map.entry("a header whose name is no token", ACCEPT.withHeader("X: y\r\nZ", "")));
    return answers.entrySet().stream()
        .flatMap(
            answer ->
                Backends.ALL.stream()
                    .map(backend -> Arguments.of(backend, answer.getKey(), answer.getValue())));
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("answers")
  void serverAnswers500WhereItsApplicationPicksWhatItMustNot_4_2_2(
      Backend backend, String what, UpgradeResponse answer) throws Exception {
    Results.note(
        "RFC 6455 4.2.2",
        "answers 500 where its application picks " + what,
        "server",
        backend,
        () -> {
          assertRefused(backend, answer);
          assertRefused(backend, UpgradeResponse.later(CompletableFuture.completedStage(answer)));
        });
  }

  private static void assertRefused(Backend backend, UpgradeResponse answer) throws Exception {
    Testee testee = new Testee();
    UpgradeResponse good = UpgradeResponse.accept(testee).withSubprotocol("superchat");
    ServerOptions options =
        ServerOptions.builder().backend(backend).deflate(DeflateOptions.DEFAULT).build();
    String request =
        RawPeer.request("")
            .replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat, superchat\r\n\r\n");
    try (WebSocketServer server =
        WebSocketServer.start(options, asked -> asked.path().equals("/good") ? good : answer)) {
      String refusal = ask(server, request);
      assertTrue(refusal.startsWith("HTTP/1.1 500 "), refusal);
      assertEquals(0, refusal.lastIndexOf("HTTP/1.1"), refusal);
      assertFalse(refusal.contains("Sec-WebSocket-Accept"), refusal);
      assertFalse(refusal.contains("Set-Cookie"), refusal);
      assertEquals(0, testee.pending());
      String close = "\u0088\u0080\0\0\0\0"; // so that the server ends the stream
      String accepted = ask(server, request.replace("/echo", "/good") + close);
      assertTrue(accepted.startsWith("HTTP/1.1 101 "), accepted);
      assertTrue(accepted.contains("\r\nSec-WebSocket-Protocol: superchat\r\n"), accepted);
    }
  }

  /** All that a server sends, up to the end of its stream. */
  private static String ask(WebSocketServer server, String bytes) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Requests that cannot be sent as they are, each with what makes it of a valid one. */
  private static List<UnaryOperator<ClientRequest>> mistakes() {
    List<UnaryOperator<ClientRequest>> mistakes = new ArrayList<>();
    for (String value : new String[] {"a\r\nB: c", "a\nb", "a\rb", "a\0b", "\u007f", "\u0100"}) {
      mistakes.add(request -> request.header("X", value));
    }
    for (String name : new String[] {"", "X Y", "X:", "X\r\nY", "X\0", "(X)", "\u00e9"}) {
      mistakes.add(request -> request.header(name, "y"));
    }
    for (String owned :
        List.of(
            "Host",
            "connection",
            "UPGRADE",
            "Content-Length",
            "Transfer-Encoding",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions")) {
      mistakes.add(request -> request.header(owned, "1"));
    }
    for (String subprotocol :
        new String[] {"", "a b", "a,b", "a\r\nX: y", "a\0", "\u00e9", "a;b", "\"a\""}) {
      mistakes.add(request -> request.subprotocols(subprotocol));
    }
    mistakes.add(request -> request.subprotocols("chat", "chat"));
    mistakes.add(request -> request.basicAuth("user:name", "secret"));
    mistakes.add(request -> request.basicAuth("user", "sec\r\nret"));
    mistakes.add(request -> request.bearerToken("two words"));
    mistakes.add(request -> request.bearerToken("a\r\nX: y"));
    return mistakes;
  }

  private static List<URI> badUris(int port) {
    String host = "127.0.0.1:" + port;
    return Stream.of(
            "http://" + host + "/",
            "https://" + host + "/",
            "ws:" + host,
            "ws:///path",
            "//" + host + "/",
            "/path",
            "ws://user:secret@" + host + "/",
            "ws://" + host + "/#fragment",
            "ws://" + host + "/#",
            "ws://" + host + "/\u00e9",
            "ws://" + host + "/?\u20ac",
            "ws://not_a_host:" + port + "/",
            "ws://127.0.0.1:0/",
            "ws://127.0.0.1:65536/",
            "ws://127.0.0.1:4294967376/")
        .map(URI::create)
        .toList();
  }

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientSendsNothingOfWhatCouldBreakItsRequest_4_1(Backend backend) throws Exception {
    Results.note(
        "RFC 6455 4.1",
        "sends nothing of what could break its request",
        "client",
        backend,
        () -> clientSendsNothingOfWhatCouldBreakItsRequest(backend));
  }

  private static void clientSendsNothingOfWhatCouldBreakItsRequest(Backend backend)
      throws Exception {
    Testee testee = new Testee();
    try (ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        WebSocketClient client = client(ClientOptions.builder().backend(backend))) {
      int port = listener.getLocalPort();
      ClientRequest good = ClientRequest.to(URI.create("ws://127.0.0.1:" + port + "/good"));
      for (UnaryOperator<ClientRequest> mistake : mistakes()) {
        assertRefused(() -> client.connect(mistake.apply(good), testee));
        assertRefused(
            () ->
                client.connectReconnecting(
                    mistake.apply(good), testee, ReconnectOptions.builder().build()));
      }
      for (URI uri : badUris(port)) {
        IllegalArgumentException refused =
            assertThrows(
                IllegalArgumentException.class, () -> client.connect(uri, testee), uri.toString());
        assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
      }
      for (ClientOptions.Builder options :
          List.of(
              ClientOptions.builder().header("X", "y\r\nZ: z"),
              ClientOptions.builder().header("Host", "elsewhere.example"),
              ClientOptions.builder().subprotocols("a\r\nX: y"))) {
        try (WebSocketClient careless = client(options.backend(backend))) {
          assertRefused(() -> careless.connect(good.uri(), testee));
        }
      }
      assertEquals(0, client.connectionCount());
      // Had any of them connected, it would be the first in the queue.
      client.connect(good, testee);
      try (RawPeer peer = RawPeer.accept(listener, "")) {
        testee.assertOpened();
        assertTrue(peer.head().startsWith("GET /good HTTP/1.1\r\n"), peer.head());
        peer.frame(Case.CLOSE, Case.closeBody(1000, "")).flush(0);
        assertEquals("close 1000", peer.next());
      }
      testee.assertClosedCleanly(1000);
      assertEquals(0, testee.pending());
    }
  }

  private static WebSocketClient client(ClientOptions.Builder options) {
    return WebSocketClient.create(options.build());
  }

  private static IllegalArgumentException assertRefused(Executable connecting) {
    return assertThrows(IllegalArgumentException.class, connecting);
  }
}
