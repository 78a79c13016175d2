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

  /** A close frame with 4001, masked with zeros. */
  private static final byte[] CLOSE_4001 = {
    (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 4001 >> 8, (byte) 4001
  };

  ResetTest(Backend backend) {
    super(backend);
  }

  /** Holds the loop up in its first message until the peer has gone, then sends. */
  private static final class SendsTooLate extends Closes {
    final CountDownLatch called = new CountDownLatch(1);
    final CountDownLatch gone = new CountDownLatch(1);
    final CompletableFuture<Void> sent = new CompletableFuture<>();

    @Override
    public void onText(WebSocket webSocket, String text) {
      called.countDown();
      try {
        assertTrue(gone.await(60, TimeUnit.SECONDS)); // before the loop can have noticed
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
  }

  @Test
  void aSendToAPeerThatHasResetFails() throws Exception {
    assertEquals(CloseCode.ABNORMAL_CLOSURE, codeAfterReset(new byte[0]));
  }

  @Test
  void theCloseFrameOfAPeerThatHasResetIsHeardThoughASendFails_7_1_5() throws Exception {
    assertEquals(4001, codeAfterReset(CLOSE_4001));
  }

  /** The code that the listener hears after a peer's last words and its reset. */
  private int codeAfterReset(byte[] lastWords) throws Exception {
    SendsTooLate closes = new SendsTooLate();
    WebSocketServer server = server(options().build(), closes);
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      peer.setSoTimeout(60_000);
      peer.setTcpNoDelay(true); // a reset discards what still waits to be sent
      peer.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      skipResponse(peer);
      peer.getOutputStream().write(GO);
      assertTrue(closes.called.await(60, TimeUnit.SECONDS));
      peer.getOutputStream().write(lastWords);
      peer.setSoLinger(true, 0); // closing sends a reset
    }
    closes.gone.countDown();
    until("closed", () -> closes.closed.get() == 1);
    Throwable failure = closes.sent.handle((nothing, thrown) -> thrown).get(60, TimeUnit.SECONDS);
    assertInstanceOf(WebSocketClosedException.class, failure);
    assertEquals(1, closes.opened.get());
    return closes.codes.iterator().next();
  }

  private static void skipResponse(Socket peer) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) peer.getInputStream().read());
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head.toString());
  }
}
