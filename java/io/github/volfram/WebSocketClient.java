package io.github.volfram;

import io.github.volfram.internal.engine.ClientEngine;
import io.github.volfram.internal.engine.JdkBuilder;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A WebSocket client (RFC 6455) for any number of connections, which share its event loops. It runs
 * from {@code create} until {@link #close()}; its threads do not keep the process alive. Any thread
 * may use it.
 */
public final class WebSocketClient implements AutoCloseable {

  private final ClientEngine engine;

  private WebSocketClient(ClientEngine engine) {
    this.engine = engine;
  }

  /** Makes a client with the default options. */
  public static WebSocketClient create() {
    return create(ClientOptions.builder().build());
  }

  /**
   * Makes a client and starts its event loops.
   *
   * @throws BackendUnavailableException when {@link Backend#NATIVE} was asked for and cannot be
   *     used
   */
  public static WebSocketClient create(ClientOptions options) {
    return new WebSocketClient(new ClientEngine(options));
  }

  /**
   * Connects to a server. Does not block; cancelling the future gives the attempt up, and so does
   * whatever else completes it with a failure first, such as {@code orTimeout}.
   *
   * @param uri such as {@code ws://example.org:9001/chat?room=1}
   * @param listener is told of this connection, {@link WebSocketListener#onOpen} before the future
   *     completes
   * @return completed by the event loop's thread when the connection is open; fails with {@link
   *     HandshakeException} when the server refused or broke the protocol, with another {@link
   *     java.io.IOException} when it could not be reached in time
   * @throws IllegalArgumentException for another URI, and for headers or subprotocols among the
   *     options that cannot be sent
   */
  public CompletableFuture<WebSocket> connect(URI uri, WebSocketListener listener) {
    return connect(ClientRequest.to(uri), listener);
  }

  /**
   * Connects to a server as {@link #connect(URI, WebSocketListener)} does, with headers and
   * subprotocols of this one call.
   *
   * @throws IllegalArgumentException for what cannot be sent
   */
  public CompletableFuture<WebSocket> connect(ClientRequest request, WebSocketListener listener) {
    return engine.connect(request, listener);
  }

  /**
   * Connects to a server, and connects again whenever that fails or the connection is lost, until
   * the handle is closed, the options end it, or the client is closed. Does not block.
   *
   * @param listener is told of each connection, as with {@link #connect(URI, WebSocketListener)}
   * @throws IllegalArgumentException for what cannot be sent
   */
  public ReconnectingWebSocket connectReconnecting(
      URI uri, WebSocketListener listener, ReconnectOptions options) {
    return connectReconnecting(ClientRequest.to(uri), listener, options);
  }

  /**
   * Connects as {@link #connectReconnecting(URI, WebSocketListener, ReconnectOptions)} does, with
   * headers and subprotocols of its own.
   *
   * @throws IllegalArgumentException for what cannot be sent
   */
  public ReconnectingWebSocket connectReconnecting(
      ClientRequest request, WebSocketListener listener, ReconnectOptions options) {
    return engine.connectReconnecting(request, listener, options);
  }

  /**
   * A builder of the JDK's interface, so that code written for {@code
   * HttpClient.newWebSocketBuilder()} uses this client by changing that line. Only where the module
   * {@code java.net.http} is present, which a module that calls this must require.
   *
   * <p>It does what the JDK's documentation says: a listener is invoked as often as it has
   * requested, with parts of messages as they arrive, and where nothing is requested the connection
   * is not read. The listener is invoked, and futures are completed, by threads that may block. The
   * differences:
   *
   * <ul>
   *   <li>Several sends may be outstanding; they are sent in the order of the calls, and one that
   *       would raise what is buffered above {@code outboundHardCapBytes} fails with {@link
   *       OutboundFullException}.
   *   <li>The options of this client hold besides: timeouts, keepalive pings, proxy, the limits of
   *       frames and messages ({@code maxMessageBytes} is 1 MiB by default, also of one in parts).
   *   <li>Data handed to a listener is a copy that stays valid, whatever stage it returns; a stage
   *       that fails ends the connection as an exception does.
   *   <li>A close frame of the server is answered at once, and {@code onClose} is invoked when the
   *       socket is closed; the server is waited for no longer than {@code closeTimeout}, then
   *       {@code onError} is.
   * </ul>
   */
  public java.net.http.WebSocket.Builder jdkBuilder() {
    return JdkBuilder.of(engine, null);
  }

  /**
   * A builder as {@link #jdkBuilder()} makes it, whose listeners are invoked and whose futures are
   * completed by an executor: {@code Runnable::run} for the event loop's thread, which must not
   * block.
   */
  public java.net.http.WebSocket.Builder jdkBuilder(Executor executor) {
    return JdkBuilder.of(engine, Objects.requireNonNull(executor, "executor"));
  }

  /** The backend that was chosen: {@link Backend#NATIVE} or {@link Backend#NIO}. */
  public Backend backend() {
    return engine.backend();
  }

  /** Why the backend is not the native one; empty when it is. */
  public String backendReason() {
    return engine.backendReason();
  }

  /**
   * How many connections there are, those being made or closed included; several addresses that are
   * tried at once count as one, and a wait for the next attempt to reconnect as none.
   */
  public int connectionCount() {
    return engine.connectionCount();
  }

  /**
   * What the client has done since it was made, also after {@link #close()}. Does not block, takes
   * no lock and does not slow the event loops: read it as often as you like.
   */
  public Counters counters() {
    return engine.counters();
  }

  /**
   * The connections that there are, those being made or closed included, as {@link
   * WebSocketServer#connections()} tells of a server's: does not block, costs one object for each,
   * and must not be waited for in a callback.
   *
   * @return completed by an event loop's thread, or by the caller's once the client is closed; the
   *     list is immutable, in no order, and empty after {@link #close()}
   */
  public CompletableFuture<List<ConnectionInfo>> connections() {
    return engine.connections();
  }

  /**
   * Makes one turn of the event loop of a client with {@code invoker(true)}: does what other
   * threads asked for, sends, receives and calls listeners, and does not wait. To be called again
   * and again by one thread, which is then the event loop's.
   *
   * @return how much there was to do; 0 when nothing, or when the client has ended
   * @throws IllegalStateException without {@code invoker(true)}, in another thread than the one
   *     that called first, and within a callback
   * @throws java.io.UncheckedIOException when the operating system refuses to poll; everything is
   *     closed then
   */
  public int poll() {
    return engine.poll();
  }

  /**
   * Closes every connection with {@link CloseCode#GOING_AWAY}, waits for them for at most {@code
   * closeTimeout}, and ends the event loops. Blocks until then, except when called by a listener:
   * then it returns at once. Idempotent.
   */
  @Override
  public void close() {
    engine.close();
  }
}
