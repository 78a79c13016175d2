package io.github.volfram.interop;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes down what our end of a connection is told. */
class RecordingListener implements WebSocketListener {

  final EventLog log = new EventLog();

  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
  private volatile @Nullable Throwable cause;

  /** Waits until the connection is open. */
  WebSocket webSocket() throws Exception {
    return opened.get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What onClose told as the cause. */
  @Nullable Throwable cause() {
    return cause;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    String subprotocol = webSocket.subprotocol();
    String probe = webSocket.request().header("x-probe");
    log.add(Event.open(subprotocol == null ? "" : subprotocol, probe == null ? "" : probe));
    opened.complete(webSocket);
  }

  @Override
  public void onText(WebSocket webSocket, String text) {
    log.add(Event.text(text));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    log.add(Event.binary(Event.bytes(payload)));
  }

  @Override
  public void onPing(WebSocket webSocket, ByteBuffer payload) {
    log.add(Event.ping(Event.bytes(payload)));
  }

  @Override
  public void onPong(WebSocket webSocket, ByteBuffer payload) {
    log.add(Event.pong(Event.bytes(payload)));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    this.cause = cause;
    log.add(Event.close(code, reason));
  }
}
