package io.github.volfram;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that is made again when it is lost, until {@link #close()}, the {@link
 * ReconnectPolicy} or the client's end stops it. It has no thread: an event loop does the waiting.
 * The listener hears {@code onOpen} and {@code onClose} of each connection. Any thread may use it.
 *
 * <p>Messages are sent on the connection that is open, and on no later one: what it had not handed
 * to the system when it was lost is counted ({@link #unsentMessages()}) and not sent again, since
 * only the application knows whether it still matters.
 */
public interface ReconnectingWebSocket extends AutoCloseable {

  /** What it is doing. */
  enum State {
    /** A connection is being made. */
    CONNECTING,
    /** There is a connection. */
    OPEN,
    /** The connection was lost, and the next attempt is some time away. */
    WAITING,
    /** It has ended. */
    STOPPED
  }

  /** What it is doing now. */
  State state();

  /** The connection, or null while none is open. */
  @Nullable WebSocket current();

  /**
   * Sends a text message as {@link WebSocket#offerText(String)} does.
   *
   * @return false when it was not taken: no connection is open, or its buffer is full
   */
  boolean offerText(String text);

  /**
   * Sends a binary message as {@link WebSocket#offerBinary(ByteBuffer)} does.
   *
   * @return false when it was not taken: no connection is open, or its buffer is full
   */
  boolean offerBinary(ByteBuffer payload);

  /**
   * How many messages that were taken by {@code offer…} had not been handed to the system when the
   * connection was lost that was open last.
   */
  long unsentMessages();

  /** The payload bytes of {@link #unsentMessages()}; of text, as UTF-8. */
  long unsentBytes();

  /** Completes when it has ended: with null, or with what the last attempt failed with. */
  CompletableFuture<@Nullable Void> stopped();

  /** Closes the connection with 1000 and makes no other. Does not block. Idempotent. */
  @Override
  void close();
}
