package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Hands callbacks over to an executor, those of one connection in their order and one at a time.
 * Called by event loops' threads; calls the application's listener on the executor's.
 */
public class SerialListener implements WebSocketListener {

  private final WebSocketListener listener;
  private final Executor executor;
  private final int maxQueuedBytes;
  private final Map<WebSocket, SerialQueue> queues = new ConcurrentHashMap<>();

  /** Makes one for any number of connections. */
  public SerialListener(Executor executor, int maxQueuedBytes, WebSocketListener listener) {
    this.executor = executor;
    this.maxQueuedBytes = maxQueuedBytes;
    this.listener = listener;
  }

  final void enqueue(WebSocket webSocket, int payloadBytes, Runnable callback) {
    SerialQueue queue = queues.get(webSocket);
    if (queue != null) {
      queue.add(payloadBytes, callback);
    }
  }

  static ByteBuffer copy(ByteBuffer view) {
    byte[] bytes = new byte[view.remaining()];
    view.get(view.position(), bytes);
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    webSocket.request(); // keeps it, since the application can ask for it only after this call
    queues.put(webSocket, new SerialQueue(webSocket, executor, maxQueuedBytes));
    enqueue(webSocket, 0, () -> listener.onOpen(webSocket));
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    ByteBuffer copy = copy(utf8);
    enqueue(webSocket, copy.remaining(), () -> listener.onTextUtf8(webSocket, copy));
  }

  /** Not called, as {@link #onTextUtf8} is. */
  @Override
  public final void onText(WebSocket webSocket, String text) {
    enqueue(webSocket, text.length(), () -> listener.onText(webSocket, text));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    ByteBuffer copy = copy(payload);
    enqueue(webSocket, copy.remaining(), () -> listener.onBinary(webSocket, copy));
  }

  @Override
  public void onPing(WebSocket webSocket, ByteBuffer payload) {
    ByteBuffer copy = copy(payload);
    enqueue(webSocket, copy.remaining(), () -> listener.onPing(webSocket, copy));
  }

  @Override
  public void onPong(WebSocket webSocket, ByteBuffer payload) {
    ByteBuffer copy = copy(payload);
    enqueue(webSocket, copy.remaining(), () -> listener.onPong(webSocket, copy));
  }

  @Override
  public void onBackpressure(WebSocket webSocket) {
    enqueue(webSocket, 0, () -> listener.onBackpressure(webSocket));
  }

  @Override
  public void onDrained(WebSocket webSocket) {
    enqueue(webSocket, 0, () -> listener.onDrained(webSocket));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    SerialQueue queue = queues.remove(webSocket);
    if (queue != null) {
      queue.end(() -> listener.onClose(webSocket, code, reason, cause));
    }
  }
}
