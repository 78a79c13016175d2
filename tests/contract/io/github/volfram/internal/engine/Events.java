package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener that writes everything down, and runs what a test has hung into it. */
final class Events implements WebSocketListener {

  /** What has happened on all connections, in order. */
  final List<String> log = new ArrayList<>();

  /** The connections in the order of their opening. */
  final List<WebSocket> opened = new ArrayList<>();

  final List<WebSocket> closed = new ArrayList<>();

  Consumer<WebSocket> onOpen = webSocket -> {};
  BiConsumer<WebSocket, ByteBuffer> onMessage = (webSocket, payload) -> {};
  BiConsumer<WebSocket, ByteBuffer> onPing = (webSocket, payload) -> {};
  Consumer<WebSocket> onDrained = webSocket -> {};
  Consumer<WebSocket> onClose = webSocket -> {};

  /** What the last onClose named as its cause. */
  @Nullable Throwable cause;

  private int callbacks;

  /** Sends every message back. */
  Events echoing() {
    onMessage = Events::echo;
    return this;
  }

  static void echo(WebSocket webSocket, ByteBuffer payload) {
    if (payload.remaining() > 0 && payload.get(payload.position()) >= 'a') {
      webSocket.offerTextUtf8(payload);
    } else {
      webSocket.offerBinary(payload);
    }
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    opened.add(webSocket);
    during("open", () -> onOpen.accept(webSocket));
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    during("text " + show(utf8), () -> onMessage.accept(webSocket, utf8));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    during("binary " + show(payload), () -> onMessage.accept(webSocket, payload));
  }

  @Override
  public void onPing(WebSocket webSocket, ByteBuffer payload) {
    during("ping " + show(payload), () -> onPing.accept(webSocket, payload));
  }

  @Override
  public void onPong(WebSocket webSocket, ByteBuffer payload) {
    during("pong " + show(payload), () -> {});
  }

  @Override
  public void onBackpressure(WebSocket webSocket) {
    during("backpressure", () -> {});
  }

  @Override
  public void onDrained(WebSocket webSocket) {
    during("drained", () -> onDrained.accept(webSocket));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable failure) {
    cause = failure;
    closed.add(webSocket);
    during("closed " + code, () -> onClose.accept(webSocket));
  }

  private void during(String event, Runnable hook) {
    if (callbacks != 0) {
      throw new AssertionError(event + " within another callback: " + log);
    }
    callbacks++;
    log.add(event);
    try {
      hook.run();
    } finally {
      callbacks--;
    }
  }

  /** Whether a callback runs now. */
  boolean inCallback() {
    return callbacks != 0;
  }

  static String show(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return show(bytes);
  }

  /** A short payload as it is, a long one as its length and a digest. */
  static String show(byte[] bytes) {
    if (bytes.length <= 32) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    return bytes.length + "#" + java.util.Arrays.hashCode(bytes);
  }
}
