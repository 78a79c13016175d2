package io.github.volfram.internal.engine;

import io.github.volfram.ClientRequest;
import io.github.volfram.HandshakeException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections for code that was written for the JDK's client. Not thread-safe, as the JDK's.
 */
public final class JdkBuilder implements WebSocket.Builder {

  private final ClientEngine engine;
  private final Executor executor;
  private final List<Map.Entry<String, String>> headers = new ArrayList<>();
  private List<String> subprotocols = List.of();
  private @Nullable Duration timeout;

  private JdkBuilder(ClientEngine engine, Executor executor) {
    this.engine = engine;
    this.executor = executor;
  }

  /**
   * A builder for the connections of a client.
   *
   * @param executor calls listeners and completes futures, or null for threads of the library's
   * @return of the JDK's type, so that no caller's bytecode is verified against it where the module
   *     java.net.http is missing
   */
  public static WebSocket.Builder of(ClientEngine engine, @Nullable Executor executor) {
    return new JdkBuilder(engine, executor == null ? Threads.POOL : executor);
  }

  /** Threads that may block, as those of the JDK's client may; made when they are needed. */
  private static final class Threads {
    static final Executor POOL =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "volfram-jdk-callback");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public WebSocket.Builder header(String name, String value) {
    headers.add(Map.entry(name, value));
    return this;
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration duration) {
    timeout = Objects.requireNonNull(duration, "timeout");
    return this;
  }

  @Override
  public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
    List<String> all = new ArrayList<>();
    all.add(Objects.requireNonNull(mostPreferred, "mostPreferred"));
    all.addAll(List.of(lesserPreferred));
    subprotocols = all;
    return this;
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    Objects.requireNonNull(listener, "listener");
    ClientRequest request = ClientRequest.to(uri);
    for (Map.Entry<String, String> header : headers) {
      request = request.header(header.getKey(), header.getValue());
    }
    if (!subprotocols.isEmpty()) {
      request = request.subprotocols(subprotocols.toArray(String[]::new));
    }
    CompletableFuture<WebSocket> built = new CompletableFuture<>();
    try {
      connect(request, new JdkReceiver(listener, executor, built), built);
    } catch (IllegalArgumentException e) {
      built.completeExceptionally(e);
    }
    return built;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // each ends with the other
  private void connect(
      ClientRequest request, JdkReceiver receiver, CompletableFuture<WebSocket> built) {
    Duration limit = timeout;
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException("expected a positive connectTimeout, got " + limit);
    }
    CompletableFuture<io.github.volfram.WebSocket> connecting = engine.connect(request, receiver);
    connecting.whenComplete(
        (opened, failure) -> {
          if (failure != null) {
            JdkReceiver.run(
                executor, () -> built.completeExceptionally(translated(request.uri(), failure)));
          }
        });
    built.whenComplete(
        (webSocket, failure) -> {
          if (failure != null) {
            connecting.cancel(false);
          }
        });
    if (limit != null) {
      CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
      timer.thenRun(
          () ->
              built.completeExceptionally(
                  new HttpTimeoutException(
                      "expected a WebSocket within " + limit.toMillis() + " ms, got none")));
      timer.completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS);
      built.whenComplete((webSocket, failure) -> timer.cancel(false));
    }
  }

  /** What the JDK's client fails with. */
  private static Throwable translated(URI uri, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof HandshakeException refused && refused.status() != 0) {
      WebSocketHandshakeException translated =
          new WebSocketHandshakeException(JdkResponse.of(uri, refused));
      translated.initCause(refused);
      return translated;
    }
    return cause;
  }
}
