package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.PerMessageDeflateOffer;
import io.github.volfram.internal.handshake.RequestUri;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;

/** What a client is made of. Any thread may use it. */
public final class ClientEngine {

  private static final int NONCE_BYTES = 16;

  private final ClientOptions options;
  private final ConnectionSettings settings;
  private final List<PerMessageDeflateOffer> deflateOffers;
  private final Loops loops;
  private final long connectNanos;
  private final SecureRandom random = new SecureRandom();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Starts the loops. */
  public ClientEngine(ClientOptions options) {
    this.options = options;
    settings = new ConnectionSettings(Role.CLIENT, options);
    deflateOffers = settings.deflateOffers();
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

  /** Makes one turn of a loop that has no thread. */
  public int poll() {
    return loops.poll(settings.population);
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
    RequestUri target = RequestUri.of(uri);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    ClientHandshake handshake =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            target.hostHeader(),
            target.target(),
            HttpHeaders.builder().addAll(options.headers()).build(),
            options.subprotocols(),
            deflateOffers,
            nonce);
    SSLEngine tls = target.secure() ? TlsSetup.client(options, target.host(), target.port()) : null;
    return new Attempt(
        uri, target.host(), target.port(), tls, handshake, listener, new CompletableFuture<>());
  }

  /** Closes every connection with 1001, waits for them, and ends. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      loops.awaitEnd(settings.population, settings.closeNanos);
      return;
    }
    loops.end(settings.population, settings.closeNanos);
  }
}
