package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.ConnectionInfo;
import io.github.volfram.Counters;
import io.github.volfram.Poller;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.WebSocketListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a server is made of. Any thread may use it. */
public final class ServerEngine {

  private final Loops loops;
  private final Acceptor acceptor;
  private final Endpoints endpoints;
  private final long shutdownNanos;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts a server.
   *
   * @param listener of the connections whose answer names none, or null
   */
  public ServerEngine(
      ServerOptions options, UpgradeHandler handler, @Nullable WebSocketListener listener)
      throws IOException {
    loops = new Loops(options, "volfram-server", false);
    shutdownNanos =
        options.shutdownTimeout().isZero()
            ? 0
            : ConnectionSettings.nanos(options.shutdownTimeout());
    try {
      acceptor = new Acceptor(options, loops.all(), handler, listener);
      endpoints = new Endpoints(options, loops.all(), acceptor);
    } catch (IOException | RuntimeException e) {
      loops.closeUnstarted();
      throw e;
    }
    try {
      loops.start();
    } catch (RuntimeException | Error e) {
      endpoints.removeFiles();
      throw e;
    }
  }

  /** Where the server listens, in the order of the options. */
  public List<SocketAddress> addresses() {
    return endpoints.addresses();
  }

  /** The backend that was chosen. */
  public Backend backend() {
    return loops.backend().backend();
  }

  /** Why it is not the native one; empty when it is. */
  public String backendReason() {
    return loops.backend().reason();
  }

  /** What the native backend polls with. */
  public Poller poller() {
    return loops.backend().usedPoller();
  }

  /** Makes one turn of a loop that has no thread. */
  public int poll() {
    return loops.poll(acceptor.population());
  }

  /** Sends to many connections. */
  public Publisher publisher() {
    return acceptor.publisher();
  }

  /** How many connections there are, those in their handshake included. */
  public int connectionCount() {
    return acceptor.population().count();
  }

  /** What all loops have done. */
  public Counters counters() {
    return LoopCounters.sum(loops.all());
  }

  /** The connections there are. */
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return Census.of(loops.all());
  }

  /** Closes every connection with 1001, waits for them, and ends. */
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      loops.awaitEnd(acceptor.population(), shutdownNanos);
      return;
    }
    acceptor.close();
    endpoints.removeFiles();
    loops.all().forEach(loop -> loop.tasks().execute(loop.listeners()::close));
    loops.end(acceptor.population(), shutdownNanos);
  }
}
