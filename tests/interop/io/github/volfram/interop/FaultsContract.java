package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import io.github.volfram.testing.FaultProxy;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Our server, our client and a proxy between them that mistreats the bytes. Beside the victim there
 * is a bystander, a connection of the same server and loop, whose messages must go on passing.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "NIO"})
@Timeout(120)
abstract class FaultsContract {

  @Parameter Backend backend;

  /** What the victim's server end is told. */
  RecordingListener atServer = new RecordingListener();

  /** What the victim's client end is told. */
  final RecordingListener atClient = new RecordingListener();

  WebSocketServer server;
  FaultProxy proxy;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final EventLog bystander = new EventLog();
  private WebSocket bystanderSocket;
  private int roundTrips;

  @BeforeEach
  void requireBackend() {
    Peers.require(backend);
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** Options that a test changes before it starts the server. */
  ServerOptions.Builder serverOptions() {
    return ServerOptions.builder().backend(backend);
  }

  ClientOptions.Builder clientOptions() {
    return ClientOptions.builder().backend(backend);
  }

  /** Starts the server, the proxy before it, and the bystander. */
  void start(ServerOptions.Builder options) throws Exception {
    server = closedAtEnd(WebSocketServer.start(options.build(), this::answer));
    assertEquals(backend, server.backend());
    proxy = closedAtEnd(new FaultProxy(server.address()));
    WebSocketClient client =
        closedAtEnd(WebSocketClient.create(ClientOptions.builder().backend(backend).build()));
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            bystander.add(Event.text(text));
          }
        };
    bystanderSocket =
        client
            .connect(uri(server.port(), "/bystander"), listener)
            .get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Connects the victim, through the proxy. */
  WebSocket connectVictim(ClientOptions.Builder options) throws Exception {
    return connect(options, proxy.address().getPort(), "/victim", atClient);
  }

  WebSocket connect(
      ClientOptions.Builder options, int port, String path, RecordingListener listener)
      throws Exception {
    WebSocketClient client = closedAtEnd(WebSocketClient.create(options.build()));
    WebSocket webSocket =
        client.connect(uri(port, path), listener).get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
    listener.log.expectSooner("open");
    return webSocket;
  }

  /** The victim's server end, when it is open. */
  WebSocket victimAtServer() throws Exception {
    WebSocket webSocket = atServer.webSocket();
    atServer.log.expectSooner("open");
    return webSocket;
  }

  /** What a path is answered: the bystander has an echo, everyone else is the victim. */
  UpgradeResponse answer(UpgradeRequest request) {
    return UpgradeResponse.accept(
        request.path().equals("/bystander") ? new EchoListener() : atServer);
  }

  /** A message of the bystander comes back. */
  void bystanderIsUnharmed() {
    String message = "round trip " + roundTrips++;
    assertTrue(bystanderSocket.offerText(message));
    bystander.expect(Event.text(message));
  }

  /** Closes the server, after which nothing can happen any more, and looks for what had. */
  void expectNoMoreCallbacks() {
    server.close();
    atServer.log.expectNoMore();
    atClient.log.expectNoMore();
  }

  /** Asks until it is so; the bystander's round trips are the clock's ticks. */
  void eventually(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      boolean inTime =
          System.nanoTime() - start < TimeUnit.SECONDS.toNanos(EventLog.PATIENCE_SECONDS);
      assertTrue(inTime, () -> "still not: " + what);
      bystanderIsUnharmed();
    }
  }

  <T extends AutoCloseable> T closedAtEnd(T closeable) {
    opened.push(closeable);
    return closeable;
  }

  static URI uri(int port, String path) {
    return URI.create("ws://127.0.0.1:" + port + path);
  }
}
