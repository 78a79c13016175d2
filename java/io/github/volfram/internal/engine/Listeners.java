package io.github.volfram.internal.engine;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.Errno;
import io.github.volfram.internal.transport.Tokens;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The listening sockets of a loop, by slot. Owned by the loop's thread. */
final class Listeners {

  private static final long PAUSE_NANOS = 200_000_000L;
  private static final long LOG_NANOS = 1_000_000_000L;

  private record Listener(
      long token,
      Acceptor acceptor,
      @Nullable Supplier<SSLContext> tls,
      @Nullable EventLoop keeper) {}

  private final Transport transport;
  private final ConnectionRegistry registry;
  private final Deadlines deadlines;
  private final LoopCounters counters;
  private final Map<Integer, Listener> open = new HashMap<>();
  private long lastLogged;
  private boolean logged;

  Listeners(
      Transport transport,
      ConnectionRegistry registry,
      Deadlines deadlines,
      LoopCounters counters) {
    this.transport = transport;
    this.registry = registry;
    this.deadlines = deadlines;
    this.counters = counters;
  }

  /**
   * Listens.
   *
   * @param tls gives the context for each connection that is accepted here, or null for no TLS
   * @param keeper the loop of these listeners, which shares the address with others and keeps what
   *     it accepts, or null for an address of its own, whose connections are spread
   */
  SocketAddress listen(
      Acceptor acceptor,
      @Nullable Supplier<SSLContext> tls,
      SocketAddress address,
      int backlog,
      @Nullable EventLoop keeper)
      throws IOException {
    long token = registry.add(null);
    try {
      SocketAddress bound = transport.listen(token, address, backlog, keeper != null);
      open.put(Tokens.slot(token), new Listener(token, acceptor, tls, keeper));
      return bound;
    } catch (IOException | RuntimeException e) {
      registry.remove(token);
      throw e;
    }
  }

  void accepted(long token, AcceptedSocket socket, long now) {
    Listener listener = open.get(Tokens.slot(token));
    if (listener == null) {
      socket.discard();
      return;
    }
    counters.accepted();
    long pauseNanos = listener.acceptor().pace().accepted(now);
    if (pauseNanos > 0) {
      pause(listener.token(), now + pauseNanos);
    }
    try {
      listener.acceptor().accepted(socket, listener.keeper(), counters, listener.tls());
    } catch (Throwable thrown) { // an error of this library must not end the loop
      Log.taskFailed(thrown);
      socket.discard();
    }
  }

  /** Accepting failed for want of resources: stops for a while instead of spinning. */
  void failed(long token, int errno, long now) {
    pause(token, now + PAUSE_NANOS);
    if (!logged || now - lastLogged >= LOG_NANOS) {
      logged = true;
      lastLogged = now;
      Log.acceptFailed(Errno.text(errno));
    }
  }

  private void pause(long token, long untilNanos) {
    transport.pauseAccepting(token, true);
    deadlines.set(Tokens.slot(token), untilNanos);
  }

  /** The deadline of a slot that no connection has: accepts again. */
  void expired(int slot) {
    @Nullable Listener listener = open.get(slot);
    if (listener != null) {
      transport.pauseAccepting(listener.token(), false);
    }
  }

  /** Stops listening; connections that wait in the kernel are refused. */
  void close() {
    for (Listener listener : open.values()) {
      transport.close(listener.token());
      deadlines.cancel(Tokens.slot(listener.token()));
      registry.remove(listener.token());
    }
    open.clear();
  }
}
