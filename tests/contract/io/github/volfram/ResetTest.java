package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that resets its connection while the application sends, on both backends. */
@Timeout(120)
final class ResetTest extends BackendFixture {

  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

  /** "go" as text, masked with zeros. */
  private static final byte[] GO = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'g', 'o'};

  ResetTest(Backend backend) {
    super(backend);
  }

  @Test
  void aSendToAPeerThatHasResetFails() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch reset = new CountDownLatch(1);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Closes closes =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            called.countDown();
            try {
              assertTrue(reset.await(60, TimeUnit.SECONDS)); // before the loop can have noticed
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            webSocket.sendText(
                "into the void",
                failure -> {
                  if (failure == null) {
                    sent.complete(null);
                  } else {
                    sent.completeExceptionally(failure);
                  }
                });
          }
        };
    WebSocketServer server = server(options().build(), closes);
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      peer.setSoTimeout(60_000);
      peer.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      skipResponse(peer);
      peer.getOutputStream().write(GO);
      assertTrue(called.await(60, TimeUnit.SECONDS));
      peer.setSoLinger(true, 0); // closing sends a reset
    }
    reset.countDown();
    until("closed", () -> closes.closed.get() == 1);
    Throwable failure = sent.handle((nothing, thrown) -> thrown).get(60, TimeUnit.SECONDS);
    assertInstanceOf(WebSocketClosedException.class, failure);
    assertEquals(1, closes.opened.get());
  }

  private static void skipResponse(Socket peer) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) peer.getInputStream().read());
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head.toString());
  }
}
