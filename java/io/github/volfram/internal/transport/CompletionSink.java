package io.github.volfram.internal.transport;

import java.nio.ByteBuffer;

/**
 * Receives what a {@link Transport#turn} found out. Called by the loop's thread, inside the turn.
 */
public interface CompletionSink {

  /** A connection was accepted; it is the sink's to {@code adopt} or {@code discard}. */
  void accepted(long listenerToken, AcceptedSocket socket);

  /**
   * Accepting failed for want of resources (EMFILE, ENFILE, ENOBUFS, ENOMEM). The listener stays
   * ready, so the sink pauses it for a while instead of spinning. Failures of a single connection
   * (ECONNABORTED and the like) are not reported.
   *
   * @param errno the positive error number, or 0 where the platform does not tell it
   */
  void acceptFailed(long listenerToken, int errno);

  /**
   * A {@link Transport#connect} has ended. After success the socket is being read.
   *
   * @param errno 0 for success, else the positive error number ({@link Errno}); the token is still
   *     open after a failure and is the sink's to close
   */
  void connected(long token, int errno);

  /**
   * Bytes arrived. They are the sink's to change in place until it returns, with up to 16 bytes of
   * room before them.
   *
   * @param arena a direct buffer; position and limit mean nothing
   * @param index where the bytes begin
   * @param length how many, at least 1
   */
  void received(long token, ByteBuffer arena, int index, int length);

  /**
   * The kernel did not take these submitted bytes. Called once per region that remains, in order;
   * until the sink has returned the bytes stay valid. Nothing further that was submitted for this
   * token before the flush has been sent.
   */
  void unsent(long token, ByteBuffer buffer, int index, int length);

  /** The socket can take bytes again after {@link Transport#awaitWritable}. */
  void writable(long token);

  /**
   * The stream of incoming bytes has ended; nothing more is received. The token stays open until
   * the sink closes it.
   *
   * @param errno 0 when the peer ended its stream in good order (sending is still possible), else
   *     the positive error number: the connection is broken. When it was a send that found this
   *     out, what had arrived before is received first, unless reading is paused
   */
  void closed(long token, int errno);
}
