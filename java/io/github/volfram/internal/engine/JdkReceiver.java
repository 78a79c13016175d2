package io.github.volfram.internal.engine;

import io.github.volfram.WebSocketPartListener;
import java.io.EOFException;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of the JDK's what one connection receives, as much as it has asked for: where
 * nothing more is wanted the connection is not read. The loop's thread calls this, the executor
 * calls the listener.
 */
final class JdkReceiver implements WebSocketPartListener {

  /** How much waits for the executor before the connection is not read, whatever was asked for. */
  private static final int MAX_QUEUED_BYTES = 256 << 10;

  private static final byte[] NOTHING = {};

  private final WebSocket.Listener listener;
  private final Executor executor;
  private final CompletableFuture<WebSocket> built;

  private @Nullable Connection connection;
  private @Nullable JdkWebSocket webSocket;
  private @Nullable SerialQueue queue;

  /** How many invocations the application has asked for and not got. The loop's thread. */
  private long demand;

  /** The bytes of a character that the next part continues. */
  private byte[] begun = NOTHING;

  /** Whether the listener has heard, or is about to hear, of the end. The executor's threads. */
  private volatile boolean ended;

  JdkReceiver(WebSocket.Listener listener, Executor executor, CompletableFuture<WebSocket> built) {
    this.listener = listener;
    this.executor = executor;
    this.built = built;
  }

  /** Runs a task on an executor, or here when that takes no more. */
  static void run(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  Executor executor() {
    return executor;
  }

  private Connection connection() {
    return Objects.requireNonNull(connection);
  }

  private JdkWebSocket webSocket() {
    return Objects.requireNonNull(webSocket);
  }

  private SerialQueue queue() {
    return Objects.requireNonNull(queue);
  }

  @Override
  public void onOpen(io.github.volfram.WebSocket opened) {
    Connection open = (Connection) opened;
    connection = open;
    JdkWebSocket own = new JdkWebSocket(open, this);
    webSocket = own;
    SerialQueue events = new SerialQueue(open, executor, MAX_QUEUED_BYTES);
    queue = events;
    open.stopReading(Lifecycle.PAUSED_BY_DEMAND);
    events.add(
        0,
        () -> {
          invoke(
              () -> {
                listener.onOpen(own);
                return null;
              });
          if (!built.complete(own) && !ended) { // it was cancelled or came too late
            own.abort();
          }
        });
  }

  /** The application asks for more invocations. Any thread. */
  void request(long count) {
    connection()
        .onLoop(
            () -> {
              boolean reads = demand > 0;
              demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
              if (!reads) {
                connection().startReading(Lifecycle.PAUSED_BY_DEMAND);
              }
            });
  }

  /** Hands one invocation over; reads no more when it was the last that was asked for. */
  private void deliver(int payloadBytes, Supplier<@Nullable CompletionStage<?>> invocation) {
    if (--demand == 0) {
      connection().stopReading(Lifecycle.PAUSED_BY_DEMAND);
    }
    queue().add(payloadBytes, () -> invoke(invocation));
  }

  /** Calls the listener, unless it has heard of the end. */
  @SuppressWarnings("FutureReturnValueIgnored") // only a failure is of interest
  private void invoke(Supplier<@Nullable CompletionStage<?>> invocation) {
    if (ended) {
      return;
    }
    try {
      CompletionStage<?> stage = invocation.get();
      if (stage != null) {
        stage.whenComplete(
            (ignored, failure) -> {
              if (failure != null) {
                connection().onLoop(() -> queue().end(() -> failed(failure)));
              }
            });
      }
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  /** Tells of an error, after which nothing more is told; in the order of the queue. */
  private void failed(Throwable failure) {
    if (!ended) {
      ended = true;
      webSocket().drop();
      listener.onError(webSocket(), failure);
    }
  }

  /** The application has dropped the connection and wants to hear nothing more. Any thread. */
  void end() {
    ended = true;
  }

  @Override
  public void onTextPart(io.github.volfram.WebSocket from, ByteBuffer utf8, boolean last) {
    byte[] bytes = joined(utf8);
    int whole = last ? bytes.length : bytes.length - unfinished(bytes);
    begun = NOTHING;
    if (whole < bytes.length) {
      begun = Arrays.copyOfRange(bytes, whole, bytes.length);
    }
    if (whole > 0 || last) {
      String text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
      deliver(whole, () -> listener.onText(webSocket(), text, last));
    }
  }

  private byte[] joined(ByteBuffer utf8) {
    byte[] bytes = new byte[begun.length + utf8.remaining()];
    System.arraycopy(begun, 0, bytes, 0, begun.length);
    utf8.get(utf8.position(), bytes, begun.length, utf8.remaining());
    return bytes;
  }

  /** How many bytes at the end of valid UTF-8 are the beginning of a character. */
  private static int unfinished(byte[] utf8) {
    for (int count = 1; count <= Math.min(3, utf8.length); count++) {
      int unit = utf8[utf8.length - count] & 0xFF;
      if (unit >= 0xC0) {
        int needed = unit >= 0xF0 ? 4 : unit >= 0xE0 ? 3 : 2;
        return needed > count ? count : 0;
      }
      if (unit < 0x80) {
        return 0;
      }
    }
    return 0;
  }

  @Override
  public void onBinaryPart(io.github.volfram.WebSocket from, ByteBuffer payload, boolean last) {
    if (payload.hasRemaining() || last) {
      ByteBuffer copy = copy(payload);
      deliver(copy.remaining(), () -> listener.onBinary(webSocket(), copy, last));
    }
  }

  @Override
  public void onPing(io.github.volfram.WebSocket from, ByteBuffer payload) {
    ByteBuffer copy = copy(payload);
    deliver(copy.remaining(), () -> listener.onPing(webSocket(), copy));
  }

  @Override
  public void onPong(io.github.volfram.WebSocket from, ByteBuffer payload) {
    ByteBuffer copy = copy(payload);
    deliver(copy.remaining(), () -> listener.onPong(webSocket(), copy));
  }

  private static ByteBuffer copy(ByteBuffer view) {
    byte[] bytes = new byte[view.remaining()];
    view.get(view.position(), bytes);
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public void onClose(
      io.github.volfram.WebSocket from, int code, String reason, @Nullable Throwable cause) {
    webSocket().closed();
    queue().end(() -> told(code, reason, cause));
  }

  /** As the JDK's client, which calls the end of the stream a close with 1006. */
  private void told(int code, String reason, @Nullable Throwable cause) {
    if (ended) {
      return;
    }
    if (cause == null || cause instanceof EOFException) {
      invoke(() -> listener.onClose(webSocket(), code, reason));
      ended = true;
    } else {
      failed(cause instanceof IOException ? cause : new IOException(cause));
    }
  }
}
