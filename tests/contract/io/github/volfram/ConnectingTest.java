package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How attempts to connect end, on both backends. */
@Timeout(120)
final class ConnectingTest extends BackendFixture {

  ConnectingTest(Backend backend) {
    super(backend);
  }

  @Test
  void connectFailsWithATypedCause_K8() throws Exception {
    WebSocketClient client =
        client(
            ClientOptions.builder()
                .backend(backend)
                .connectTimeout(Duration.ofSeconds(30))
                .handshakeTimeout(Duration.ofMillis(200))
                .build());
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      Throwable silent = failure(client.connect(URI.create("ws://127.0.0.1:" + port), new Echo()));
      assertInstanceOf(HandshakeException.class, silent);
    }
    Throwable refused = failure(client.connect(URI.create("ws://127.0.0.1:" + port), new Echo()));
    assertInstanceOf(ConnectException.class, refused);
    assertTrue(refused.getMessage().contains("127.0.0.1:" + port), refused.getMessage());
    Throwable unknown =
        failure(client.connect(URI.create("ws://nowhere.invalid:" + port), new Echo()));
    assertTrue(
        unknown instanceof UnknownHostException || unknown instanceof SocketTimeoutException,
        unknown.toString());
    assertEquals(0, client.connectionCount());
  }

  @Test
  void connectTimesOut_K8() throws Exception {
    // The backlog of a socket that nobody accepts from is full after a few connections.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      WebSocketClient client =
          client(
              ClientOptions.builder()
                  .backend(backend)
                  .connectTimeout(Duration.ofMillis(300))
                  .handshakeTimeout(Duration.ofSeconds(60))
                  .build());
      URI uri = URI.create("ws://127.0.0.1:" + full.getLocalPort());
      List<CompletableFuture<WebSocket>> futures = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        futures.add(client.connect(uri, new Echo()));
      }
      assertInstanceOf(SocketTimeoutException.class, failure(futures.get(4)));
      futures.forEach(future -> future.cancel(true));
      until("all are given up", () -> client.connectionCount() == 0);
    }
  }

  @Test
  void aResetDuringTheTlsHandshakeIsOneFailureAndFreesTheDescriptor_K8() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "only Linux counts descriptors this way");
    WebSocketClient client = client();
    Closes closes = new Closes();
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("wss://127.0.0.1:" + server.getLocalPort() + "/");
      long before = 0;
      for (int round = 0; round <= 50; round++) {
        CompletableFuture<WebSocket> future = client.connect(uri, closes);
        try (Socket accepted = server.accept()) {
          accepted.setSoTimeout(30_000);
          assertEquals(22, accepted.getInputStream().read(), "a TLS handshake record begins");
          accepted.setSoLinger(true, 0); // closing sends a reset
        }
        assertInstanceOf(IOException.class, failure(future));
        until("the connection is gone", () -> client.connectionCount() == 0);
        if (round == 0) { // all classes are loaded now
          before = count(descriptors);
        }
      }
      assertTrue(count(descriptors) < before + 25, "descriptors are left open");
    }
    assertEquals(0, closes.opened.get() + closes.closed.get());
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void aCancelledConnectIsGivenUp_K8() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      WebSocketClient client = client();
      Closes closes = new Closes();
      CompletableFuture<WebSocket> future =
          client.connect(URI.create("ws://127.0.0.1:" + silent.getLocalPort()), closes);
      try (java.net.Socket accepted = silent.accept()) {
        accepted.setSoTimeout(30_000);
        assertTrue(future.cancel(true));
        until("given up", () -> client.connectionCount() == 0);
        assertEquals(0, closes.opened.get() + closes.closed.get());
        assertThrows(
            IOException.class,
            () -> {
              while (accepted.getInputStream().read() >= 0) {
                // the request
              }
              throw new IOException("end");
            });
      }
    }
  }

  @Test
  void aConnectThatTheApplicationLetsTimeOutIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      WebSocketClient client = client();
      Closes closes = new Closes();
      CompletableFuture<WebSocket> future =
          client
              .connect(URI.create("ws://127.0.0.1:" + silent.getLocalPort()), closes)
              .orTimeout(1, TimeUnit.MILLISECONDS);
      assertInstanceOf(TimeoutException.class, failure(future));
      until("given up", () -> client.connectionCount() == 0);
      assertEquals(0, closes.opened.get() + closes.closed.get());
    }
  }

  @Test
  void aClosedClientRefusesToConnect() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    WebSocketClient client = client();
    Closes closes = new Closes();
    connect(client, server, closes);
    client.close();
    client.close();
    assertEquals(List.of(CloseCode.GOING_AWAY), List.copyOf(closes.codes));
    assertInstanceOf(IOException.class, failure(client.connect(uri(server), new Echo())));
    assertEquals(0, client.connectionCount());
    until("the server has let go", () -> server.connectionCount() == 0);
  }

  @Test
  void connectingWhileTheClientClosesEndsOneWayOrTheOther_R15() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    for (int round = 0; round < 10; round++) {
      WebSocketClient client = client();
      Closes closes = new Closes();
      List<CompletableFuture<WebSocket>> futures = new ArrayList<>();
      Thread connecting =
          new Thread(
              () -> {
                for (int i = 0; i < 20; i++) {
                  futures.add(client.connect(uri(server), closes));
                }
              });
      connecting.start();
      client.close();
      connecting.join();
      for (CompletableFuture<WebSocket> future : futures) {
        future.handle((opened, failure) -> "").get(30, TimeUnit.SECONDS);
      }
      until("balanced", () -> closes.opened.get() == closes.closed.get());
      assertEquals(0, client.connectionCount());
    }
    until("the server has let go", () -> server.connectionCount() == 0);
  }

  @Test
  void connectionsAboveTheLimitAreAnswered503_R10() throws Exception {
    WebSocketServer server = server(options().maxConnections(2).build(), new Echo());
    WebSocketClient client = client();
    WebSocket first = connect(client, server, new Echo());
    connect(client, server, new Echo());
    HandshakeException refused =
        assertInstanceOf(
            HandshakeException.class, failure(client.connect(uri(server), new Echo())));
    assertEquals(503, refused.status());
    first.close();
    until("there is room again", () -> server.connectionCount() < 2);
    connect(client, server, new Echo());
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    int port = server.port();
    IOException busy =
        assertThrows(
            IOException.class,
            () -> WebSocketServer.start(options().port(port).build(), new Echo()));
    assertTrue(busy.getMessage().contains("127.0.0.1:" + port), busy.getMessage());
  }
}
