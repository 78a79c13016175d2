package io.github.volfram.internal.engine;

import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.HttpHeaders;
import java.io.IOException;
import java.net.CookieHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Makes a client's connections on a loop. Any thread may use it, apart from what says otherwise.
 */
final class Connector {

  private final ClientOptions options;
  private final ConnectionSettings settings;
  private final Routes routes;
  private final Executor background;
  private final ProxyLogin proxyLogin;
  private final long connectNanos;
  private final long delayNanos;
  private volatile boolean closed;

  /**
   * Makes a connector.
   *
   * @param background runs what may block
   */
  Connector(
      ClientOptions options, ConnectionSettings settings, Lookup lookup, Executor background) {
    this.options = options;
    this.settings = settings;
    this.background = background;
    routes = new Routes(options, settings.deflateOffers(), lookup);
    proxyLogin = new ProxyLogin(options.proxyAuthenticator());
    connectNanos = ConnectionSettings.nanos(options.connectTimeout());
    delayNanos = ConnectionSettings.boundedNanos(options.connectionAttemptDelay());
  }

  /**
   * What a call of {@code connect} asks for.
   *
   * @throws IllegalArgumentException for what cannot be sent
   */
  Attempt attempt(
      ClientRequest request, WebSocketListener listener, CompletableFuture<WebSocket> future) {
    HttpHeaders headers =
        HttpHeaders.builder().addAll(options.headers()).addAll(request.headers()).build();
    List<String> subprotocols = request.subprotocols();
    if (subprotocols == null) {
      subprotocols = options.subprotocols();
    }
    Hop hop = Hop.first(request.uri(), headers);
    routes.handshake(hop.target(), headers, subprotocols); // refuses now what it cannot send
    return new Attempt(this, hop, subprotocols, listener, future);
  }

  /** Begins nothing from now on. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Runs a task after a while, or the other when the client ends before. The loop's thread.
   *
   * @return what is dropped to end the wait
   */
  Connection after(EventLoop loop, long nanos, Runnable task, Runnable givenUp) {
    return DelayStage.begin(loop, settings, nanos, task, givenUp);
  }

  int maxRedirects() {
    return options.maxRedirects();
  }

  /** Begins to connect; the connection has been counted already. The loop's thread. */
  void begin(EventLoop loop, Attempt attempt) {
    Connection connection = new Connection(loop, settings, ConnectionState.CONNECTING);
    ConnectStage stage = new ConnectStage(connection, attempt, connectNanos, delayNanos);
    connection.enter(stage);
    loop.register(connection);
    if (closed || loop.tasks().isStopping() || attempt.future().isDone()) {
      connection.drop();
      return;
    }
    loop.expire(connection, loop.now() + connectNanos);
    abortOnFailure(connection, attempt.future());
    if (routes.mayBlock(attempt.hop())) {
      background.execute(() -> route(loop, attempt, stage));
    } else {
      route(loop, attempt, stage);
    }
  }

  /** Counts one more connection and begins to connect. The loop's thread. */
  void start(EventLoop loop, Attempt attempt) {
    settings.population.add();
    begin(loop, attempt);
  }

  private void route(EventLoop loop, Attempt attempt, ConnectStage stage) {
    Runnable next;
    try {
      Route route = routes.to(attempt);
      next = () -> stage.routed(route);
    } catch (IOException e) {
      next = () -> stage.unroutable(e);
    } catch (RuntimeException e) { // of a resolver, proxy selector, cookie handler, TLS parameters
      next = () -> stage.unroutable(new IOException("cannot prepare to connect: " + e, e));
    }
    loop.tasks().execute(next);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what depends on it is the connection itself
  private static void abortOnFailure(Connection connection, CompletableFuture<WebSocket> future) {
    future.whenComplete(
        (opened, failure) -> {
          if (failure != null) { // cancelled or timed out by the application, or ended already
            connection.abort();
          }
        });
  }

  /** Stores the cookies of a response, then goes on, on the loop's thread. */
  void noteCookies(EventLoop loop, Hop hop, HttpHead response, Runnable next) {
    CookieHandler cookies = options.cookieHandler();
    if (cookies == null) {
      next.run();
      return;
    }
    background.execute(
        () -> {
          try {
            cookies.put(hop.httpUri(), response.headers().asMap());
          } catch (IOException | RuntimeException e) {
            Log.callbackThrew(e);
          }
          loop.tasks().execute(next);
        });
  }

  /** Whether the application may know what a proxy wants that has answered 407. */
  boolean canLogIn(Attempt attempt, HttpHead answer) {
    return attempt.hop().proxyAuthorization() == null && proxyLogin.isFor(answer);
  }

  /** Asks the application for credentials and tries again; fails with the cause if it has none. */
  void logIn(EventLoop loop, Attempt attempt, Route route, HttpHead answer, IOException cause) {
    background.execute(
        () -> {
          String credentials = proxyLogin.credentials(route, attempt.hop(), answer);
          loop.tasks()
              .execute(
                  () -> {
                    if (credentials == null) {
                      attempt.future().completeExceptionally(cause);
                    } else {
                      start(loop, attempt.at(attempt.hop().authorized(credentials)));
                    }
                  });
        });
  }
}
