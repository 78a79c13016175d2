package io.github.volfram;

import io.github.volfram.internal.engine.ServerEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A WebSocket server (RFC 6455). It runs from {@code start} until {@link #close()}, on as many
 * threads as its options say. Any thread may use it.
 */
public final class WebSocketServer implements AutoCloseable {

  private final ServerEngine engine;

  private WebSocketServer(ServerEngine engine) {
    this.engine = engine;
  }

  /**
   * Starts a server whose connections share one listener. Every valid request of an allowed origin
   * is accepted.
   *
   * @throws IOException when the address cannot be bound; the message names it
   * @throws BackendUnavailableException when {@link Backend#NATIVE} was asked for and cannot be
   *     used
   */
  public static WebSocketServer start(ServerOptions options, WebSocketListener listener)
      throws IOException {
    return new WebSocketServer(
        new ServerEngine(options, request -> UpgradeResponse.accept(), listener));
  }

  /**
   * Starts a server that decides about each request: the handler's {@link
   * UpgradeResponse#accept(WebSocketListener)} names the listener of the connection.
   *
   * @throws IOException when the address cannot be bound; the message names it
   * @throws BackendUnavailableException when {@link Backend#NATIVE} was asked for and cannot be
   *     used
   */
  public static WebSocketServer start(ServerOptions options, UpgradeHandler handler)
      throws IOException {
    return new WebSocketServer(new ServerEngine(options, handler, null));
  }

  /**
   * Where the server listens, with the real port where port 0 was asked for.
   *
   * @throws IllegalStateException when it listens on a Unix domain socket
   */
  public InetSocketAddress address() {
    if (engine.address() instanceof InetSocketAddress address) {
      return address;
    }
    throw new IllegalStateException("expected a host and port, got " + engine.address());
  }

  /** Where the server listens: a host and port, or a {@link java.net.UnixDomainSocketAddress}. */
  public SocketAddress socketAddress() {
    return engine.address();
  }

  /**
   * The port that the server listens on.
   *
   * @throws IllegalStateException when it listens on a Unix domain socket
   */
  public int port() {
    return address().getPort();
  }

  /** The backend that was chosen: {@link Backend#NATIVE} or {@link Backend#NIO}. */
  public Backend backend() {
    return engine.backend();
  }

  /** Why the backend is not the native one; empty when it is. */
  public String backendReason() {
    return engine.backendReason();
  }

  /** What the native backend polls with; {@link Poller#AUTO} with {@link Backend#NIO}. */
  public Poller poller() {
    return engine.poller();
  }

  /** How many connections there are, those in their opening or closing handshake included. */
  public int connectionCount() {
    return engine.connectionCount();
  }

  /**
   * Stops listening, closes every connection with {@link CloseCode#GOING_AWAY}, waits for them for
   * at most {@code shutdownTimeout}, drops those that are left, and ends the event loops. Blocks
   * until then, except when called by a listener, which is an event loop's thread: then it returns
   * at once. Idempotent.
   */
  @Override
  public void close() {
    engine.close();
  }
}
