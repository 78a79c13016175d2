package io.github.volfram;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens on WebSocket connections. Every method has a default, so implement what you
 * need; one listener may serve any number of connections.
 *
 * <p>The lifecycle of a connection: {@link #onOpen} once, then any number of messages, pings and
 * pongs, then {@link #onClose} once. A connection whose handshake failed calls nothing. After
 * {@code onClose} no further calls are made for that connection.
 *
 * <p>All calls for one connection come from one thread, its event loop's, so they never overlap; a
 * callback that blocks holds up every connection of that loop. A callback that throws closes its
 * own connection with code 1011 and no other.
 *
 * <p>A {@link ByteBuffer} given to a callback is a read-only view that is valid until the callback
 * returns: copy what you want to keep. It may be passed to a send method of any WebSocket before
 * the callback returns.
 */
public interface WebSocketListener {

  /** The opening handshake is complete; messages may be sent. */
  default void onOpen(WebSocket webSocket) {}

  /** A whole text message. Not called when {@link #onTextUtf8} is overridden. */
  default void onText(WebSocket webSocket, String text) {}

  /**
   * A whole text message as the UTF-8 that arrived, already validated; override this instead of
   * {@link #onText} to receive text without allocating.
   */
  default void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    byte[] bytes = new byte[utf8.remaining()];
    utf8.get(bytes);
    onText(webSocket, new String(bytes, StandardCharsets.UTF_8));
  }

  /** A whole binary message. */
  default void onBinary(WebSocket webSocket, ByteBuffer payload) {}

  /** A ping of at most 125 bytes; the pong has already been sent (RFC 6455 §5.5.2). */
  default void onPing(WebSocket webSocket, ByteBuffer payload) {}

  /**
   * A pong of at most 125 bytes, asked for by a ping of the application's or not at all (RFC 6455
   * §5.5.3). The pongs of the library's own keepalive pings are not delivered; they make {@link
   * WebSocket#roundTripTime()}.
   */
  default void onPong(WebSocket webSocket, ByteBuffer payload) {}

  /**
   * More than {@code outboundSoftMarkBytes} is buffered for sending, though the kernel was offered
   * it: the peer reads more slowly than is sent. Called once until {@link #onDrained}.
   */
  default void onBackpressure(WebSocket webSocket) {}

  /**
   * No more than {@code outboundLowMarkBytes} is buffered for sending, after a send had left more
   * than {@code outboundSoftMarkBytes} buffered; so it follows each {@link #onBackpressure} of a
   * connection that stays open, and also comes, alone, where the kernel took everything at once.
   */
  default void onDrained(WebSocket webSocket) {}

  /**
   * The connection has ended and its socket is closed; the last call.
   *
   * @param code the code of the close frame that the peer sent, {@link
   *     CloseCode#NO_STATUS_RECEIVED} when that frame carried none; the code that this side sent
   *     when it failed the connection (RFC 6455 §7.1.7); {@link CloseCode#ABNORMAL_CLOSURE} when
   *     the connection was lost without a close frame
   * @param reason the reason of that frame, at most 123 bytes of UTF-8; empty when there is none
   * @param cause what broke the connection, or null when it was closed in good order
   */
  default void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {}
}
