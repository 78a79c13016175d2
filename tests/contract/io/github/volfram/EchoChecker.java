package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's listener that compares what a server echoes with what was sent. */
final class EchoChecker implements WebSocketListener {

  private final BlockingQueue<ByteBuffer> echoes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    echoes.add(ByteBuffer.allocate(payload.remaining()).put(payload).flip());
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    codes.add(code);
  }

  /** Sends binary messages of these lengths in bytes, each after the echo of the one before. */
  void check(WebSocket webSocket, int... lengths) throws InterruptedException {
    for (int length : lengths) {
      byte[] message = new byte[length];
      new Random(length).nextBytes(message);
      assertTrue(webSocket.offerBinary(ByteBuffer.wrap(message)));
      assertEquals(ByteBuffer.wrap(message), echoes.poll(30, TimeUnit.SECONDS), length + " bytes");
    }
  }

  /** Waits for the end of the connection, which was closed in good order. */
  void awaitClosed() throws InterruptedException {
    assertEquals(1000, codes.poll(30, TimeUnit.SECONDS));
  }
}
