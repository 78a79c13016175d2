package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server and a client without threads, both turned by the test's thread. */
@Timeout(120)
final class InvokerTest extends BackendFixture {

  private final WebSocketServer server;
  private final WebSocketClient client =
      client(ClientOptions.builder().backend(backend).invoker(true).build());
  private final List<Thread> callbackThreads = new ArrayList<>();

  InvokerTest(Backend backend) throws IOException {
    super(backend);
    server = server(options().invoker(true).build(), new Echo());
  }

  private void pollUntil(String what, BooleanSupplier condition) {
    until(
        what,
        () -> {
          server.poll();
          client.poll();
          return condition.getAsBoolean();
        });
  }

  private WebSocket connected(WebSocketListener listener) {
    CompletableFuture<WebSocket> future = client.connect(uri(server), listener);
    pollUntil("connected", future::isDone);
    return future.join();
  }

  private final class Texts implements WebSocketListener {
    private final List<String> received = new ArrayList<>();

    @Override
    public void onText(WebSocket webSocket, String text) {
      received.add(text);
      callbackThreads.add(Thread.currentThread());
    }
  }

  @Test
  void messagesGoRoundInTheCallersThread() {
    Texts texts = new Texts();
    WebSocket webSocket = connected(texts);
    for (int i = 0; i < 100; i++) {
      assertTrue(webSocket.offerText("message " + i));
    }
    pollUntil("echoed", () -> texts.received.size() == 100);
    assertEquals("message 99", texts.received.get(99));
    callbackThreads.forEach(thread -> assertSame(Thread.currentThread(), thread));
    assertEquals(0, threads.size(), "no thread was asked for");
  }

  @Test
  void anotherThreadMaySend() throws Exception {
    Texts texts = new Texts();
    WebSocket webSocket = connected(texts);
    Thread sender = new Thread(() -> webSocket.offerText("from afar"));
    sender.start();
    pollUntil("echoed", () -> texts.received.size() == 1);
    sender.join();
    assertSame(Thread.currentThread(), callbackThreads.get(0));
  }

  @Test
  void anotherThreadMayNotPoll() {
    server.poll();
    CompletableFuture<Integer> elsewhere = CompletableFuture.supplyAsync(server::poll);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> elsewhere.get(30, TimeUnit.SECONDS));
    assertEquals(
        "expected the thread that polled first, got another", failure.getCause().getMessage());
  }

  @Test
  void pollingLeavesTheOwnersInterrupt() {
    Texts texts = new Texts();
    WebSocket webSocket = connected(texts);
    webSocket.offerText("once");
    Thread.currentThread().interrupt();
    server.poll();
    client.poll();
    assertTrue(Thread.currentThread().isInterrupted(), "who turns a loop until interrupted");
    pollUntil("echoed", () -> texts.received.size() == 1);
    assertTrue(Thread.interrupted());
  }

  @Test
  void aCallbackMayNotPoll() {
    List<String> refusals = new ArrayList<>();
    connected(
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            refusals.add(assertThrows(IllegalStateException.class, client::poll).getMessage());
          }
        });
    assertEquals(List.of("expected no poll within a callback"), refusals);
  }

  @Test
  void closeTurnsTheLoopUntilEveryPeerHasAnswered() throws Exception {
    Closes closes = new Closes();
    try (WebSocketClient threaded = client()) {
      CompletableFuture<WebSocket> future = threaded.connect(uri(server), closes);
      until(
          "connected",
          () -> {
            server.poll();
            return future.isDone();
          });
      server.close();
      until("closed", () -> closes.closed.get() == 1);
      assertEquals(List.of(CloseCode.GOING_AWAY), List.copyOf(closes.codes));
    }
    assertEquals(0, server.poll(), "it has ended");
    assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", server.port()));
  }

  @Test
  void closeOfACallbackEndsTheLoopInLaterPolls() {
    Closes closes = new Closes();
    WebSocket webSocket =
        connected(
            new WebSocketListener() {
              @Override
              public void onText(WebSocket echoed, String text) {
                client.close();
              }

              @Override
              public void onClose(WebSocket closed, int code, String reason, Throwable cause) {
                closes.onClose(closed, code, reason, cause);
              }
            });
    webSocket.offerText("go");
    pollUntil("closed", () -> closes.closed.get() == 1);
    assertFalse(webSocket.isOpen());
    pollUntil("ended", () -> client.connectionCount() == 0);
    client.poll();
    CompletableFuture<WebSocket> late = client.connect(uri(server), closes);
    assertTrue(late.isCompletedExceptionally());
  }

  @Test
  void closeOfAnotherThreadIsDoneByTheOneThatPolls() throws Exception {
    connected(new Closes());
    Thread closer = new Thread(client::close);
    closer.start();
    pollUntil("closed", () -> !closer.isAlive());
    assertEquals(0, client.connectionCount());
  }

  @Test
  void loopsWithThreadsAreNotPolled() throws Exception {
    WebSocketServer threaded = server(options().build(), new Echo());
    assertEquals(
        "expected options with invoker(true), got event loops with threads",
        assertThrows(IllegalStateException.class, threaded::poll).getMessage());
  }
}
