package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketPartListener;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/** A {@link SerialListener} of messages in parts. */
public final class SerialPartListener extends SerialListener implements WebSocketPartListener {

  private final WebSocketPartListener listener;

  /** Makes one for any number of connections. */
  public SerialPartListener(Executor executor, int maxQueuedBytes, WebSocketPartListener listener) {
    super(executor, maxQueuedBytes, listener);
    this.listener = listener;
  }

  @Override
  public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
    ByteBuffer copy = copy(utf8);
    enqueue(webSocket, copy.remaining(), () -> listener.onTextPart(webSocket, copy, last));
  }

  @Override
  public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
    ByteBuffer copy = copy(payload);
    enqueue(webSocket, copy.remaining(), () -> listener.onBinaryPart(webSocket, copy, last));
  }
}
