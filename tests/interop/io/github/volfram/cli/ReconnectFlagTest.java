package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code connect --reconnect}. */
class ReconnectFlagTest {

  private static WebSocketServer server(int port, WebSocketListener listener) throws IOException {
    return WebSocketServer.start(
        ServerOptions.builder().backend(Backend.NIO).port(port).build(), listener);
  }

  /** Reads what the command says about itself until such a line. */
  private static void awaitLine(CliProcess connect, String start) throws InterruptedException {
    String line = connect.nextErrorLine();
    while (!line.startsWith(start)) {
      line = connect.nextErrorLine();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void aRestartedServerGetsTheLinesThatFollow(String backend) throws Exception {
    Backends.require(backend);
    WebSocketServer first = server(0, new EchoListener());
    int port = first.port();
    String url = "ws://127.0.0.1:" + port + "/";
    try (CliProcess connect =
        CliProcess.start("connect", "--reconnect", "--backend=" + backend, url)) {
      assertEquals("connecting to " + url, connect.nextErrorLine());
      assertEquals("connected to " + url, connect.nextErrorLine());
      connect.type("before");
      assertEquals("before", connect.nextLine());
      first.close();
      assertEquals("closed: 1001", connect.nextErrorLine());
      String again = connect.nextErrorLine();
      assertTrue(again.matches("connecting again in \\d+ ms"), again);
      awaitLine(connect, "cannot connect: ");
      connect.type("meanwhile");
      try (WebSocketServer second = server(port, new EchoListener())) {
        assertEquals(port, second.port());
        awaitLine(connect, "connected to " + url);
        assertEquals("meanwhile", connect.nextLine());
        connect.type("after");
        assertEquals("after", connect.nextLine());
        connect.endInput();
        assertEquals("closed: 1000", connect.nextErrorLine());
        assertEquals("stopped", connect.nextErrorLine());
        assertEquals(0, connect.exitCode());
      }
    } finally {
      first.close();
    }
  }

  @Test
  void aServerThatIsDoneEndsIt() throws Exception {
    WebSocketListener farewell =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.close();
          }
        };
    try (WebSocketServer server = server(0, farewell);
        CliProcess connect =
            CliProcess.start("connect", "--reconnect", "ws://127.0.0.1:" + server.port() + "/")) {
      assertEquals(0, connect.exitCode());
      assertTrue(connect.errors().contains("closed: 1000"), connect.errors().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void aServerThatRefusesForGoodEndsItWithAFailure(int status) throws Exception {
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(Backend.NIO).build(),
                request -> UpgradeResponse.reject(status, "no"));
        CliProcess connect =
            CliProcess.start("connect", "--reconnect", "ws://127.0.0.1:" + server.port() + "/")) {
      awaitLine(connect, "cannot connect: ");
      awaitLine(connect, "not connecting again: ");
      awaitLine(connect, "stopped");
      assertEquals(1, connect.exitCode());
    }
  }

  @Test
  void theEndOfTheInputEndsTheWaitWithAFailure() throws Exception {
    WebSocketServer server = server(0, new EchoListener());
    try (CliProcess connect =
        CliProcess.start("connect", "--reconnect", "ws://127.0.0.1:" + server.port() + "/")) {
      awaitLine(connect, "connected to ");
      server.close();
      awaitLine(connect, "cannot connect: ");
      connect.endInput();
      assertEquals(1, connect.exitCode());
    } finally {
      server.close();
    }
  }
}
