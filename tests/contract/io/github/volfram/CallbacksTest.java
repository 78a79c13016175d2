package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.engine.SerialListener;
import io.github.volfram.internal.engine.SerialPartListener;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks on threads of the application's, on both backends. */
@Timeout(120)
final class CallbacksTest extends BackendFixture {

  private static final int BLOCK = 64 << 10;

  private final ExecutorService pool = Executors.newFixedThreadPool(4);

  CallbacksTest(Backend backend) {
    super(backend);
    open.add(pool::shutdownNow);
  }

  @Test
  void eachConnectionKeepsItsOrderAndItsCallbacksNeverOverlap() throws Exception {
    int connections = 8;
    int messages = 1000;
    CountDownLatch all = new CountDownLatch(connections * messages);
    AtomicInteger offences = new AtomicInteger();
    Map<WebSocket, AtomicInteger> inside = new ConcurrentHashMap<>();
    Map<WebSocket, Integer> last = new ConcurrentHashMap<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            inside.put(webSocket, new AtomicInteger());
            last.put(webSocket, -1);
          }

          @Override
          public void onText(WebSocket webSocket, String text) {
            AtomicInteger count = inside.get(webSocket);
            int number = Integer.parseInt(text);
            if (count.incrementAndGet() != 1 || last.put(webSocket, number) != number - 1) {
              offences.incrementAndGet();
            }
            Thread.yield();
            count.decrementAndGet();
            all.countDown();
          }
        };
    WebSocketServer server = server(options().loops(2).build(), Callbacks.on(pool, 500, listener));
    WebSocketClient client = client();
    List<WebSocket> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(connect(client, server, new WebSocketListener() {}));
    }
    for (int number = 0; number < messages; number++) {
      for (WebSocket webSocket : clients) {
        webSocket.sendText(String.valueOf(number)).get(60, TimeUnit.SECONDS);
      }
    }
    assertTrue(all.await(60, TimeUnit.SECONDS), "left: " + all.getCount());
    assertEquals(0, offences.get());
  }

  @Test
  void aConnectionIsNotReadWhileTheApplicationLags() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger received = new AtomicInteger();
    AtomicInteger misplaced = new AtomicInteger();
    WebSocketListener slow =
        new WebSocketListener() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            await(go);
            if (payload.getInt(0) != received.getAndIncrement()) {
              misplaced.incrementAndGet();
            }
          }
        };
    WebSocketServer server = server(options().build(), Callbacks.on(pool, slow));
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    AtomicInteger sent = new AtomicInteger();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    // It would go on until the memory is full if the server kept reading.
    while (webSocket.offerBinary(ByteBuffer.allocate(BLOCK).putInt(0, sent.get()))) {
      sent.incrementAndGet();
      assertTrue(System.nanoTime() < deadline, "sent " + sent);
      awaitLoop(webSocket); // which has offered the block to the kernel
    }
    assertEquals(0, received.get());
    go.countDown();
    until("all received", () -> received.get() == sent.get());
    assertEquals(0, misplaced.get());
  }

  @Test
  void theQueueDoesNotEndAPauseOfTheApplications() throws Exception {
    LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    CompletableFuture<WebSocket> atServer = new CompletableFuture<>();
    WebSocketListener pausing =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            webSocket.pauseReading();
            received.add(text);
            atServer.complete(webSocket);
          }
        };
    WebSocketServer server = server(options().build(), Callbacks.on(pool, 1, pausing));
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    webSocket.offerText("1");
    assertEquals("1", received.poll(60, TimeUnit.SECONDS));
    WebSocket paused = atServer.get(60, TimeUnit.SECONDS);
    awaitLoop(paused); // it has done what was asked before
    webSocket.sendText("2").get(60, TimeUnit.SECONDS);
    awaitLoop(paused);
    awaitLoop(paused);
    assertEquals(0, received.size());
    paused.resumeReading();
    assertEquals("2", received.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void payloadsStayValidAndTheRequestIsKept() throws Exception {
    LinkedBlockingQueue<ByteBuffer> kept = new LinkedBlockingQueue<>();
    CompletableFuture<String> path = new CompletableFuture<>();
    WebSocketListener keeping =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            path.complete(webSocket.request().path());
          }

          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            kept.add(payload);
          }

          @Override
          public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
            kept.add(utf8);
          }
        };
    WebSocketServer server = server(options().build(), Callbacks.on(pool, keeping));
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    webSocket.offerText("abc");
    webSocket.offerBinary(ByteBuffer.wrap(new byte[] {1, 2}));
    webSocket.offerText("def");
    until("received", () -> kept.size() == 3);
    assertEquals("/", path.get(60, TimeUnit.SECONDS));
    assertEquals(ByteBuffer.wrap("abc".getBytes()), kept.take());
    assertEquals(ByteBuffer.wrap(new byte[] {1, 2}), kept.take());
    assertEquals(ByteBuffer.wrap("def".getBytes()), kept.take());
  }

  @Test
  void aCallbackThatThrowsFailsItsConnectionAlone_R14() throws Exception {
    AtomicInteger after = new AtomicInteger();
    Closes failing =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            if (text.equals("throw")) {
              throw new AssertionError("expected by the test");
            }
            after.incrementAndGet();
            webSocket.offerText(text);
          }
        };
    WebSocketServer server = server(options().build(), Callbacks.on(pool, failing));
    WebSocketClient client = client();
    Closes broken = new Closes();
    LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    WebSocket other =
        connect(
            client,
            server,
            new WebSocketListener() {
              @Override
              public void onText(WebSocket webSocket, String text) {
                answers.add(text);
              }
            });
    WebSocket first = connect(client, server, broken);
    first.offerText("throw");
    first.offerText("more");
    until("closed", () -> broken.closed.get() == 1 && failing.closed.get() == 1);
    assertEquals(List.of(CloseCode.INTERNAL_ERROR), List.copyOf(broken.codes));
    assertEquals(List.of(CloseCode.INTERNAL_ERROR), List.copyOf(failing.codes));
    assertEquals(0, after.get());
    other.offerText("alive");
    assertEquals("alive", answers.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void anExecutorThatTakesNoMoreWorkEndsTheConnection() throws Exception {
    Closes atServer = new Closes();
    WebSocketServer server = server(options().build(), Callbacks.on(pool, atServer));
    Closes atClient = new Closes();
    WebSocket webSocket = connect(client(), server, atClient);
    until("open", () -> atServer.opened.get() == 1);
    pool.shutdown();
    webSocket.offerText("x");
    until("closed", () -> atServer.closed.get() == 1 && atClient.closed.get() == 1);
    assertEquals(List.of(CloseCode.INTERNAL_ERROR), List.copyOf(atServer.codes));
    assertEquals(List.of(CloseCode.INTERNAL_ERROR), List.copyOf(atClient.codes));
    assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
  }

  @Test
  void messagesInPartsArriveInParts() throws Exception {
    LinkedBlockingQueue<String> parts = new LinkedBlockingQueue<>();
    WebSocketPartListener listener =
        new WebSocketPartListener() {
          @Override
          public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
            parts.add("text " + utf8.remaining() + last);
          }

          @Override
          public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
            parts.add("binary " + payload.remaining() + last);
          }
        };
    WebSocketServer server = server(options().build(), Callbacks.on(pool, listener));
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    webSocket.offerText("abc");
    webSocket.offerBinary(ByteBuffer.allocate(2));
    assertEquals("text 3true", parts.poll(60, TimeUnit.SECONDS));
    assertEquals("binary 2true", parts.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void everyCallbackThereIsIsHandedOver() throws Exception {
    for (Method method : WebSocketListener.class.getMethods()) {
      assertSame(
          SerialListener.class,
          SerialListener.class
              .getMethod(method.getName(), method.getParameterTypes())
              .getDeclaringClass(),
          method.getName());
    }
    for (Method method : WebSocketPartListener.class.getDeclaredMethods()) {
      assertSame(
          SerialPartListener.class,
          SerialPartListener.class
              .getMethod(method.getName(), method.getParameterTypes())
              .getDeclaringClass(),
          method.getName());
    }
    WebSocketListener listener = new WebSocketListener() {};
    assertThrows(IllegalArgumentException.class, () -> Callbacks.on(pool, 0, listener));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
