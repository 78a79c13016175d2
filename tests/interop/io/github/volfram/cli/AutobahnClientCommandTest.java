package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server that speaks as Autobahn's does. */
class AutobahnClientCommandTest {

  private final List<String> log = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void everyCaseIsEchoedAndTheReportsAreWritten(String backend) throws Exception {
    Backends.require(backend);
    try (WebSocketServer server = fuzzer("3");
        CliProcess client =
            CliProcess.start("autobahn-client", "--backend", backend, "--url", url(server))) {
      assertEquals(0, client.exitCode(), client.errors().toString());
      String agent = "volfram-" + backend;
      assertEquals(List.of(agent + ": 3 of 3 cases run"), client.output());
      assertEquals(
          List.of(
              "/getCaseCount",
              "/runCase?case=1&agent=" + agent,
              "text 1",
              "binary 100000",
              "/runCase?case=2&agent=" + agent,
              "text 2",
              "binary 100000",
              "/runCase?case=3&agent=" + agent,
              "text 3",
              "binary 100000",
              "/updateReports?agent=" + agent),
          log);
    }
  }

  @Test
  void theAgentIsNamed() throws Exception {
    try (WebSocketServer server = fuzzer("0");
        CliProcess client =
            CliProcess.start("autobahn-client", "--url", url(server) + "/", "--agent", "a b")) {
      assertEquals(0, client.exitCode(), client.errors().toString());
      assertEquals(List.of("/getCaseCount", "/updateReports?agent=a+b"), log);
    }
  }

  @Test
  void aServerWithoutCasesIsOneLine() throws Exception {
    try (WebSocketServer server = fuzzer("none");
        CliProcess client = CliProcess.start("autobahn-client", "--url", url(server))) {
      String line = client.failure(1);
      assertTrue(line.contains("expected a number of cases"), line);
    }
  }

  @Test
  void aServerThatIsNotThereIsOneLine() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    String url = "ws://127.0.0.1:" + port;
    try (CliProcess client = CliProcess.start("autobahn-client", "--url", url)) {
      String line = client.failure(1);
      assertTrue(line.contains("127.0.0.1") && line.contains(String.valueOf(port)), line);
    }
  }

  private static String url(WebSocketServer server) {
    return "ws://127.0.0.1:" + server.port();
  }

  private WebSocketServer fuzzer(String count) throws Exception {
    UpgradeHandler handler =
        request -> {
          log.add(request.target());
          String query = String.valueOf(request.query());
          return UpgradeResponse.accept(
              switch (request.path()) {
                case "/getCaseCount" -> new Script(count);
                case "/runCase" -> new Case(query.substring(5, query.indexOf('&')));
                default -> new Script("");
              });
        };
    return WebSocketServer.start(ServerOptions.builder().backend(Backend.NIO).build(), handler);
  }

  /** Says one thing, or nothing, and closes. */
  private record Script(String text) implements WebSocketListener {
    @Override
    public void onOpen(WebSocket webSocket) {
      if (!text.isEmpty()) {
        webSocket.offerText(text);
      }
      webSocket.close();
    }
  }

  /** Sends a text and a binary message, and closes when both have come back. */
  private final class Case implements WebSocketListener {
    private final String number;

    Case(String number) {
      this.number = number;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
      webSocket.offerText(number);
      webSocket.offerBinary(ByteBuffer.allocate(100_000));
    }

    @Override
    public void onText(WebSocket webSocket, String text) {
      log.add("text " + text);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      log.add("binary " + payload.remaining());
      webSocket.close();
    }
  }
}
