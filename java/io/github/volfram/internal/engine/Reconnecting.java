package io.github.volfram.internal.engine;

import io.github.volfram.ClientRequest;
import io.github.volfram.CloseCode;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectPolicy;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.engine.Admission.Verdict;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Utf8;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Makes one connection after the other, all on one loop; its changes happen on that loop. */
final class Reconnecting implements ReconnectingWebSocket {

  private static final int MAX_DOUBLINGS = 40;

  private final EventLoop loop;
  private final Connector connector;
  private final ClientRequest request;
  private final WebSocketListener watched;
  private final ReconnectOptions options;
  private final DoubleSupplier random;
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();

  private volatile State state = State.CONNECTING;
  private volatile @Nullable Connection current;
  private volatile long unsentMessages;
  private volatile long unsentBytes;
  private volatile boolean closing;

  private @Nullable CompletableFuture<WebSocket> attempt;
  private @Nullable Connection waiting;
  private int failures;
  private long openedAt;

  /**
   * Checks the request; {@link #begin} begins.
   *
   * @param random at least 0 and less than 1
   * @throws IllegalArgumentException for what cannot be sent
   */
  Reconnecting(
      EventLoop loop,
      Connector connector,
      ClientRequest request,
      WebSocketListener listener,
      ReconnectOptions options,
      DoubleSupplier random) {
    this.loop = loop;
    this.connector = connector;
    this.request = request;
    this.watched = WatchedListener.of(listener, this);
    this.options = options;
    this.random = random;
    connector.attempt(request, watched, new CompletableFuture<>());
  }

  /** Begins to connect. The loop's thread. */
  @SuppressWarnings("FutureReturnValueIgnored") // what depends on it is this
  void begin() {
    waiting = null;
    if (closing) {
      stop(null);
      return;
    }
    become(State.CONNECTING);
    CompletableFuture<WebSocket> future = new CompletableFuture<>();
    attempt = future;
    future.whenComplete(
        (opened, failure) -> {
          if (failure != null) {
            lost(CloseCode.ABNORMAL_CLOSURE, failure);
          }
        });
    connector.start(loop, connector.attempt(request, watched, future));
  }

  /** A connection is open. */
  void opened(WebSocket webSocket) {
    current = (Connection) webSocket;
    openedAt = loop.now();
    unsentMessages = 0;
    unsentBytes = 0;
    become(State.OPEN);
    if (closing) {
      webSocket.close();
    }
  }

  /** The connection has ended, or none could be made. */
  void lost(int code, @Nullable Throwable cause) {
    boolean wasOpen = current != null;
    current = null;
    if (closing || connector.isClosed() || state == State.STOPPED) {
      stop(null);
      return;
    }
    if (wasOpen
        && loop.now() - openedAt >= ConnectionSettings.boundedNanos(options.stableAfter())) {
      failures = 0;
    }
    failures++;
    Duration delay = delay(code, cause);
    if (delay == null) {
      stop(cause);
      return;
    }
    become(State.WAITING);
    if (state == State.WAITING) { // the application may have closed it
      long nanos = delay.isNegative() ? 0 : ConnectionSettings.boundedNanos(delay);
      waiting = connector.after(loop, nanos, this::begin, () -> stop(null));
    }
  }

  private @Nullable Duration delay(int code, @Nullable Throwable cause) {
    if (options.maxAttempts() > 0 && failures >= options.maxAttempts()) {
      return null;
    }
    double most = ConnectionSettings.boundedNanos(options.maxDelay());
    double bound =
        ConnectionSettings.boundedNanos(options.initialDelay())
            * Math.pow(2, Math.min(failures - 1, MAX_DOUBLINGS));
    Duration proposed =
        Duration.ofNanos((long) (Math.min(most, bound) * random.getAsDouble()))
            .plusSeconds(RetryAfter.seconds(cause));
    try {
      return options
          .policy()
          .delay(
              new ReconnectPolicy.Lost(
                  failures, proposed, code, cause, unsentMessages, unsentBytes));
    } catch (Throwable thrown) {
      Log.callbackThrew(thrown);
      return null;
    }
  }

  private void stop(@Nullable Throwable cause) {
    if (state == State.STOPPED) {
      return;
    }
    become(State.STOPPED);
    if (cause == null) {
      stopped.complete(null);
    } else {
      stopped.completeExceptionally(cause);
    }
  }

  private void become(State next) {
    State before = state;
    state = next;
    if (before != next || next == State.CONNECTING) {
      try {
        options.onState().accept(next);
      } catch (Throwable thrown) {
        Log.callbackThrew(thrown);
      }
    }
  }

  @Override
  public boolean offerText(String text) {
    Connection connection = current;
    if (connection == null) {
      return false;
    }
    int length = Utf8.encodedLength(text);
    return connection.sendText(text, true, failure -> sent(failure, length), null)
        != Verdict.REFUSED;
  }

  @Override
  public boolean offerBinary(ByteBuffer payload) {
    Connection connection = current;
    if (connection == null) {
      return false;
    }
    int length = payload.remaining();
    int flags = Transmission.WHOLE | Transmission.MAY_COMPRESS;
    return connection.send(Opcode.BINARY, flags, payload, failure -> sent(failure, length), null)
        != Verdict.REFUSED;
  }

  /** The loop's thread. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the loop's thread writes
  private void sent(@Nullable Throwable failure, int length) {
    if (failure != null) {
      unsentMessages++;
      unsentBytes += length;
    }
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public @Nullable WebSocket current() {
    return current;
  }

  @Override
  public long unsentMessages() {
    return unsentMessages;
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  @Override
  public CompletableFuture<@Nullable Void> stopped() {
    return stopped.copy();
  }

  @Override
  public void close() {
    closing = true;
    loop.tasks().execute(this::closeNow);
  }

  private void closeNow() {
    Connection open = current;
    Connection delayed = waiting;
    if (open != null) {
      open.close();
    } else if (delayed != null) {
      delayed.drop();
    } else if (attempt != null) {
      attempt.cancel(false);
    }
  }
}
