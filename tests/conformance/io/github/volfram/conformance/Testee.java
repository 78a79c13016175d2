package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sends every message back as it came, and notes how its connections begin and end. */
final class Testee implements WebSocketListener {

  private final BlockingQueue<String> lifecycle = new LinkedBlockingQueue<>();

  @Override
  public void onOpen(WebSocket webSocket) {
    lifecycle.add("open");
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    taken(webSocket.offerTextUtf8(utf8), utf8);
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    taken(webSocket.offerBinary(payload), payload);
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
    lifecycle.add(ended(code, cause == null ? "clean" : cause.getClass().getSimpleName()));
  }

  private static void taken(boolean taken, ByteBuffer message) {
    if (!taken) {
      throw new IllegalStateException("echo of " + message.remaining() + " bytes was refused");
    }
  }

  private static String ended(int code, String how) {
    return "end " + code + " " + how;
  }

  void assertOpened() throws InterruptedException {
    assertEquals("open", next());
  }

  void assertClosedCleanly(int code) throws InterruptedException {
    assertEquals(ended(code, "clean"), next());
  }

  void assertFailed(int code) throws InterruptedException {
    assertEquals(ended(code, "ProtocolException"), next());
  }

  /** The next beginning or end of a connection. */
  String next() throws InterruptedException {
    String next = lifecycle.poll(20, TimeUnit.SECONDS);
    assertNotNull(next, "expected the listener to be called, it was not");
    return next;
  }

  /** How many beginnings and ends were not asked for. */
  int pending() {
    return lifecycle.size();
  }
}
