package io.github.volfram;

import io.github.volfram.internal.engine.SerialListener;
import io.github.volfram.internal.engine.SerialPartListener;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Moves the callbacks of a {@link WebSocketListener} from the event loops to threads of the
 * application's, where they may block: a pool's, or virtual threads where the JDK has them.
 *
 * <pre>{@code
 * ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor(); // JDK 21
 * WebSocketServer.start(options, Callbacks.on(pool, listener));
 * }</pre>
 */
public final class Callbacks {

  /** How many bytes wait for the executor before a connection is not read for a while. */
  public static final int DEFAULT_MAX_QUEUED_BYTES = 256 << 10;

  private Callbacks() {}

  /**
   * Runs the callbacks on an executor, with a queue of {@link #DEFAULT_MAX_QUEUED_BYTES} for each
   * connection.
   *
   * @see #on(Executor, int, WebSocketListener)
   */
  public static WebSocketListener on(Executor executor, WebSocketListener listener) {
    return on(executor, DEFAULT_MAX_QUEUED_BYTES, listener);
  }

  /**
   * Runs the callbacks on an executor. Those of one connection keep their order and never overlap;
   * each sees what the ones before it did. Those of different connections may run at the same time,
   * so a listener that serves several must be thread-safe.
   *
   * <p>Payloads are copies and stay valid. The {@link WebSocket#request()} of each connection is
   * kept. A callback that throws closes its connection with 1011, as on an event loop, and what
   * waits behind it is dropped but {@code onClose}. An executor that takes no more work closes the
   * connection likewise; {@code onClose} is then called by the event loop.
   *
   * <p>While an application lags, its connection is not read and the peer is slowed down by TCP.
   * {@link WebSocket#pauseReading()} of the application's is independent of that. Pings and close
   * frames behind what is not read are not seen either; a connection that is not read is not
   * dropped for silence.
   *
   * @param executor runs tasks in other threads; it is not shut down
   * @param maxQueuedBytes how much waits for the executor, per connection, before the connection is
   *     not read, from 1 on; one event counts as its payload and 64 bytes, and one may exceed it
   * @param listener the application's; a {@link WebSocketPartListener} gets its parts
   * @throws IllegalArgumentException when {@code maxQueuedBytes} is less than 1
   */
  public static WebSocketListener on(
      Executor executor, int maxQueuedBytes, WebSocketListener listener) {
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(listener, "listener");
    if (maxQueuedBytes < 1) {
      throw new IllegalArgumentException("maxQueuedBytes must be positive, not " + maxQueuedBytes);
    }
    return listener instanceof WebSocketPartListener parts
        ? new SerialPartListener(executor, maxQueuedBytes, parts)
        : new SerialListener(executor, maxQueuedBytes, listener);
  }
}
