package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClosedException;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection for threads that wait. The listener's methods are the loop's thread's, all others
 * are for any but that. What is waited on is of {@code java.util.concurrent} only, which lets a
 * virtual thread leave its carrier.
 */
public final class Mailbox implements WebSocketListener {

  private record Letter(boolean text, ByteBuffer bytes) {}

  private record End(int code, String reason, @Nullable Throwable cause) {}

  /** Lies behind the last message, for every receiver. */
  private static final Letter LAST = new Letter(false, ByteBuffer.allocate(0));

  private final int maxQueuedBytes;
  private final LinkedBlockingQueue<Letter> letters = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile @Nullable Connection connection;
  private volatile @Nullable Inbound inbound;
  private volatile @Nullable End end;

  /** Whether this side closes, so that messages are dropped. */
  private volatile boolean closing;

  /**
   * Makes one, for one connection.
   *
   * @param maxQueuedBytes how much waits to be received before the connection is not read
   */
  public Mailbox(int maxQueuedBytes) {
    this.maxQueuedBytes = maxQueuedBytes;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    webSocket.request(); // keeps it, since the application can ask for it only after this call
    inbound = new Inbound(webSocket, maxQueuedBytes);
    connection = (Connection) webSocket;
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    add(true, utf8);
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    add(false, payload);
  }

  private void add(boolean text, ByteBuffer view) {
    if (!closing) {
      byte[] bytes = new byte[view.remaining()];
      view.get(view.position(), bytes);
      letters.add(new Letter(text, ByteBuffer.wrap(bytes)));
      Objects.requireNonNull(inbound).added(bytes.length);
    }
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    end = new End(code, reason, cause);
    letters.add(LAST);
    ended.countDown();
  }

  /** The connection, once it is open. */
  public WebSocket webSocket() {
    return connection();
  }

  private Connection connection() {
    return Objects.requireNonNull(connection);
  }

  /** Waits for the next message. */
  public WebSocketMessage receive() throws WebSocketClosedException, InterruptedException {
    requireOtherThread();
    return open(letters.take());
  }

  /** Waits for the next message for so long; null when none has come. */
  public @Nullable WebSocketMessage receive(long nanos)
      throws WebSocketClosedException, InterruptedException {
    requireOtherThread();
    Letter letter = letters.poll(nanos, TimeUnit.NANOSECONDS);
    return letter == null ? null : open(letter);
  }

  @SuppressWarnings("ReferenceEquality") // another message may be empty as well
  private WebSocketMessage open(Letter letter) throws WebSocketClosedException {
    if (letter == LAST) {
      letters.add(LAST);
      throw closed();
    }
    ByteBuffer bytes = letter.bytes();
    Objects.requireNonNull(inbound).removed(bytes.remaining());
    return letter.text()
        ? new WebSocketMessage.Text(StandardCharsets.UTF_8.decode(bytes).toString())
        : new WebSocketMessage.Binary(bytes);
  }

  private WebSocketClosedException closed() {
    End known = end;
    return known == null
        ? new WebSocketClosedException("expected an open connection, got one that is closing")
        : new WebSocketClosedException(
            "expected an open connection, got one that was closed with "
                + known.code()
                + (known.reason().isEmpty() ? "" : ": " + known.reason()),
            known.code(),
            known.reason(),
            known.cause());
  }

  /** Sends a text message when no more than the soft mark is buffered. */
  public void sendText(String text) throws IOException, InterruptedException {
    send(() -> connection().offerText(text));
  }

  /** Sends a binary message when no more than the soft mark is buffered. */
  public void sendBinary(ByteBuffer payload) throws IOException, InterruptedException {
    send(() -> connection().offerBinary(payload));
  }

  private void send(BooleanSupplier offer) throws IOException, InterruptedException {
    requireOtherThread();
    Connection open = connection();
    while (open.bufferedBytes() > open.settings.softMarkBytes && open.isOpen()) {
      awaitSent(open);
    }
    while (!offer.getAsBoolean()) {
      if (!open.isOpen()) {
        throw closed();
      }
      awaitSent(open);
    }
  }

  private static void awaitSent(Connection open) throws InterruptedException {
    CountDownLatch sent = new CountDownLatch(1);
    open.whenSent(failure -> sent.countDown());
    sent.await();
  }

  /** Closes and waits for the end, which the close timeout bounds; the loop's thread waits not. */
  public void close(int code, String reason) {
    Connection open = connection();
    open.close(code, reason);
    closing = true;
    open.holdBack(false); // the peer's close frame is behind what nobody will receive
    if (open.loop.tasks().isCurrent()) {
      return;
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      open.abort();
      Thread.currentThread().interrupt();
    }
  }

  /** The application's own code failed: closes with 1011. */
  public void fail(Throwable thrown) {
    Connection open = connection();
    open.loop.tasks().execute(() -> open.callbackThrew(thrown));
    closing = true;
    open.holdBack(false);
  }

  private void requireOtherThread() {
    if (connection().loop.tasks().isCurrent()) {
      throw new IllegalStateException(
          "expected a thread that may wait, got an event loop's, in a callback of a listener");
    }
  }
}
