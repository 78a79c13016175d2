package io.github.volfram;

import io.github.volfram.internal.engine.Mailbox;
import io.github.volfram.internal.engine.Mailboxes;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection for code that waits: {@link #receive()} returns the next message. Any
 * number of threads may use it; of several that receive each message goes to one. The event loops
 * underneath are those of the client or server as ever, and one connection needs no thread of its
 * own but the one that waits for it. Virtual threads, where the JDK has them, never pin their
 * carrier here.
 *
 * <pre>{@code
 * try (BlockingWebSocket socket = BlockingWebSocket.connect(client, uri)) {
 *   socket.sendText("Hello");
 *   WebSocketMessage answer = socket.receive();
 * }
 * }</pre>
 *
 * <p>What is received and not taken yet is bounded: above {@value #MAX_QUEUED_BYTES} bytes the
 * connection is not read, and the peer is slowed down by TCP, until half of it is taken. Pings are
 * answered and other control frames handled without the application.
 *
 * <p>An event loop's thread, which runs the callbacks of listeners, must not wait: the methods that
 * do throw {@link IllegalStateException} there.
 */
public final class BlockingWebSocket implements AutoCloseable {

  /** How many bytes wait to be received before the connection is not read for a while. */
  public static final int MAX_QUEUED_BYTES = 256 << 10;

  /** What a wait in nanoseconds can express: 292 years. */
  private static final Duration MAX_WAIT = Duration.ofNanos(Long.MAX_VALUE);

  private final Mailbox mailbox;

  private BlockingWebSocket(Mailbox mailbox) {
    this.mailbox = mailbox;
  }

  /** What a server does with one connection. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Serves a connection until it returns, in a thread of the executor's. The connection is closed
     * with {@link CloseCode#NORMAL_CLOSURE} then, or with 1011 and a line in the log when it threw
     * anything but {@link WebSocketClosedException}.
     */
    void handle(BlockingWebSocket webSocket) throws Exception;
  }

  /**
   * Connects and waits until the connection is open, for as long as the client's options say.
   *
   * @throws HandshakeException when the server refused or broke the protocol
   * @throws IOException when it could not be reached in time
   * @throws InterruptedException when the thread is interrupted; the attempt is given up
   * @throws IllegalArgumentException for what {@link WebSocketClient#connect} does not take
   */
  public static BlockingWebSocket connect(WebSocketClient client, URI uri)
      throws IOException, InterruptedException {
    Mailbox mailbox = new Mailbox(MAX_QUEUED_BYTES);
    CompletableFuture<WebSocket> opened = client.connect(uri, mailbox);
    try {
      opened.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      if (!opened.cancel(true) && !opened.isCompletedExceptionally()) {
        opened.join().abort(); // it came at the same moment, and nobody else has it
      }
      throw e;
    }
    return new BlockingWebSocket(mailbox);
  }

  private static IOException failure(@Nullable Throwable cause) {
    if (cause instanceof IOException failed) {
      return failed;
    }
    return new IOException("cannot connect", cause);
  }

  /**
   * Makes a listener, for a server or a path of it, that serves each connection in a task of its
   * own.
   *
   * @param executor starts a thread for each task, such as {@code
   *     Executors.newVirtualThreadPerTaskExecutor()} of JDK 21; with one of a few threads, further
   *     connections wait. It is not shut down. A connection whose task it does not take is closed
   *     with 1011.
   */
  public static WebSocketListener handler(Executor executor, Handler handler) {
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(handler, "handler");
    return new Mailboxes(
        MAX_QUEUED_BYTES, mailbox -> executor.execute(() -> serve(mailbox, handler)));
  }

  private static void serve(Mailbox mailbox, Handler handler) {
    BlockingWebSocket webSocket = new BlockingWebSocket(mailbox);
    try {
      handler.handle(webSocket);
      webSocket.close();
    } catch (WebSocketClosedException e) {
      webSocket.close(); // which it is, or nearly so
    } catch (Throwable thrown) {
      mailbox.fail(thrown);
    }
  }

  /**
   * Waits for the next message and returns it. Messages that came before the end of the connection
   * are returned before its end is told.
   *
   * @throws WebSocketClosedException when the connection has ended, in good order or not, with its
   *     code and cause
   * @throws InterruptedException when the thread is interrupted; no message is lost
   */
  public WebSocketMessage receive() throws WebSocketClosedException, InterruptedException {
    return mailbox.receive();
  }

  /**
   * Waits for the next message for at most so long.
   *
   * @return the message, or null when none has come in time
   * @throws WebSocketClosedException as {@link #receive()} does
   * @throws InterruptedException as {@link #receive()} does
   */
  public @Nullable WebSocketMessage receive(Duration timeout)
      throws WebSocketClosedException, InterruptedException {
    return mailbox.receive(timeout.compareTo(MAX_WAIT) > 0 ? Long.MAX_VALUE : timeout.toNanos());
  }

  /**
   * Sends a text message. Waits while more than {@code outboundSoftMarkBytes} is buffered for the
   * peer, and where the buffer has no room for the message; a peer that takes nothing for {@code
   * writeTimeout} ends the connection and so the wait.
   *
   * @throws IllegalArgumentException when the text has a lone surrogate
   * @throws WebSocketClosedException when the connection is closing or closed
   * @throws InterruptedException when the thread is interrupted; the message was not sent
   */
  public void sendText(String text) throws IOException, InterruptedException {
    mailbox.sendText(text);
  }

  /**
   * Sends a binary message, from position to limit, which are not changed; waits as {@link
   * #sendText} does.
   *
   * @throws WebSocketClosedException when the connection is closing or closed
   * @throws InterruptedException when the thread is interrupted; the message was not sent
   */
  public void sendBinary(ByteBuffer payload) throws IOException, InterruptedException {
    mailbox.sendBinary(payload);
  }

  /** The connection itself, for everything that does not wait: addresses, request, pings, abort. */
  public WebSocket webSocket() {
    return mailbox.webSocket();
  }

  /** Closes with {@link CloseCode#NORMAL_CLOSURE}, as {@link #close(int, String)} does. */
  @Override
  public void close() {
    close(CloseCode.NORMAL_CLOSURE, "");
  }

  /**
   * Sends what was taken, begins the closing handshake, and waits until the connection has ended,
   * for at most about {@code closeTimeout}. Messages that arrive from now on are dropped. When the
   * thread is interrupted, or is already, the connection is aborted and the thread stays
   * interrupted. Without effect when it has ended.
   *
   * @param code {@link CloseCode#NORMAL_CLOSURE} or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @throws IllegalArgumentException for another code, or a longer reason
   */
  public void close(int code, String reason) {
    mailbox.close(code, reason);
  }
}
