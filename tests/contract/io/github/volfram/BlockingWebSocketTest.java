package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.EchoListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections for code that waits, on both backends. */
@Timeout(120)
final class BlockingWebSocketTest extends BackendFixture {

  private static final int BLOCK = 64 << 10;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  BlockingWebSocketTest(Backend backend) {
    super(backend);
    open.add(threads::shutdownNow);
  }

  private WebSocketServer serve(BlockingWebSocket.Handler handler) throws IOException {
    return server(options().build(), BlockingWebSocket.handler(threads, handler));
  }

  private BlockingWebSocket connect(WebSocketServer server) throws Exception {
    return BlockingWebSocket.connect(client(), uri(server));
  }

  private static void echo(BlockingWebSocket webSocket) throws Exception {
    while (true) {
      WebSocketMessage message = webSocket.receive();
      if (message instanceof WebSocketMessage.Text text) {
        webSocket.sendText(text.text());
      } else if (message instanceof WebSocketMessage.Binary binary) {
        webSocket.sendBinary(binary.payload());
      }
    }
  }

  @Test
  void messagesGoThereAndBack() throws Exception {
    try (BlockingWebSocket webSocket = connect(serve(BlockingWebSocketTest::echo))) {
      for (int size : new int[] {0, 1, 200, 100_000}) {
        String text = "ä".repeat(size / 2);
        webSocket.sendText(text);
        assertEquals(new WebSocketMessage.Text(text), webSocket.receive());
        ByteBuffer payload = ByteBuffer.allocate(size);
        webSocket.sendBinary(payload);
        assertEquals(new WebSocketMessage.Binary(payload), webSocket.receive());
      }
      assertEquals("/", webSocket.webSocket().request().path());
    }
  }

  @Test
  void whatCameBeforeTheEndIsReceivedAndThenTheEndByEveryReceiver() throws Exception {
    WebSocketServer server =
        serve(
            webSocket -> {
              webSocket.sendText("last");
              webSocket.close(4000, "bye");
            });
    BlockingWebSocket webSocket = connect(server);
    assertEquals(new WebSocketMessage.Text("last"), webSocket.receive());
    for (int i = 0; i < 2; i++) {
      WebSocketClosedException closed =
          assertThrows(WebSocketClosedException.class, webSocket::receive);
      assertEquals(4000, closed.code());
      assertEquals("bye", closed.reason());
      assertNull(closed.getCause());
    }
    WebSocketClosedException late =
        assertThrows(WebSocketClosedException.class, () -> webSocket.sendText("x"));
    assertEquals(4000, late.code());
    webSocket.close();
  }

  @Test
  void aBrokenConnectionTellsItsCause() throws Exception {
    WebSocketServer server =
        serve(
            webSocket -> {
              webSocket.receive(); // else the client may not be open yet
              webSocket.webSocket().abort();
            });
    BlockingWebSocket webSocket = connect(server);
    webSocket.sendText("x");
    WebSocketClosedException closed =
        assertThrows(WebSocketClosedException.class, webSocket::receive);
    assertEquals(CloseCode.ABNORMAL_CLOSURE, closed.code());
    assertInstanceOf(IOException.class, closed.getCause());
  }

  @Test
  void theWaitForAMessageMayBeLimited() throws Exception {
    try (BlockingWebSocket webSocket = connect(serve(BlockingWebSocketTest::echo))) {
      assertNull(webSocket.receive(Duration.ZERO));
      assertNull(webSocket.receive(Duration.ofMillis(1)));
      webSocket.sendText("x");
      assertEquals(new WebSocketMessage.Text("x"), webSocket.receive(Duration.ofSeconds(60)));
      webSocket.sendText("for ever");
      assertEquals(
          new WebSocketMessage.Text("for ever"),
          webSocket.receive(ChronoUnit.FOREVER.getDuration()));
    }
  }

  @Test
  void aSenderWaitsForAPeerThatDoesNotReceive() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    int blocks = 1000; // 64 MB: more than the kernel takes and the buffers hold
    CompletableFuture<Integer> misplaced = new CompletableFuture<>();
    WebSocketServer server =
        serve(
            webSocket -> {
              go.await();
              int wrong = 0;
              for (int i = 0; i < blocks; i++) {
                WebSocketMessage.Binary got = (WebSocketMessage.Binary) webSocket.receive();
                wrong += got.payload().getInt(0) == i && got.payload().remaining() == BLOCK ? 0 : 1;
              }
              misplaced.complete(wrong);
            });
    BlockingWebSocket webSocket = connect(server);
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < blocks; i++) {
                  webSocket.sendBinary(ByteBuffer.allocate(BLOCK).putInt(0, i));
                }
              } catch (IOException | InterruptedException e) {
                misplaced.completeExceptionally(e);
              }
            });
    sender.start();
    until(
        "it waits",
        () ->
            sender.getState() == Thread.State.WAITING
                && webSocket.webSocket().bufferedBytes() > BLOCK);
    assertTrue(webSocket.webSocket().bufferedBytes() < 3 * BLOCK, "the soft mark bounds it");
    go.countDown();
    assertEquals(0, misplaced.get(60, TimeUnit.SECONDS));
    sender.join();
    webSocket.close();
  }

  @Test
  void closingEndsAlsoWhatNobodyReceives() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    WebSocketServer server =
        serve(
            webSocket -> {
              for (int i = 0; i < 32; i++) {
                webSocket.sendBinary(ByteBuffer.allocate(BLOCK));
              }
              done.await();
            });
    BlockingWebSocket webSocket = connect(server);
    assertNotNull(webSocket.receive());
    webSocket.close(); // the answer is behind two megabytes, of which an eighth fits the queue
    done.countDown();
    WebSocketClosedException closed = null;
    while (closed == null) {
      try {
        webSocket.receive();
      } catch (WebSocketClosedException e) {
        closed = e;
      }
    }
    assertEquals(CloseCode.NORMAL_CLOSURE, closed.code());
  }

  @Test
  void aHandlerThatThrowsFailsItsConnection_R14() throws Exception {
    WebSocketServer server =
        serve(
            webSocket -> {
              throw new IOException("expected by the test");
            });
    WebSocketClosedException closed =
        assertThrows(WebSocketClosedException.class, connect(server)::receive);
    assertEquals(CloseCode.INTERNAL_ERROR, closed.code());
    until("gone", () -> server.connectionCount() == 0);
  }

  @Test
  void anInterruptEndsAWaitAndNotTheConnection() throws Exception {
    try (BlockingWebSocket webSocket = connect(serve(BlockingWebSocketTest::echo))) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, webSocket::receive);
      webSocket.sendText("x");
      assertEquals(new WebSocketMessage.Text("x"), webSocket.receive());
    }
  }

  @Test
  void aFailedAttemptTellsWhy() throws Exception {
    ServerOptions options = options().build();
    WebSocketServer server =
        WebSocketServer.start(options, request -> UpgradeResponse.reject(403, "no"));
    open.add(server);
    HandshakeException refused = assertThrows(HandshakeException.class, () -> connect(server));
    assertEquals(403, refused.status());
  }

  @Test
  void anEventLoopMustNotWait() throws Exception {
    CompletableFuture<BlockingWebSocket> itself = new CompletableFuture<>();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    WebSocketServer server = server(options().build(), new EchoListener());
    WebSocketClient client = client();
    BlockingWebSocket webSocket = BlockingWebSocket.connect(client, uri(server));
    itself.complete(webSocket);
    webSocket
        .webSocket()
        .sendBinary(
            ByteBuffer.allocate(1),
            failure ->
                thrown.complete(assertThrows(RuntimeException.class, () -> webSocket.receive())));
    assertInstanceOf(IllegalStateException.class, thrown.get(60, TimeUnit.SECONDS));
    webSocket.close();
  }

  @Test
  void virtualThreadsAreNeverPinned() throws Exception {
    Path java = laterJava();
    Assumptions.assumeTrue(
        java != null, "no JDK 21 or later: set JAVA25_HOME to test virtual threads");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dvolfram.backend=" + backend.name().toLowerCase(Locale.ROOT),
                "-cp",
                System.getProperty("java.class.path"),
                VirtualThreadsMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("pinned: 0, connections: 50, echoes: 5000"), output);
    assertFalse(output.contains("WARNING: a callback"), output);
  }

  private static Path laterJava() {
    List<String> homes =
        List.of(
            String.valueOf(System.getenv("JAVA25_HOME")),
            "/usr/lib/jvm/temurin-25-jdk-amd64",
            "/usr/lib/jvm/java-25-openjdk-amd64",
            Runtime.version().feature() >= 21 ? System.getProperty("java.home") : "");
    for (String home : homes) {
      Path java = Path.of(home, "bin", "java");
      if (!home.isEmpty() && Files.isExecutable(java)) {
        return java;
      }
    }
    return null;
  }
}
