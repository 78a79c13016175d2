package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and clients with threads of their own, on both backends. */
@Timeout(120)
@ParameterizedClass
@EnumSource(
    value = Backend.class,
    names = {"NATIVE", "NIO"})
final class BothBackendsTest {

  private final Backend backend;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Collection<Thread> threads = new ConcurrentLinkedQueue<>();

  BothBackendsTest(Backend backend) {
    this.backend = backend;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  private static class Echo implements WebSocketListener {
    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      webSocket.offerTextUtf8(utf8);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      webSocket.offerBinary(payload);
    }
  }

  /** Counts what it hears. */
  private static class Closes implements WebSocketListener {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final Collection<Integer> codes = new ConcurrentLinkedQueue<>();

    @Override
    public void onOpen(WebSocket webSocket) {
      opened.incrementAndGet();
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      codes.add(code);
      closed.incrementAndGet();
    }
  }

  private Thread noted(Runnable task) {
    Thread thread = new Thread(task, "noted");
    threads.add(thread);
    return thread;
  }

  private ServerOptions.Builder options() {
    return ServerOptions.builder().backend(backend).threadFactory(this::noted);
  }

  private WebSocketServer server(ServerOptions options, WebSocketListener listener)
      throws IOException {
    WebSocketServer server = WebSocketServer.start(options, listener);
    open.add(server);
    return server;
  }

  private WebSocketClient client() {
    return client(ClientOptions.builder().backend(backend).build());
  }

  private WebSocketClient client(ClientOptions options) {
    WebSocketClient client = WebSocketClient.create(options);
    open.add(client);
    return client;
  }

  private static URI uri(WebSocketServer server) {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  private static WebSocket connect(
      WebSocketClient client, WebSocketServer server, WebSocketListener listener) throws Exception {
    return client.connect(uri(server), listener).get(30, TimeUnit.SECONDS);
  }

  private static void until(String what, java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "has not happened: " + what);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private void assertThreadsEnded() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(30_000);
      assertFalse(thread.isAlive(), "a loop's thread is alive");
    }
  }

  @Test
  void messagesOfEightThreadsArriveInTheOrderOfEachThread_R13() throws Exception {
    int perThread = 2000;
    int[] last = new int[8];
    AtomicInteger misplaced = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(last.length * perThread);
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              @Override
              public void onText(WebSocket webSocket, String text) {
                String[] parts = text.split(" ");
                int thread = Integer.parseInt(parts[0]);
                int number = Integer.parseInt(parts[1]);
                if (last[thread] + 1 != number) {
                  misplaced.incrementAndGet();
                }
                last[thread] = number;
                all.countDown();
              }
            });
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    List<Thread> senders = new ArrayList<>();
    for (int t = 0; t < last.length; t++) {
      int id = t;
      Thread sender =
          new Thread(
              () -> {
                for (int i = 1; i <= perThread; i++) {
                  while (!webSocket.offerText(id + " " + i)) {
                    Thread.yield(); // full
                  }
                }
              });
      senders.add(sender);
      sender.start();
    }
    assertTrue(all.await(60, TimeUnit.SECONDS), "left: " + all.getCount());
    for (Thread sender : senders) {
      sender.join();
    }
    assertEquals(0, misplaced.get());
    until("everything is counted as sent", () -> webSocket.bufferedBytes() == 0);
  }

  @Test
  void everySendDuringACloseIsAnsweredOnce_R13() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    WebSocketClient client = client();
    for (int round = 0; round < 20; round++) {
      Closes closes = new Closes();
      WebSocket webSocket = connect(client, server, closes);
      AtomicInteger answers = new AtomicInteger();
      List<Thread> senders = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Thread sender =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    webSocket.sendBinary(
                        ByteBuffer.allocate(100), failure -> answers.incrementAndGet());
                  }
                });
        senders.add(sender);
        sender.start();
      }
      if (round % 2 == 0) {
        webSocket.close();
      } else {
        webSocket.abort();
      }
      for (Thread sender : senders) {
        sender.join();
      }
      until("all answered", () -> answers.get() == 800);
      until("closed", () -> closes.closed.get() == 1);
      assertFalse(webSocket.isOpen());
      assertFalse(webSocket.offerText("x"));
      CompletableFuture<Void> late = webSocket.sendText("x");
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> late.get(30, TimeUnit.SECONDS));
      assertInstanceOf(WebSocketClosedException.class, failed.getCause());
      assertEquals(1, closes.closed.get());
    }
    until("the server has let go", () -> server.connectionCount() == 0);
    assertEquals(0, client.connectionCount());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void closingAServerUnderLoadTellsAllAndFreesThePort_R15(int loops) throws Exception {
    Closes atServer =
        new Closes() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            webSocket.offerBinary(payload);
          }
        };
    WebSocketServer server = server(options().loops(loops).build(), atServer);
    int port = server.port();
    WebSocketClient client = client();
    Closes atClient =
        new Closes() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            webSocket.offerBinary(payload);
          }
        };
    for (int i = 0; i < 30; i++) {
      connect(client, server, atClient).offerBinary(ByteBuffer.allocate(100 + i * 100));
    }
    until("open", () -> atServer.opened.get() == 30);
    server.close();
    server.close();
    assertEquals(30, atServer.closed.get());
    until("closed", () -> atClient.closed.get() == 30);
    for (int code : atClient.codes) {
      assertEquals(CloseCode.GOING_AWAY, code);
    }
    assertThreadsEnded();
    assertEquals(0, server.connectionCount());
    assertEquals(port, server(options().port(port).build(), new Echo()).port());
  }

  @Test
  void aServerMayBeClosedFromACallback_R15() throws Exception {
    CompletableFuture<WebSocketServer> itself = new CompletableFuture<>();
    Closes atServer =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            itself.join().close();
          }
        };
    WebSocketServer server = server(options().build(), atServer);
    itself.complete(server);
    Closes atClient = new Closes();
    connect(client(), server, atClient).offerText("close");
    until("closed", () -> atClient.closed.get() == 1);
    assertEquals(List.of(CloseCode.GOING_AWAY), List.copyOf(atClient.codes));
    server.close(); // waits for what the callback has begun
    assertEquals(1, atServer.closed.get());
    for (Thread thread : threads) {
      assertFalse(thread.isAlive(), "close() has returned before the loop had ended");
    }
  }

  @Test
  void aServerWithAPeerThatDoesNotAnswerClosesInTime_R15() throws Exception {
    WebSocketServer server =
        server(options().shutdownTimeout(Duration.ofMillis(100)).build(), new Echo());
    try (java.net.Socket silent = new java.net.Socket("127.0.0.1", server.port())) {
      silent.setSoTimeout(30_000);
      until("accepted", () -> server.connectionCount() == 1);
      server.close();
      assertEquals(0, server.connectionCount());
      assertThreadsEnded();
      assertThrows(
          IOException.class,
          () -> {
            if (silent.getInputStream().read() < 0) {
              throw new IOException("end");
            }
          });
    }
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

  private static Throwable failure(CompletableFuture<WebSocket> future) {
    return assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
        .getCause();
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

  @Test
  void addressesAreThoseOfTheSocket() throws Exception {
    CompletableFuture<WebSocket> atServer = new CompletableFuture<>();
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket) {
                atServer.complete(webSocket);
              }
            });
    WebSocket atClient = connect(client(), server, new Echo());
    WebSocket accepted = atServer.get(30, TimeUnit.SECONDS);
    assertEquals(atClient.localAddress(), accepted.remoteAddress());
    assertEquals(atClient.remoteAddress(), accepted.localAddress());
    assertEquals(
        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.port()),
        atClient.remoteAddress());
  }
}
