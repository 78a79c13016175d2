package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.ConnectionInfo;
import io.github.volfram.Counters;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.frame.Role;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a client is made of. Any thread may use it. */
public final class ClientEngine {

  private final ConnectionSettings settings;
  private final Connector connector;
  private final Loops loops;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Starts the loops. */
  public ClientEngine(ClientOptions options) {
    settings = new ConnectionSettings(Role.CLIENT, options);
    connector = new Connector(options, settings, Lookup.SYSTEM, Background::execute);
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

  /** What all loops have done. */
  public Counters counters() {
    return LoopCounters.sum(loops.all());
  }

  /** The connections there are. */
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return Census.of(loops.all());
  }

  /** Begins to connect. */
  public CompletableFuture<WebSocket> connect(ClientRequest request, WebSocketListener listener) {
    CompletableFuture<WebSocket> future = new CompletableFuture<>();
    Attempt attempt = connector.attempt(request, listener, future);
    EventLoop loop = loops.next();
    settings.population.add();
    if (closed.get() || !loop.tasks().tryExecute(() -> connector.begin(loop, attempt))) {
      settings.population.remove();
      future.completeExceptionally(new IOException(whyNotConnecting()));
    }
    return future;
  }

  private String whyNotConnecting() {
    return closed.get()
        ? "the client is closed"
        : "expected an event loop that works, but all "
            + loops.all().size()
            + " of this client have failed; see the log";
  }

  /** Begins to connect, and connects again when the connection is lost. */
  public ReconnectingWebSocket connectReconnecting(
      ClientRequest request, WebSocketListener listener, ReconnectOptions options) {
    EventLoop loop = loops.next();
    Reconnecting reconnecting =
        new Reconnecting(
            loop,
            connector,
            request,
            listener,
            options,
            () -> ThreadLocalRandom.current().nextDouble());
    loop.tasks().execute(reconnecting::begin);
    return reconnecting;
  }

  /** Closes every connection with 1001, waits for them, and ends. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      loops.awaitEnd(settings.population, settings.closeNanos);
      return;
    }
    connector.close();
    loops.end(settings.population, settings.closeNanos);
  }
}
