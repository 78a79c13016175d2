package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.OutboundFullException;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketClosedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections that close while something else happens to them. */
class ClosingRacesTest extends FaultsContract {

  private static final int PAIRS = 100;
  private static final int THREADS = 8;

  private final Map<String, RecordingListener> pairs = new ConcurrentHashMap<>();

  @Override
  UpgradeResponse answer(UpgradeRequest request) {
    RecordingListener listener = pairs.get(request.path());
    return listener == null ? super.answer(request) : UpgradeResponse.accept(listener);
  }

  @Test
  void aConnectionClosedInAnothersCallbackHearsNothingMore_R12() throws Exception {
    for (int i = 0; i < PAIRS; i++) {
      RecordingListener second = new RecordingListener();
      pairs.put("/second/" + i, second);
      pairs.put("/first/" + i, new ClosesAnother(second));
    }
    start(serverOptions());
    List<WebSocket> sockets = new ArrayList<>();
    WebSocketClient client = closedAtEnd(WebSocketClient.create(clientOptions().build()));
    for (int i = 0; i < PAIRS; i++) {
      for (String path : List.of("/first/" + i, "/second/" + i)) {
        sockets.add(
            client
                .connect(uri(server.port(), path), new RecordingListener())
                .get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS));
        pairs.get(path).log.expectSooner("open");
      }
    }
    for (WebSocket socket : sockets) {
      socket.offerText("to both of the pair");
    }
    for (int i = 0; i < PAIRS; i++) {
      EventLog second = pairs.get("/second/" + i).log;
      assertEquals(Event.close(1006, ""), second.expectSooner("close"));
      pairs.get("/first/" + i).log.expect(Event.text("to both of the pair"));
    }
    bystanderIsUnharmed();
    server.close();
    for (int i = 0; i < PAIRS; i++) {
      pairs.get("/second/" + i).log.expectNoMore();
    }
  }

  /** Drops the other connection at the first message. */
  private static final class ClosesAnother extends RecordingListener {
    private final RecordingListener other;

    ClosesAnother(RecordingListener other) {
      this.other = other;
    }

    @Override
    public void onText(WebSocket webSocket, String text) {
      try {
        other.webSocket().abort();
      } catch (Exception e) {
        log.add(Event.error(e.toString()));
      }
      super.onText(webSocket, text);
    }
  }

  @Test
  void sendsOfManyThreadsDuringCloseEndOnceEach_R13() throws Exception {
    start(serverOptions());
    WebSocket client = connectVictim(clientOptions());
    victimAtServer();
    AtomicInteger succeeded = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    int each = 2000;
    for (int t = 0; t < THREADS; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  client.sendText(
                      "x",
                      failure -> {
                        ended.incrementAndGet();
                        if (failure == null) {
                          succeeded.incrementAndGet();
                        } else {
                          failures.add(failure);
                        }
                      });
                }
              });
      thread.start();
      threads.add(thread);
    }
    atServer.log.expect(Event.text("x"));
    client.close(4001, "enough");
    client.close(4002, "twice");
    for (Thread thread : threads) {
      thread.join();
    }
    int received = 1;
    Event event = atServer.log.next();
    for (; event.kind().equals("text"); event = atServer.log.next()) {
      received++;
    }
    assertEquals(Event.close(4001, "enough"), event);
    assertTrue(atClient.log.next().content().startsWith("4001 "));
    eventually("every send has ended", () -> ended.get() == THREADS * each);
    assertEquals(received, succeeded.get());
    for (Throwable failure : failures) {
      assertTrue(
          failure instanceof WebSocketClosedException || failure instanceof OutboundFullException,
          failure::toString);
    }
    expectNoMoreCallbacks();
    assertEquals(THREADS * each, ended.get());
  }

  @Test
  void everythingIsRefusedInAndAfterOnClose_R13() throws Exception {
    start(serverOptions());
    CompletableFuture<List<Object>> inOnClose = new CompletableFuture<>();
    RecordingListener listener =
        new RecordingListener() {
          @Override
          public void onClose(WebSocket ws, int code, String reason, @Nullable Throwable cause) {
            inOnClose.complete(useClosed(ws));
            super.onClose(ws, code, reason, cause);
          }
        };
    WebSocket client = connect(clientOptions(), server.port(), "/victim", listener);
    victimAtServer().close(4001, "");
    listener.log.expect(Event.close(4001, ""));
    for (List<Object> outcome :
        List.of(inOnClose.get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS), useClosed(client))) {
      assertEquals(List.of(false, false, false, false, false), outcome.subList(0, 5));
      CompletableFuture<?> sent = (CompletableFuture<?>) outcome.get(5);
      ExecutionException failure =
          assertThrows(
              ExecutionException.class,
              () -> sent.get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertInstanceOf(WebSocketClosedException.class, failure.getCause());
    }
    assertFalse(client.isOpen());
    assertEquals(0, client.bufferedBytes());
    bystanderIsUnharmed();
    listener.log.expectNoMore();
  }

  private static List<Object> useClosed(WebSocket webSocket) {
    ByteBuffer payload = ByteBuffer.allocate(3);
    List<Object> outcome = new ArrayList<>();
    outcome.add(webSocket.offerText("late"));
    outcome.add(webSocket.offerTextUtf8(payload));
    outcome.add(webSocket.offerBinary(payload));
    outcome.add(webSocket.offerPing(payload));
    outcome.add(webSocket.offerPong(payload));
    outcome.add(webSocket.sendText("late"));
    webSocket.close();
    webSocket.abort();
    webSocket.pauseReading();
    webSocket.resumeReading();
    return outcome;
  }
}
