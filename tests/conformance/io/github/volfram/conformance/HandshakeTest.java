package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.github.volfram.testing.AcceptKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The opening handshake on real sockets, for both roles (RFC 6455 §4). */
@Timeout(120)
class HandshakeTest {

  private static final String VALID = RawPeer.request("");
  private static final String LINE = "GET /echo HTTP/1.1\r\n";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
  private static final String ANSWER = RawPeer.response("");

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  private static Stream<Arguments> onBoth(Stream<String[]> rows) {
    return rows.flatMap(
        row -> Backends.ALL.stream().map(backend -> Arguments.of(backend, row[0], row[1], row[2])));
  }

  private static String[] row(String what, String statuses, String request) {
    return new String[] {what, statuses, request};
  }

  private static String more(String header) {
    return VALID.replace(VERSION, VERSION + header + "\r\n");
  }

  private static String without(String line) {
    assertTrue(VALID.contains(line), line);
    return VALID.replace(line, "");
  }

  private static String with(String line, String instead) {
    assertTrue(VALID.contains(line), line);
    return VALID.replace(line, instead);
  }

  static Stream<Arguments> requests() {
    return onBoth(
        Stream.of(
            row("valid", "101", VALID),
            row("long line", "414", with("/echo", "/" + "a".repeat(9000))),
            row("long header", "431", more("X: " + "a".repeat(20_000))),
            row("many headers", "431", more("X: y\r\n".repeat(101).strip())),
            row("no key", "400", without(KEY)),
            row("empty key", "400", with(KEY, "Sec-WebSocket-Key:\r\n")),
            row("short key", "400", with(KEY, "Sec-WebSocket-Key: AQIDBAUG\r\n")),
            row("two keys", "400", with(KEY, KEY + KEY)),
            row("no version", "400", without(VERSION)),
            row("version 8", "426", with(VERSION, "Sec-WebSocket-Version: 8\r\n")),
            row("two versions", "400", with(VERSION, VERSION + VERSION)),
            row("POST", "405", with("GET", "POST")),
            row("HTTP/1.0", "400 505", with("HTTP/1.1", "HTTP/1.0")),
            row("preface of HTTP/2", "400 505", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            row("no host", "400", without("Host: localhost\r\n")),
            row("two hosts", "400", more("Host: localhost")),
            row("malformed host", "400", with("Host: localhost", "Host: a b")),
            row("no upgrade", "400 426", without("Upgrade: websocket\r\n")),
            row("no connection", "400 426", without("Connection: Upgrade\r\n")),
            row("list", "101", with("Connection: Upgrade", "connection: keep-alive, UPGRADE")),
            row("case", "101", with("Upgrade: websocket", "UPGRADE: WebSocket")),
            row("bare LF", "400", VALID.replace("\r\n", "\n")),
            row("bare CR", "400", more("X: a\rb")),
            row("NUL", "400", more("X: a\0b")),
            row("space before colon", "400", more("X : y")),
            row("obs-fold", "400", more("X: y\r\n z")),
            row("name is no token", "400", more("X(: y")),
            row("space before the first header", "400", with(LINE, LINE + " ")),
            row("garbage", "400", "\u0016\u0003\u0001garbage\r\n\r\n"),
            row("empty line first", "101", "\r\n" + VALID),
            row("content", "400", more("Content-Length: 5")),
            row("chunks", "400", more("Transfer-Encoding: chunked")),
            row("another request after a bad one", "400", without(KEY) + VALID),
            row("other origin", "403", more("Origin: https://elsewhere.example")),
            row("own origin", "101", more("Origin: http://localhost")),
            row("absolute target", "101 400", with("/echo", "http://localhost/echo")),
            row("encoded NUL", "101 400", with("/echo", "/%00/../x")),
            row("8-bit target", "101 400", with("/echo", "/\u00e9"))));
  }

  @ParameterizedTest(name = "{0} server: {1} gives {2}")
  @MethodSource("requests")
  void serverAnswersRequest_4_2(Backend backend, String what, String statuses, String request)
      throws Exception {
    Testee testee = new Testee();
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    Results.note(
        "RFC 6455 4.2",
        (statuses.equals("101") ? "accepts a request: " : "answers " + statuses + " to a request: ")
            + what,
        "server",
        backend,
        () -> {
          try (WebSocketServer server = WebSocketServer.start(options, testee);
              Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String head =
                new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            assertTrue(head.startsWith("HTTP/1.1 "), head);
            String status = head.substring(9);
            assertTrue(Arrays.asList(statuses.split(" ")).contains(status), status);
            if (status.equals("101")) {
              testee.assertOpened();
              return;
            }
            String rest =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertFalse(rest.contains("HTTP/1.1 "), rest);
            if (status.equals("426")) {
              assertTrue(rest.contains("\r\nSec-WebSocket-Version: 13\r\n"), rest);
            }
            if (status.equals("405")) {
              assertTrue(rest.contains("\r\nAllow: GET"), rest);
            }
            assertEquals(0, testee.pending(), "a refused request called the listener");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void serverTakesFramesBehindTheRequestAtAnySplit_4_2_2(Backend backend) throws Exception {
    Results.note(
        "RFC 6455 4.2.2",
        "takes frames behind the request, at any split",
        "server",
        backend,
        () -> serverTakesFramesBehindTheRequestAtAnySplit(backend));
  }

  private static void serverTakesFramesBehindTheRequestAtAnySplit(Backend backend)
      throws Exception {
    Testee testee = new Testee();
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    try (WebSocketServer server = WebSocketServer.start(options, testee)) {
      byte[] frames;
      try (RawPeer peer = RawPeer.connect(server.port(), "")) {
        frames =
            peer.frame(Case.TEXT, Case.utf8("hi")).frame(Case.CLOSE, new byte[0]).unsentBytes();
      }
      assertEquals("open", testee.next());
      assertTrue(testee.next().startsWith("end 1006 "));
      byte[] all =
          Arrays.copyOf(VALID.getBytes(StandardCharsets.US_ASCII), VALID.length() + frames.length);
      System.arraycopy(frames, 0, all, VALID.length(), frames.length);
      for (int split = 0; split < all.length; split++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(20_000);
          socket.getOutputStream().write(all, 0, split);
          socket.getOutputStream().write(all, split, all.length - split);
          String answer =
              new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
          assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
          assertTrue(answer.endsWith("\r\n\r\n\u0081\u0002hi\u0088\0"), answer);
        }
        testee.assertOpened();
        testee.assertClosedCleanly(1005);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void serverEndsAHandshakeThatOnlyTricklesIn_4_2(Backend backend) throws Exception {
    Results.note(
        "RFC 6455 4.2",
        "ends a handshake that only trickles in",
        "server",
        backend,
        () -> serverEndsAHandshakeThatOnlyTricklesIn(backend));
  }

  private static void serverEndsAHandshakeThatOnlyTricklesIn(Backend backend) throws Exception {
    Testee testee = new Testee();
    ServerOptions options =
        ServerOptions.builder().backend(backend).handshakeTimeout(Duration.ofMillis(300)).build();
    try (WebSocketServer server = WebSocketServer.start(options, testee);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20); // how fast it trickles
      socket.getOutputStream().write(LINE.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      boolean ended = false;
      while (!ended) { // for ever, if each byte put the deadline off
        try {
          int read = socket.getInputStream().read();
          ended = read < 0;
          answer.append(ended ? "" : (char) read);
        } catch (SocketTimeoutException none) {
          socket.getOutputStream().write("X: y\r\n".charAt(answer.length() % 6));
        } catch (SocketException reset) {
          ended = true;
        }
      }
      assertTrue(
          answer.toString().startsWith("HTTP/1.1 408 ") || answer.isEmpty(), answer::toString);
      assertEquals(0, testee.pending());
    }
  }

  static Stream<Arguments> responses() {
    String accept = "Sec-WebSocket-Accept: ACCEPT\r\n";
    String extension = "Sec-WebSocket-Extensions: ";
    String protocol = "Sec-WebSocket-Protocol: ";
    return onBoth(
        Stream.of(
            row("wrong accept", "101", ANSWER.replace("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
            row("no accept", "101", ANSWER.replace(accept, "")),
            row("two accepts", "101", ANSWER.replace(accept, accept + accept)),
            row("no upgrade", "101", ANSWER.replace("Upgrade: websocket\r\n", "")),
            row("other upgrade", "101", ANSWER.replace("Upgrade: websocket", "Upgrade: h2c")),
            row("no connection", "101", ANSWER.replace("Connection: Upgrade\r\n", "")),
            row("status 200", "200", ANSWER.replace("101 Switching Protocols", "200 OK")),
            row(
                "status 401 with a body",
                "401",
                "HTTP/1.1 401 No\r\nContent-Length: 6\r\n\r\nsecret"),
            row("redirect", "302", "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n"),
            row("unknown extension", "101", RawPeer.response("x-webkit-deflate-frame")),
            row(
                "extension twice",
                "101",
                RawPeer.response("permessage-deflate, permessage-deflate")),
            row(
                "window of 7 bits",
                "101",
                RawPeer.response("permessage-deflate; server_max_window_bits=7")),
            row(
                "unknown parameter",
                "101",
                RawPeer.response("permessage-deflate; server_max_window_bit=15")),
            row(
                "quoted window",
                "101",
                RawPeer.response("permessage-deflate; server_max_window_bits=\"15\"")),
            row("malformed extension", "101", ANSWER.replace(accept, accept + extension + ";\r\n")),
            row("subprotocol", "101", ANSWER.replace(accept, accept + protocol + "soap\r\n")),
            row(
                "two subprotocols",
                "101",
                ANSWER.replace(accept, accept + protocol + "chat\r\n" + protocol + "chat\r\n")),
            row("long head", "0", ANSWER.replace(accept, "X: " + "a".repeat(20_000) + "\r\n")),
            row("garbage", "0", "SSH-2.0-OpenSSH\r\n\r\n"),
            row("HTTP/1.0", "0 101", ANSWER.replace("HTTP/1.1", "HTTP/1.0")),
            row("bare LF", "0", ANSWER.replace("\r\n", "\n")),
            row("end of stream amidst it", "0", ANSWER.substring(0, 60))));
  }

  @ParameterizedTest(name = "{0} client: {1} fails")
  @MethodSource("responses")
  void clientRefusesResponse_4_1(Backend backend, String what, String statuses, String response)
      throws Exception {
    Testee testee = new Testee();
    ClientOptions options =
        ClientOptions.builder()
            .backend(backend)
            .subprotocols("chat")
            .deflate(DeflateOptions.DEFAULT)
            .build();
    Results.note(
        "RFC 6455 4.1",
        "refuses a response: " + what,
        "client",
        backend,
        () -> {
          try (ServerSocket listener = listener();
              WebSocketClient client = WebSocketClient.create(options)) {
            CompletableFuture<WebSocket> connecting = client.connect(uri(listener), testee);
            try (RawPeer peer = RawPeer.acceptWithoutAnswer(listener)) {
              String key = peer.header("Sec-WebSocket-Key");
              peer.write(
                  response
                      .replace("ACCEPT", AcceptKey.of(key))
                      .getBytes(StandardCharsets.ISO_8859_1));
              peer.endOutput();
              HandshakeException failure =
                  assertInstanceOf(HandshakeException.class, failure(connecting));
              String status = Integer.toString(failure.status());
              assertTrue(Arrays.asList(statuses.split(" ")).contains(status), failure::toString);
            }
            assertEquals(0, testee.pending(), "a failed handshake called the listener");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientTakesFramesBehindTheResponseAtAnySplit_4_1(Backend backend) throws Exception {
    Results.note(
        "RFC 6455 4.1",
        "takes frames behind the response, at any split",
        "client",
        backend,
        () -> clientTakesFramesBehindTheResponseAtAnySplit(backend));
  }

  private static void clientTakesFramesBehindTheResponseAtAnySplit(Backend backend)
      throws Exception {
    Testee testee = new Testee();
    ClientOptions options = ClientOptions.builder().backend(backend).build();
    try (ServerSocket listener = listener();
        WebSocketClient client = WebSocketClient.create(options)) {
      int length = Integer.MAX_VALUE;
      for (int split = 0; split < length; split++) {
        CompletableFuture<WebSocket> connecting = client.connect(uri(listener), testee);
        try (RawPeer peer = RawPeer.acceptWithoutAnswer(listener)) {
          String accept = AcceptKey.of(peer.header("Sec-WebSocket-Key"));
          String all = ANSWER.replace("ACCEPT", accept) + "\u0081\u0002hi\u0089\u0001!\u0088\0";
          length = all.length();
          peer.write(all.substring(0, split).getBytes(StandardCharsets.ISO_8859_1));
          peer.write(all.substring(split).getBytes(StandardCharsets.ISO_8859_1));
          assertEquals(Events.text("hi"), peer.next(), "split at " + split);
          assertEquals(Events.pong(new byte[] {'!'}), peer.next());
          assertEquals("close 1005", peer.next());
        }
        connecting.get(20, TimeUnit.SECONDS);
        testee.assertOpened();
        testee.assertClosedCleanly(1005);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientIsToldOnceWhenNobodyListens_4_1(Backend backend) throws Exception {
    Results.note(
        "RFC 6455 4.1",
        "is told once when nobody listens",
        "client",
        backend,
        () -> clientIsToldOnceWhenNobodyListens(backend));
  }

  private static void clientIsToldOnceWhenNobodyListens(Backend backend) throws Exception {
    Testee testee = new Testee();
    URI uri;
    try (ServerSocket listener = listener()) {
      uri = uri(listener);
    }
    try (WebSocketClient client =
        WebSocketClient.create(ClientOptions.builder().backend(backend).build())) {
      assertInstanceOf(IOException.class, failure(client.connect(uri, testee)));
      assertEquals(0, client.connectionCount());
      assertEquals(0, testee.pending());
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static URI uri(ServerSocket listener) {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
  }

  private static Throwable failure(CompletableFuture<WebSocket> connecting) {
    return assertThrows(ExecutionException.class, () -> connecting.get(20, TimeUnit.SECONDS))
        .getCause();
  }
}
