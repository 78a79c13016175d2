package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose client stops reading, under every policy and on both backends. */
@Timeout(120)
final class SlowReaderTest extends BackendFixture {

  private static final int CAP = 256 << 10;
  private static final int MESSAGE = 10_000;

  /** What the server's end has been told. */
  private static final class AtServer implements WebSocketListener {
    final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final CompletableFuture<Throwable> cause = new CompletableFuture<>();
    final AtomicInteger backpressure = new AtomicInteger();
    final AtomicInteger drained = new AtomicInteger();

    @Override
    public void onOpen(WebSocket webSocket) {
      opened.complete(webSocket);
    }

    @Override
    public void onBackpressure(WebSocket webSocket) {
      backpressure.incrementAndGet();
    }

    @Override
    public void onDrained(WebSocket webSocket) {
      drained.incrementAndGet();
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable failure) {
      cause.complete(failure);
      closed.complete(code);
    }
  }

  /** The first four bytes of each message, whose rest must fit to them. */
  private static final class AtClient implements WebSocketListener {
    final Queue<Integer> numbers = new ConcurrentLinkedQueue<>();

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      int number = payload.getInt(payload.position());
      numbers.add(payload.equals(message(number)) ? number : -1);
    }
  }

  private final AtServer atServer = new AtServer();
  private final AtClient atClient = new AtClient();

  SlowReaderTest(Backend backend) {
    super(backend);
  }

  private static ByteBuffer message(int number) {
    byte[] bytes = new byte[MESSAGE];
    new Random(number).nextBytes(bytes);
    for (int i = MESSAGE / 2; i < MESSAGE; i++) {
      bytes[i] = (byte) (i / 100); // half of it compresses
    }
    return ByteBuffer.wrap(bytes).putInt(0, number);
  }

  private ServerOptions.Builder slow(OverflowPolicy policy) {
    return options()
        .outboundHardCapBytes(CAP)
        .sendBufferBytes(4096)
        .writeTimeout(Duration.ZERO)
        .overflowPolicy(policy);
  }

  /** Connects a client that does not read, and returns the server's end. */
  private WebSocket stopped(ServerOptions.Builder options, ClientOptions.Builder client)
      throws Exception {
    WebSocketServer server = server(options.build(), atServer);
    atClientEnd =
        connect(client(client.backend(backend).receiveBufferBytes(4096).build()), server, atClient);
    atClientEnd.pauseReading();
    return atServer.opened.get(30, TimeUnit.SECONDS);
  }

  private WebSocket atClientEnd;

  /** What waits for the loop, and what the loop has: a message counts as both while it is taken. */
  private static void assertBounded(WebSocket webSocket) {
    long buffered = webSocket.bufferedBytes();
    assertTrue(buffered <= 2 * CAP, "buffered " + buffered);
  }

  private static void assertCapped(WebSocket webSocket) {
    assertBounded(webSocket);
    until("at most " + CAP + " bytes are buffered", () -> webSocket.bufferedBytes() <= CAP);
  }

  @Test
  void closeEndsTheConnectionWith1008() throws Exception {
    WebSocket webSocket =
        stopped(
            slow(OverflowPolicy.CLOSE).closeTimeout(Duration.ofMillis(200)),
            ClientOptions.builder());
    for (int i = 0; webSocket.offerBinary(message(i)); i++) {
      assertCapped(webSocket);
    }
    assertEquals(CloseCode.POLICY_VIOLATION, atServer.closed.get(30, TimeUnit.SECONDS));
    assertInstanceOf(OutboundFullException.class, atServer.cause.get());
  }

  @Test
  void dropNewestKeepsTheFirstMessages() throws Exception {
    WebSocket webSocket = stopped(slow(OverflowPolicy.DROP_NEWEST), ClientOptions.builder());
    int count = 1000;
    List<Integer> sent = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger lost = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      send(webSocket, i, sent, lost);
      assertCapped(webSocket);
    }
    until("some are lost", () -> lost.get() > 0);
    until("the application is told", () -> atServer.backpressure.get() > 0);
    atClientEnd.resumeReading();
    until("all are told", () -> sent.size() + lost.get() == count);
    until("all have arrived", () -> atClient.numbers.size() == sent.size());
    assertEquals(sent, List.copyOf(atClient.numbers));
    assertEquals(0, sent.get(0));
    until("it is told of the end", () -> atServer.drained.get() > 0);
    assertEquals(1, atServer.backpressure.get());
  }

  private static void send(
      WebSocket webSocket, int number, List<Integer> sent, AtomicInteger lost) {
    webSocket.sendBinary(
        message(number),
        failure -> {
          if (failure == null) {
            sent.add(number);
          } else {
            lost.incrementAndGet();
          }
        });
  }

  @Test
  void dropOldestKeepsTheLastMessages() throws Exception {
    dropOldest(slow(OverflowPolicy.DROP_OLDEST), ClientOptions.builder());
  }

  @Test
  void dropOldestKeepsTheContextOfCompressionWhole() throws Exception {
    dropOldest(
        slow(OverflowPolicy.DROP_OLDEST).deflate(DeflateOptions.DEFAULT),
        ClientOptions.builder().deflate(DeflateOptions.DEFAULT));
  }

  private void dropOldest(ServerOptions.Builder options, ClientOptions.Builder client)
      throws Exception {
    WebSocket webSocket = stopped(options, client);
    int count = 1000;
    List<Integer> sent = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger lost = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      send(webSocket, i, sent, lost);
      assertBounded(webSocket);
      if (i % 10 == 0) {
        awaitLoop(webSocket);
      }
    }
    until("some are lost", () -> lost.get() > 0);
    atClientEnd.resumeReading();
    until("all are told", () -> sent.size() + lost.get() == count);
    until("all have arrived", () -> atClient.numbers.size() == sent.size());
    assertEquals(sent, List.copyOf(atClient.numbers));
    assertEquals(count - 1, sent.get(sent.size() - 1));
    until("drained", () -> atServer.drained.get() > 0);
    assertEquals(0, webSocket.bufferedBytes());
  }

  @Test
  void onlyTheLatestOfEachKeyIsKept() throws Exception {
    WebSocket webSocket =
        stopped(slow(OverflowPolicy.REJECT).outboundHardCapBytes(8 << 20), ClientOptions.builder());
    int keys = 5;
    int count = 2000;
    for (int i = 0; i < count; i++) {
      while (!webSocket.offerLatestBinary(i % keys, message(i))) {
        Thread.onSpinWait(); // the loop has not looked at the ones before
      }
    }
    until("all but the latest are gone", () -> webSocket.bufferedBytes() < 2 << 20);
    atClientEnd.resumeReading();
    List<Integer> latest = new ArrayList<>();
    for (int i = count - keys; i < count; i++) {
      latest.add(i);
    }
    until("the latest have arrived", () -> atClient.numbers.containsAll(latest));
    List<Integer> numbers = List.copyOf(atClient.numbers);
    assertTrue(numbers.size() < count, numbers.size() + " messages have arrived");
    assertFalse(numbers.contains(-1), "a message was not whole");
    assertTrue(latest.containsAll(numbers.subList(numbers.size() - keys, numbers.size())));
  }
}
