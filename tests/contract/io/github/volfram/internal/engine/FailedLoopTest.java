package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An event loop whose turn fails ends, with its connections; new ones go to the others. */
@Timeout(120)
final class FailedLoopTest {

  /** Passes on what is opened, and counts what has ended. */
  private static final class Ends implements WebSocketListener {
    final BlockingQueue<WebSocket> opened = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

    @Override
    public void onOpen(WebSocket webSocket) {
      opened.add(webSocket);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      codes.add(code);
    }

    EventLoop nextLoop() throws InterruptedException {
      WebSocket next = opened.poll(60, TimeUnit.SECONDS);
      return assertInstanceOf(Connection.class, next).loop;
    }
  }

  /** Lets the loop's next turn throw, and waits until its thread does nothing more. */
  private static void fail(EventLoop loop) throws InterruptedException {
    Thread thread = loop.tasks().thread();
    loop.tasks()
        .execute(() -> loop.settleLater(null)); // what it makes of that is nobody's to catch
    thread.join(60_000);
    assertTrue(loop.tasks().hasEnded());
  }

  private static WebSocket connect(WebSocketClient client, WebSocketServer server, Ends ends)
      throws Exception {
    return client.connect(uri(server), ends).get(60, TimeUnit.SECONDS);
  }

  private static WebSocketServer server(Backend backend, Ends ends) throws IOException {
    return WebSocketServer.start(ServerOptions.builder().backend(backend).build(), ends);
  }

  private static URI uri(WebSocketServer server) {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void newConnectionsGoToTheOthers(Backend backend) throws Exception {
    Peers.require(backend);
    Ends atServer = new Ends();
    Ends atClient = new Ends();
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(backend).loops(3).build(), atServer);
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).loops(3).build())) {
      connect(client, server, atClient);
      EventLoop listening = atServer.nextLoop();
      EventLoop lasting = atClient.nextLoop();
      connect(client, server, atClient);
      EventLoop failedServer = atServer.nextLoop();
      EventLoop failedClient = atClient.nextLoop();
      fail(failedServer);
      assertEquals(1006, atServer.codes.poll(60, TimeUnit.SECONDS));
      fail(failedClient);
      assertEquals(1006, atClient.codes.poll(60, TimeUnit.SECONDS));
      int other = 0;
      for (int i = 0; i < 6; i++) {
        connect(client, server, atClient);
        EventLoop serverLoop = atServer.nextLoop();
        EventLoop clientLoop = atClient.nextLoop();
        other += serverLoop == listening ? 0 : 1;
        other += clientLoop == lasting ? 0 : 1;
      }
      assertEquals(6, other, "two loops of each share them");
      assertTrue(server.broadcastText("to all", any -> true));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void aClientThatHasNoneLeftSaysSo(Backend backend) throws Exception {
    Peers.require(backend);
    Ends atClient = new Ends();
    try (WebSocketServer server = server(backend, new Ends());
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).loops(2).build())) {
      for (int i = 0; i < 2; i++) {
        connect(client, server, atClient);
        fail(atClient.nextLoop());
      }
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> connect(client, server, atClient));
      assertInstanceOf(IOException.class, failed.getCause());
      assertEquals(
          "expected an event loop that works, but all 2 of this client have failed; see the log",
          failed.getCause().getMessage());
      assertEquals(0, client.connectionCount());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void whatConnectsAgainOnItStops(Backend backend) throws Exception {
    Peers.require(backend);
    Ends atClient = new Ends();
    try (WebSocketServer server = server(backend, new Ends());
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).loops(1).build())) {
      connect(client, server, atClient);
      fail(atClient.nextLoop());
      ReconnectingWebSocket reconnecting =
          client.connectReconnecting(uri(server), atClient, ReconnectOptions.builder().build());
      reconnecting.stopped().get(60, TimeUnit.SECONDS);
      assertEquals(ReconnectingWebSocket.State.STOPPED, reconnecting.state());
      assertEquals(0, client.connectionCount());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void whatConnectsAgainOnItStopsWithoutAThreadAsWell(Backend backend) throws Exception {
    Peers.require(backend);
    Ends atClient = new Ends();
    try (WebSocketServer server = server(backend, new Ends());
        WebSocketClient client =
            WebSocketClient.create(
                ClientOptions.builder().backend(backend).invoker(true).build())) {
      ReconnectingWebSocket reconnecting =
          client.connectReconnecting(uri(server), atClient, ReconnectOptions.builder().build());
      while (atClient.opened.isEmpty()) {
        client.poll();
      }
      EventLoop loop = atClient.nextLoop();
      loop.tasks().execute(() -> loop.settleLater(null));
      assertThrows(NullPointerException.class, client::poll);
      assertTrue(reconnecting.stopped().isDone());
      assertEquals(0, client.connectionCount());
    }
  }
}
