package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHeaders;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;

/** What a client is made of. Any thread may use it. */
public final class ClientEngine {

  private static final long STOP_NANOS = 5_000_000_000L;
  private static final int NONCE_BYTES = 16;
  private static final int DEFAULT_PORT = 80;
  private static final int DEFAULT_TLS_PORT = 443;

  private final ClientOptions options;
  private final ConnectionSettings settings;
  private final Loops loops;
  private final long connectNanos;
  private final SecureRandom random = new SecureRandom();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Starts the loops. */
  public ClientEngine(ClientOptions options) {
    this.options = options;
    settings = new ConnectionSettings(Role.CLIENT, options);
    connectNanos = ConnectionSettings.nanos(options.connectTimeout());
    loops = new Loops(options, "volfram-client", true);
    loops.start();
  }

  /** The backend that was chosen. */
  public Backend backend() {
    return loops.backend().backend();
  }

  /** Why it is not the native one; empty when it is. */
  public String backendReason() {
    return loops.backend().reason();
  }

  /** How many connections there are. */
  public int connectionCount() {
    return settings.population.count();
  }

  /** Begins to connect. */
  public CompletableFuture<WebSocket> connect(URI uri, WebSocketListener listener) {
    Attempt attempt = attempt(uri, listener);
    CompletableFuture<WebSocket> future = attempt.future();
    EventLoop loop = loops.next();
    settings.population.add();
    if (closed.get() || !loop.tasks().tryExecute(() -> begin(loop, attempt))) {
      settings.population.remove();
      future.completeExceptionally(new IOException("the client is closed"));
    }
    return future;
  }

  private void begin(EventLoop loop, Attempt attempt) {
    Connection connection = new Connection(loop, settings, ConnectionState.CONNECTING);
    ConnectStage stage = new ConnectStage(connection, attempt, connectNanos);
    connection.enter(stage);
    loop.register(connection);
    if (closed.get() || attempt.future().isDone()) {
      connection.drop();
      return;
    }
    loop.expire(connection, loop.now() + connectNanos);
    abortOnCancel(connection, attempt.future());
    Resolver.resolve(
        attempt.host(),
        (addresses, failure) ->
            loop.tasks()
                .execute(
                    () -> {
                      if (failure == null) {
                        stage.resolved(addresses);
                      } else {
                        stage.unresolved(failure);
                      }
                    }));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what depends on it is the connection itself
  private static void abortOnCancel(Connection connection, CompletableFuture<WebSocket> future) {
    future.whenComplete(
        (opened, failure) -> {
          if (future.isCancelled()) {
            connection.abort();
          }
        });
  }

  private Attempt attempt(URI uri, WebSocketListener listener) {
    String scheme = uri.getScheme();
    boolean secure = "wss".equalsIgnoreCase(scheme);
    if (!secure && !"ws".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException("expected a ws or wss URI (RFC 6455 §3), got " + uri);
    }
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "expected a URI with a host and without user or fragment (RFC 6455 §3), got " + uri);
    }
    int defaultPort = secure ? DEFAULT_TLS_PORT : DEFAULT_PORT;
    int port = uri.getPort() == -1 ? defaultPort : uri.getPort();
    String hostHeader = port == defaultPort ? host : host + ":" + port;
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    String target = (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    HttpHeaders.Builder headers = HttpHeaders.builder();
    for (Map.Entry<String, String> header : options.headers()) {
      headers.add(header.getKey(), header.getValue());
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    List<String> subprotocols = options.subprotocols();
    ClientHandshake handshake =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            hostHeader,
            target,
            headers.build(),
            subprotocols,
            settings.deflateOffers(),
            nonce);
    SSLEngine tls = secure ? TlsSetup.client(options, host, port) : null;
    return new Attempt(uri, host, port, tls, handshake, listener, new CompletableFuture<>());
  }

  /** Closes every connection with 1001, waits for them, and ends. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      loops.awaitEnd();
      return;
    }
    for (EventLoop loop : loops.all()) {
      loop.tasks().execute(() -> loop.registry().forEach(Connection::goAway));
    }
    loops.end(settings.population, settings.closeNanos, STOP_NANOS);
  }
}
