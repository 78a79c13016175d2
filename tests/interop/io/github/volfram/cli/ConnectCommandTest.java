package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectCommandTest {

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void linesGoOutMessagesComeInAndTheEndOfTheInputCloses(String backend) throws Exception {
    Backends.require(backend);
    try (WebSocketServer server = server(new EchoListener());
        CliProcess connect = CliProcess.start("connect", "--backend", backend, url(server))) {
      assertEquals("connected to " + url(server), connect.nextErrorLine());
      connect.type("Hello");
      assertEquals("Hello", connect.nextLine());
      connect.type("Größe 𝄞");
      assertEquals("Größe 𝄞", connect.nextLine());
      connect.endInput();
      assertEquals("closed: 1000", connect.nextErrorLine());
      assertEquals(0, connect.exitCode());
    }
  }

  @Test
  void answersToPipedLinesArePrintedBeforeTheEnd() throws Exception {
    try (WebSocketServer server = server(new EchoListener());
        CliProcess connect = CliProcess.start("connect", url(server))) {
      connect.type("one\ntwo\nthree");
      connect.endInput();
      assertEquals(0, connect.exitCode());
      assertEquals(List.of("one", "two", "three"), connect.output());
    }
  }

  @Test
  void binaryIsPrintedAsHexAndControlCharactersAreEscaped() throws Exception {
    WebSocketListener greeter =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.offerBinary(ByteBuffer.wrap(new byte[] {0, 1, (byte) 0xFF}));
            webSocket.offerText("\u001b[31mred");
            webSocket.close();
          }
        };
    try (WebSocketServer server = server(greeter);
        CliProcess connect = CliProcess.start("connect", url(server))) {
      assertEquals(0, connect.exitCode());
      assertEquals(List.of("binary, 3 bytes: 00 01 ff", "\\x1b[31mred"), connect.output());
    }
  }

  @Test
  void aCloseCodeOfTheApplicationIsAFailure() throws Exception {
    WebSocketListener closer =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.close(4000, "no more");
          }
        };
    try (WebSocketServer server = server(closer);
        CliProcess connect = CliProcess.start("connect", url(server))) {
      assertEquals(1, connect.exitCode());
      assertTrue(connect.errors().contains("closed: 4000 no more"), connect.errors().toString());
    }
  }

  @Test
  void aLostConnectionIsAFailure() throws Exception {
    WebSocketListener breaker =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.abort();
          }
        };
    try (WebSocketServer server = server(breaker);
        CliProcess connect = CliProcess.start("connect", url(server))) {
      assertEquals(1, connect.exitCode());
      String last = connect.errors().get(connect.errors().size() - 1);
      assertTrue(last.contains("1006") || last.startsWith("volfram connect: "), last);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void headersAndSubprotocolsAreSent(String backend) throws Exception {
    Backends.require(backend);
    CompletableFuture<UpgradeRequest> seen = new CompletableFuture<>();
    UpgradeHandler handler =
        request -> {
          seen.complete(request);
          return UpgradeResponse.accept(new EchoListener()).withSubprotocol("second");
        };
    try (WebSocketServer server = WebSocketServer.start(nio(), handler);
        CliProcess connect =
            CliProcess.start(
                "connect",
                url(server) + "path?q=1",
                "--backend=" + backend,
                "-H",
                "X-Token: a:b",
                "--subprotocol=first",
                "--subprotocol=second")) {
      UpgradeRequest request = seen.get(60, TimeUnit.SECONDS);
      assertEquals("/path?q=1", request.target());
      assertEquals("a:b", request.header("X-Token"));
      assertEquals(List.of("first", "second"), request.subprotocols());
      assertTrue(connect.nextErrorLine().endsWith("subprotocol second"));
      connect.endInput();
      assertEquals(0, connect.exitCode());
    }
  }

  @Test
  void aRefusalIsOneLineWithStatusAndBody() throws Exception {
    UpgradeHandler handler = request -> UpgradeResponse.reject(403, "members\nonly\n");
    try (WebSocketServer server = WebSocketServer.start(nio(), handler);
        CliProcess connect = CliProcess.start("connect", url(server))) {
      String line = connect.failure(1);
      assertTrue(line.contains("403"), line);
      assertTrue(line.contains("members only"), line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void aRefusedConnectionIsOneLine(String backend) throws Exception {
    Backends.require(backend);
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    try (CliProcess connect =
        CliProcess.start("connect", "--backend", backend, "ws://127.0.0.1:" + port + "/")) {
      String line = connect.failure(1);
      assertTrue(line.contains("127.0.0.1:" + port), line);
      assertTrue(line.toLowerCase(Locale.ROOT).contains("refused"), line);
    }
  }

  @Test
  void aHeaderOfTheHandshakeIsOneLine() throws Exception {
    try (WebSocketServer server = server(new EchoListener());
        CliProcess connect =
            CliProcess.start("connect", url(server), "-H", "Sec-WebSocket-Key: mine")) {
      String line = connect.failure(2);
      assertTrue(line.contains("Sec-WebSocket-Key"), line);
    }
  }

  private static WebSocketServer server(WebSocketListener listener) throws IOException {
    return WebSocketServer.start(nio(), listener);
  }

  private static ServerOptions nio() {
    return ServerOptions.builder().backend(Backend.NIO).build();
  }

  private static String url(WebSocketServer server) {
    return "ws://127.0.0.1:" + server.port() + "/";
  }
}
