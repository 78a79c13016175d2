package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of a client's connections on one event loop, on both backends. */
@Timeout(300)
final class ManyClientsTest extends BackendFixture {

  private static final int CLIENTS = 2_000;
  private static final int MESSAGES = 5;

  private final Set<Thread> callers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger wrong = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(CLIENTS);

  ManyClientsTest(Backend backend) {
    super(backend);
  }

  /** Sends one message after the other, each when the one before has come back, then closes. */
  private final class Talker implements WebSocketListener {

    private final int number;
    private int echoed;

    Talker(int number) {
      this.number = number;
    }

    private String message() {
      return "message " + echoed + " of client " + number;
    }

    void begin(WebSocket webSocket) {
      if (!webSocket.offerText(message())) {
        wrong.incrementAndGet();
      }
    }

    @Override
    public void onText(WebSocket webSocket, String text) {
      callers.add(Thread.currentThread());
      if (!text.equals(message())) {
        wrong.incrementAndGet();
      }
      echoed++;
      if (echoed < MESSAGES) {
        begin(webSocket);
      } else {
        webSocket.close();
      }
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      if (code != CloseCode.NORMAL_CLOSURE || cause != null || echoed != MESSAGES) {
        wrong.incrementAndGet();
      }
      ended.countDown();
    }
  }

  @Test
  void twoThousandClientsTalkOnOneLoop() throws Exception {
    Duration patience = Duration.ofMinutes(2);
    WebSocketServer server =
        server(options().backlog(4096).handshakeTimeout(patience).build(), new Echo());
    WebSocketClient client =
        client(
            ClientOptions.builder()
                .backend(backend)
                .loops(1)
                .connectTimeout(patience)
                .handshakeTimeout(patience)
                .closeTimeout(patience)
                .build());
    List<Talker> talkers = new ArrayList<>();
    List<CompletableFuture<WebSocket>> opening = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      talkers.add(new Talker(i));
      opening.add(client.connect(uri(server), talkers.get(i)));
    }
    for (CompletableFuture<WebSocket> future : opening) {
      future.get(120, TimeUnit.SECONDS);
    }
    assertEquals(CLIENTS, client.connectionCount());
    assertEquals(CLIENTS, server.connectionCount());
    for (int i = 0; i < CLIENTS; i++) {
      talkers.get(i).begin(opening.get(i).join());
    }
    assertTrue(ended.await(120, TimeUnit.SECONDS), ended.getCount() + " have not ended");
    assertEquals(0, wrong.get());
    assertEquals(1, callers.size(), "one loop's thread calls all listeners");
    assertEquals(0, client.connectionCount());
    until("the server has let go", () -> server.connectionCount() == 0);
  }
}
