package io.github.volfram;

import io.github.volfram.internal.engine.ServerEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

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
   * Where the server listens, with the real port where port 0 was asked for; of several places, the
   * first.
   *
   * @throws IllegalStateException when it listens on a Unix domain socket
   */
  public InetSocketAddress address() {
    if (socketAddress() instanceof InetSocketAddress address) {
      return address;
    }
    throw new IllegalStateException("expected a host and port, got " + socketAddress());
  }

  /**
   * Where the server listens: a host and port, or a {@link java.net.UnixDomainSocketAddress}; of
   * several places, the first.
   */
  public SocketAddress socketAddress() {
    return engine.addresses().get(0);
  }

  /**
   * Everywhere the server listens, with real ports: first {@link #socketAddress()}, then those of
   * {@link ServerOptions.Builder#alsoListen} and {@link ServerOptions.Builder#alsoListenTls} in the
   * order of these calls.
   */
  public List<SocketAddress> addresses() {
    return engine.addresses();
  }

  /**
   * The port that the server listens on; of several, the first.
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
   * What the server has done since it was started, also after {@link #close()}. Does not block,
   * takes no lock and does not slow the event loops: read it as often as you like.
   */
  public Counters counters() {
    return engine.counters();
  }

  /**
   * The connections that there are, those in their opening or closing handshake included. Does not
   * block. Each event loop looks through its own between two turns and makes one object for each,
   * about 200 bytes, so this is for a console and not for a hot path.
   *
   * @return completed by an event loop's thread, or by the caller's once the server is closed; the
   *     list is immutable, in no order, and empty after {@link #close()}. Waiting for it in a
   *     callback would block the thread that is to complete it.
   */
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return engine.connections();
  }

  /**
   * Makes one turn of the event loop of a server with {@code invoker(true)}: does what other
   * threads asked for, sends, receives and calls listeners, and does not wait. To be called again
   * and again by one thread, which is then the event loop's.
   *
   * @return how much there was to do; 0 when nothing, or when the server has ended
   * @throws IllegalStateException without {@code invoker(true)}, in another thread than the one
   *     that called first, and within a callback
   * @throws java.io.UncheckedIOException when the operating system refuses to poll; everything is
   *     closed then
   */
  public int poll() {
    return engine.poll();
  }

  /**
   * Publishes a text to all subscribers of a topic ({@link WebSocket#subscribe}). Does not block.
   *
   * <p>It is encoded once, and compressed once for each event loop for those that agreed to
   * compression with the largest window; others get it as it is. Messages of one thread reach each
   * subscriber in the order of its calls. For a subscriber whose outbound buffer is full the {@link
   * OverflowPolicy} holds; with {@link OverflowPolicy#REJECT} that one does not get it, and it
   * counts as dropped. While a subscriber's peer takes nothing, its buffer refers to the message
   * that all share, and counts it whole.
   *
   * @return whether every event loop took it that has not failed; false when one has not looked yet
   *     at what was published before and that is more than {@code outboundHardCapBytes}, then
   *     nobody gets it, and when the server is closed
   * @throws IllegalArgumentException when the text has a lone surrogate
   */
  public boolean publishText(String topic, String text) {
    return engine.publisher().text(Objects.requireNonNull(topic, "topic"), any -> true, text);
  }

  /**
   * Publishes a binary message, from position to limit, as {@link #publishText} does a text.
   *
   * @return whether every event loop took it that has not failed
   */
  public boolean publishBinary(String topic, ByteBuffer payload) {
    return engine.publisher().binary(Objects.requireNonNull(topic, "topic"), any -> true, payload);
  }

  /**
   * Sends a text to every open connection that a predicate accepts, otherwise as {@link
   * #publishText} does. Event loops' threads call the predicate; it must not block. One that throws
   * is logged and counts as false.
   *
   * @return whether every event loop took it that has not failed
   * @throws IllegalArgumentException when the text has a lone surrogate
   */
  public boolean broadcastText(String text, Predicate<? super WebSocket> to) {
    return engine.publisher().text(null, Objects.requireNonNull(to, "to"), text);
  }

  /**
   * Sends a binary message, from position to limit, as {@link #broadcastText} does a text.
   *
   * @return whether every event loop took it that has not failed
   */
  public boolean broadcastBinary(ByteBuffer payload, Predicate<? super WebSocket> to) {
    return engine.publisher().binary(null, Objects.requireNonNull(to, "to"), payload);
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
