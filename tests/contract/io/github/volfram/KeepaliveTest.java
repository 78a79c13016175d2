package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Round trips and batches over sockets, on both backends. */
@Timeout(120)
final class KeepaliveTest extends BackendFixture {

  KeepaliveTest(Backend backend) {
    super(backend);
  }

  @Test
  void bothSidesMeasureTheirRoundTrips() throws Exception {
    CompletableFuture<WebSocket> atServer = new CompletableFuture<>();
    Queue<String> pongs = new ConcurrentLinkedQueue<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            atServer.complete(webSocket);
          }

          @Override
          public void onPong(WebSocket webSocket, ByteBuffer payload) {
            pongs.add("unexpected");
          }
        };
    Duration interval = Duration.ofMillis(20);
    WebSocketServer server = server(options().pingInterval(interval).build(), listener);
    WebSocket atClient =
        connect(
            client(ClientOptions.builder().backend(backend).pingInterval(interval).build()),
            server,
            new WebSocketListener() {});
    WebSocket accepted = atServer.get(30, TimeUnit.SECONDS);
    until("the server knows", () -> accepted.roundTripTime() != null);
    until("the client knows", () -> atClient.roundTripTime() != null);
    assertTrue(accepted.roundTripTime().compareTo(Duration.ofSeconds(30)) < 0);
    assertEquals(List.of(), List.copyOf(pongs));
  }

  @Test
  void aBatchOfAnotherThreadIsNotInterleavedWithOtherSends() throws Exception {
    Queue<String> texts = new ConcurrentLinkedQueue<>();
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              @Override
              public void onText(WebSocket webSocket, String text) {
                texts.add(text);
              }
            });
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < 1000; i++) {
                webSocket.offerText("other");
              }
            });
    other.start();
    for (int i = 0; i < 100; i++) {
      webSocket.batch(
          () -> {
            webSocket.offerText("a");
            webSocket.offerText("b");
            webSocket.offerText("c");
          });
    }
    other.join();
    until("all have arrived", () -> texts.size() == 1300);
    List<String> all = List.copyOf(texts);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).equals("a")) {
        assertEquals(List.of("a", "b", "c"), all.subList(i, i + 3));
      }
    }
  }

  @Test
  void aBatchThatThrowsClosesItsConnection() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    Closes closes = new Closes();
    WebSocket webSocket = connect(client(), server, closes);
    webSocket.batch(
        () -> {
          throw new IllegalStateException("test");
        });
    until("closed", () -> closes.closed.get() == 1);
    assertEquals(List.of(CloseCode.INTERNAL_ERROR), List.copyOf(closes.codes));
  }
}
