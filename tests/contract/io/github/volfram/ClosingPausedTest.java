package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing handshakes of clients that have paused reading, on both backends. */
@Timeout(120)
final class ClosingPausedTest extends BackendFixture {

  ClosingPausedTest(Backend backend) {
    super(backend);
  }

  @Test
  void thePeersCodeIsHeardBehindMoreThanTheSocketsHold_7_1_2() throws Exception {
    int messages = 32;
    WebSocketServer server =
        server(
            options().outboundHardCapBytes(1L << 30).build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket) {
                for (int i = 0; i < messages; i++) {
                  assertTrue(webSocket.offerBinary(ByteBuffer.allocate(1 << 20)));
                }
              }
            });
    AtomicInteger delivered = new AtomicInteger();
    Closes closes =
        new Closes() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.pauseReading();
          }

          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            delivered.incrementAndGet();
          }
        };
    WebSocketClient client =
        client(
            ClientOptions.builder().backend(backend).closeTimeout(Duration.ofMinutes(1)).build());
    WebSocket webSocket = connect(client, server, closes);
    webSocket.close(4000, "");
    until("closed", () -> closes.closed.get() == 1);
    assertEquals(List.of(4000), List.copyOf(closes.codes));
    assertEquals(0, delivered.get());
  }
}
