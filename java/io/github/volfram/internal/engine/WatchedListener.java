package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketPartListener;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Passes everything on to the application's listener, and tells of beginnings and ends. */
class WatchedListener implements WebSocketListener {

  private final WebSocketListener told;
  private final Reconnecting watcher;

  private WatchedListener(WebSocketListener told, Reconnecting watcher) {
    this.told = told;
    this.watcher = watcher;
  }

  static WebSocketListener of(WebSocketListener told, Reconnecting watcher) {
    return told instanceof WebSocketPartListener parts
        ? new OfParts(parts, watcher)
        : new WatchedListener(told, watcher);
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    watcher.opened(webSocket);
    told.onOpen(webSocket);
  }

  @Override
  public void onText(WebSocket webSocket, String text) {
    told.onText(webSocket, text);
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    told.onTextUtf8(webSocket, utf8);
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    told.onBinary(webSocket, payload);
  }

  @Override
  public void onPing(WebSocket webSocket, ByteBuffer payload) {
    told.onPing(webSocket, payload);
  }

  @Override
  public void onPong(WebSocket webSocket, ByteBuffer payload) {
    told.onPong(webSocket, payload);
  }

  @Override
  public void onBackpressure(WebSocket webSocket) {
    told.onBackpressure(webSocket);
  }

  @Override
  public void onDrained(WebSocket webSocket) {
    told.onDrained(webSocket);
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    try {
      told.onClose(webSocket, code, reason, cause);
    } finally {
      watcher.lost(code, cause);
    }
  }

  /** For a listener that takes messages in parts. */
  private static final class OfParts extends WatchedListener implements WebSocketPartListener {

    private final WebSocketPartListener parts;

    OfParts(WebSocketPartListener told, Reconnecting watcher) {
      super(told, watcher);
      this.parts = told;
    }

    @Override
    public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
      parts.onTextPart(webSocket, utf8, last);
    }

    @Override
    public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
      parts.onBinaryPart(webSocket, payload, last);
    }
  }
}
