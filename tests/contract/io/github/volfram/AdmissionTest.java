package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a server lets in, when and how fast, on both backends. */
@Timeout(120)
final class AdmissionTest extends BackendFixture {

  private final Queue<CompletableFuture<UpgradeResponse>> undecided = new ConcurrentLinkedQueue<>();

  AdmissionTest(Backend backend) {
    super(backend);
  }

  private WebSocketServer deciding(ServerOptions.Builder options) throws IOException {
    WebSocketServer server =
        WebSocketServer.start(
            options.build(),
            request -> {
              CompletableFuture<UpgradeResponse> decision = new CompletableFuture<>();
              undecided.add(decision);
              return UpgradeResponse.later(decision);
            });
    open.add(server);
    return server;
  }

  private CompletableFuture<UpgradeResponse> nextDecision() {
    until("a request", () -> !undecided.isEmpty());
    return undecided.remove();
  }

  private static int status(CompletableFuture<WebSocket> future) {
    return assertInstanceOf(HandshakeException.class, failure(future)).status();
  }

  private Socket socket(WebSocketServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    open.add(socket);
    socket.setSoTimeout(60_000);
    return socket;
  }

  @Test
  void anotherThreadDecidesAboutARequest() throws Exception {
    WebSocketServer server = deciding(options().loops(2));
    WebSocketClient client = client();
    CompletableFuture<WebSocket> accepted = client.connect(uri(server), new Closes());
    nextDecision().complete(UpgradeResponse.accept(new Echo()));
    accepted.get(60, TimeUnit.SECONDS).sendText("x").get(60, TimeUnit.SECONDS);

    CompletableFuture<WebSocket> refused = client.connect(uri(server), new Closes());
    nextDecision().complete(UpgradeResponse.reject(401, "log in first"));
    assertEquals(401, status(refused));

    CompletableFuture<WebSocket> failed = client.connect(uri(server), new Closes());
    nextDecision().completeExceptionally(new IOException("test"));
    assertEquals(500, status(failed));
  }

  @Test
  void aDecisionThatDoesNotComeInTimeGives503() throws Exception {
    WebSocketServer server = deciding(options().handshakeTimeout(Duration.ofMillis(200)));
    assertEquals(503, status(client().connect(uri(server), new Closes())));
    nextDecision().complete(UpgradeResponse.accept(new Echo()));
    until("let go", () -> server.connectionCount() == 0);
  }

  @Test
  void aClientThatGoesAwayUndecidedIsForgotten() throws Exception {
    WebSocketServer server = deciding(options());
    CompletableFuture<WebSocket> future = client().connect(uri(server), new Closes());
    CompletableFuture<UpgradeResponse> decision = nextDecision();
    future.cancel(false);
    until("forgotten", () -> server.connectionCount() == 0);
    Closes closes = new Closes();
    decision.complete(UpgradeResponse.accept(closes));
    assertEquals(List.of(), server.connections().get(60, TimeUnit.SECONDS));
    assertEquals(0, closes.opened.get());
  }

  @Test
  void whatAClientSendsBeforeItsAnswerIsDelivered() throws Exception {
    WebSocketServer server = deciding(options());
    Socket socket = socket(server);
    byte[] request =
        ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] frame = {(byte) 0x82, (byte) 0x81, 0, 0, 0, 0, 7};
    socket.getOutputStream().write(request);
    CompletableFuture<UpgradeResponse> decision = nextDecision();
    socket.getOutputStream().write(frame);
    until("held", () -> server.counters().bytesReceived() == request.length + frame.length);
    socket.getOutputStream().write(frame);
    decision.complete(UpgradeResponse.accept(new Echo()));
    byte[] answer = new byte[1];
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      assertEquals(1, socket.getInputStream().read(answer));
      head.append((char) answer[0]);
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head.toString());
    byte[] echoes = socket.getInputStream().readNBytes(6);
    assertEquals("827", Integer.toHexString(echoes[0] & 0xFF) + echoes[2]);
    assertEquals("827", Integer.toHexString(echoes[3] & 0xFF) + echoes[5]);
    socket.close();
  }

  @Test
  void oneAddressHasNoMoreThanItsConnections() throws Exception {
    WebSocketServer server =
        server(options().loops(2).maxConnectionsPerAddress(2).build(), new Echo());
    WebSocketClient client = client();
    WebSocket first = connect(client, server, new Closes());
    connect(client, server, new Closes());
    assertEquals(503, status(client.connect(uri(server), new Closes())));
    assertEquals(1, server.counters().connectionsRefused());
    first.close(1000, "");
    until("room", () -> server.connectionCount() == 1);
    connect(client, server, new Closes());
  }

  @Test
  void acceptingIsPaced() throws Exception {
    WebSocketServer server = server(options().maxAcceptsPerSecond(50).build(), new Echo());
    long start = System.nanoTime();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sockets.add(socket(server));
    }
    until("all are accepted", () -> server.counters().connectionsAccepted() == 100);
    // The last batch has 64 at most; what came before it took its time, less half a tick or so.
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis >= (100 - 64) * 1000 / 50 - 50, millis + " ms for 100 connections");
    for (Socket socket : sockets) {
      socket.close();
    }
    until("closed", () -> server.connectionCount() == 0);
  }
}
