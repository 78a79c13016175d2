package io.github.volfram;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection, of a server or a client. All methods may be called by any thread, none
 * blocks, and messages of one thread are sent in the order of its calls.
 *
 * <p>A message is either <em>taken</em> (it will be sent, unless the connection breaks) or refused
 * as a whole. What was taken and not yet handed to the kernel counts in {@link #bufferedBytes()};
 * of a message that would raise it above {@code outboundHardCapBytes} the {@link OverflowPolicy}
 * decides, which by default refuses it, except that an empty buffer takes one message of any size.
 * A policy that drops messages counts as taking them. A whole message that is sent while one in
 * parts is open waits for its end. A buffer passed to a send method is copied or sent before the
 * method returns and may be reused at once; its position is not changed.
 */
public interface WebSocket {

  /**
   * Offers a text message.
   *
   * @return true when it was taken; false when the outbound buffer is full or the connection is not
   *     open
   * @throws IllegalArgumentException when the text has a lone surrogate, which UTF-8 cannot express
   */
  boolean offerText(String text);

  /**
   * Offers a text message that is UTF-8 already, from the buffer's position to its limit.
   *
   * @return true when it was taken; false when the outbound buffer is full or the connection is not
   *     open
   * @throws IllegalArgumentException when the bytes are not well-formed UTF-8
   */
  boolean offerTextUtf8(ByteBuffer utf8);

  /**
   * Offers a binary message, from the buffer's position to its limit.
   *
   * @return true when it was taken; false when the outbound buffer is full or the connection is not
   *     open
   */
  boolean offerBinary(ByteBuffer payload);

  /**
   * Offers a text message as {@link #offerText(String)} does.
   *
   * @param mayCompress false to send it uncompressed whatever was negotiated ({@link
   *     DeflateOptions})
   */
  boolean offerText(String text, boolean mayCompress);

  /**
   * Offers a binary message as {@link #offerBinary(ByteBuffer)} does.
   *
   * @param mayCompress false to send it uncompressed whatever was negotiated ({@link
   *     DeflateOptions})
   */
  boolean offerBinary(ByteBuffer payload, boolean mayCompress);

  /**
   * Offers a text message that replaces an earlier one of the same key which has not begun to
   * leave, in its place in the order: for a peer that reads slowly only the latest price, say, is
   * worth sending. A message without a predecessor that waits is sent as any other.
   *
   * @param key what the message is about; compared by {@code equals}, among the messages of this
   *     connection, text and binary alike
   * @return as for {@link #offerText(String)}
   * @throws IllegalArgumentException when the text has a lone surrogate, which UTF-8 cannot express
   */
  boolean offerLatestText(Object key, String text);

  /**
   * Offers a binary message, from position to limit, as {@link #offerLatestText} does a text
   * message.
   */
  boolean offerLatestBinary(Object key, ByteBuffer payload);

  /**
   * Offers a part of a text message, from position to limit; each becomes a fragment (RFC 6455
   * §5.4). It may end within a character that the next part continues. Between the first part and
   * the last, whole messages wait and pings and pongs do not; the parts of a message come from one
   * thread.
   *
   * @param last whether this ends the message
   * @return true when it was taken; false, as for a whole message, when it may be offered again
   * @throws IllegalArgumentException when the parts so far are not well-formed UTF-8
   * @throws IllegalStateException when a binary message is open
   */
  boolean offerTextPart(ByteBuffer utf8, boolean last);

  /**
   * Offers a part of a binary message, as {@link #offerTextPart} does of a text message.
   *
   * @param last whether this ends the message
   * @return true when it was taken; false when it may be offered again
   * @throws IllegalStateException when a text message is open
   */
  boolean offerBinaryPart(ByteBuffer payload, boolean last);

  /**
   * Sends a text message and tells how it ended.
   *
   * @throws IllegalArgumentException when the text has a lone surrogate
   */
  void sendText(String text, SendCallback callback);

  /** Sends a binary message, from position to limit, and tells how it ended. */
  void sendBinary(ByteBuffer payload, SendCallback callback);

  /**
   * Sends a text message.
   *
   * @return completes when the kernel has taken the last byte; fails with {@link
   *     OutboundFullException} or {@link WebSocketClosedException}
   * @throws IllegalArgumentException when the text has a lone surrogate
   */
  default CompletableFuture<Void> sendText(String text) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    sendText(text, failure -> complete(future, failure));
    return future;
  }

  /**
   * Sends a binary message, from position to limit.
   *
   * @return completes when the kernel has taken the last byte; fails with {@link
   *     OutboundFullException} or {@link WebSocketClosedException}
   */
  default CompletableFuture<Void> sendBinary(ByteBuffer payload) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    sendBinary(payload, failure -> complete(future, failure));
    return future;
  }

  /**
   * Offers a ping (RFC 6455 §5.5.2); its pong arrives at {@link WebSocketListener#onPong}.
   *
   * @return true when it was taken
   * @throws IllegalArgumentException when the payload is longer than 125 bytes
   */
  boolean offerPing(ByteBuffer payload);

  /**
   * Offers an unsolicited pong (RFC 6455 §5.5.3). Pings are answered without it.
   *
   * @return true when it was taken
   * @throws IllegalArgumentException when the payload is longer than 125 bytes
   */
  boolean offerPong(ByteBuffer payload);

  /**
   * Begins the closing handshake (RFC 6455 §7.1.2) after what was taken before: sends a close
   * frame, waits for the peer's for at most {@code closeTimeout}, and ends in {@link
   * WebSocketListener#onClose}. Messages that arrive meanwhile are delivered, until one arrives
   * while reading is paused ({@link #pauseReading()}): that and all that follow are discarded, so
   * that the peer's close frame is found behind them. Without effect when the connection is closing
   * already.
   *
   * @param code {@link CloseCode#NORMAL_CLOSURE} or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @throws IllegalArgumentException for another code, or a longer reason
   */
  void close(int code, String reason);

  /** Begins the closing handshake with {@link CloseCode#NORMAL_CLOSURE} and no reason. */
  default void close() {
    close(CloseCode.NORMAL_CLOSURE, "");
  }

  /**
   * Drops the connection at once, without a closing handshake and without sending what is buffered.
   */
  void abort();

  /** Whether messages may be sent: the handshake is complete and no closing has begun. */
  boolean isOpen();

  /**
   * The bytes that were taken and that the kernel has not got yet, frame headers included. A
   * message that is going to be compressed counts with its whole length until it is. Where one
   * thread reads it while others send, a message that the loop is taking over may count twice for
   * that moment; none is ever left out.
   */
  long bufferedBytes();

  /**
   * When the bytes that were received last arrived, as {@link System#nanoTime()} counts: the time
   * at which the event loop's turn came back from the kernel with them. Within a callback of the
   * event loop for a message this is the message's own time, before any other message of the turn
   * was handled, so {@code System.nanoTime() - receivedNanos()} is how long it has waited in this
   * process. Costs nothing. Elsewhere, and after {@link Callbacks}, it is the latest known.
   */
  long receivedNanos();

  /**
   * Stops receiving; what the kernel has received stays there, and the peer is slowed down. After
   * {@link #close()} it is received and discarded instead, with all that follows.
   */
  void pauseReading();

  /** Receives again after {@link #pauseReading()}. */
  void resumeReading();

  /** The subprotocol agreed on, or null (RFC 6455 §1.9). */
  @Nullable String subprotocol();

  /**
   * The request that opened this connection: received by a server, sent by a client. To keep idle
   * connections small it is dropped after {@link WebSocketListener#onOpen}, unless it was asked for
   * until then.
   *
   * @throws IllegalStateException when it was dropped
   */
  UpgradeRequest request();

  /** The peer's address, or null when the kernel did not know it any more. */
  @Nullable SocketAddress remoteAddress();

  /** This side's address, or null when the kernel did not know it any more. */
  @Nullable SocketAddress localAddress();

  /**
   * How long the last keepalive ping took until its pong, in microseconds, or null before the
   * first. Pings go out after {@code idleTimeout} of silence, and at every {@code pingInterval}
   * where there is one. The time includes what either side's event loop was busy with.
   */
  @Nullable Duration roundTripTime();

  /**
   * Runs something on the connection's event loop, so that all it sends leaves together, in one
   * system call for each connection, and other threads' sends do not come between. On the loop's
   * thread, that is within a callback, it runs at once: what a callback sends leaves together
   * anyway. Another thread does not wait for it; there an exception closes the connection with
   * 1011, as that of a callback does. Must not block. Tasks that wait are not bounded by {@code
   * outboundHardCapBytes}. After the loop has ended it runs in the caller's thread and its sends
   * are refused.
   */
  void batch(Runnable sends);

  /**
   * Subscribes this connection of a server to a topic, until {@link #unsubscribe} or its end;
   * without effect when it is subscribed already or not open. Takes effect at once in a callback;
   * for another thread in the order of its calls.
   *
   * @throws IllegalStateException on a client's connection
   */
  void subscribe(String topic);

  /**
   * Ends a subscription; without effect when there is none.
   *
   * @throws IllegalStateException on a client's connection
   */
  void unsubscribe(String topic);

  /**
   * Publishes a text to all subscribers of a topic but this connection, whether it is one of them
   * or not; otherwise as {@link WebSocketServer#publishText} does.
   *
   * @return whether every event loop took it
   * @throws IllegalArgumentException when the text has a lone surrogate
   * @throws IllegalStateException on a client's connection
   */
  boolean publishText(String topic, String text);

  /**
   * Publishes a binary message, from position to limit, as {@link #publishText} does a text.
   *
   * @return whether every event loop took it
   * @throws IllegalStateException on a client's connection
   */
  boolean publishBinary(String topic, ByteBuffer payload);

  /** The object attached last, or null. */
  @Nullable Object attachment();

  /** Attaches an object of the application's; replaces the one before. */
  void attach(@Nullable Object attachment);

  private static void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(failure);
    }
  }
}
