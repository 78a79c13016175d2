package io.github.volfram.internal.engine;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection does with what happens to it. As the connection moves on its stage is replaced:
 * connecting, handshake, frames, lingering. Called by the loop's thread.
 */
abstract class Stage {

  final Connection connection;

  Stage(Connection connection) {
    this.connection = connection;
  }

  /** The attempt to connect has ended. */
  void connected(int errno) {
    throw new IllegalStateException("connected in " + this);
  }

  /** TLS is established, or there is none and the connection is made. */
  void secured() {}

  /** Bytes have arrived; they are this stage's to change until it returns. */
  abstract void received(ByteBuffer buffer, int index, int length);

  /** The peer's stream has ended: in good order (0), or broken by an error. */
  abstract void endOfStream(int errno);

  /** The connection's deadline has come; the stage sets the next one. */
  abstract void expired(long now);

  /** Nothing is buffered for sending any more. */
  void drained() {}

  /** The connection may be read again. */
  void resumed() {
    if (!connection.isReadingPaused() && connection.state() != ConnectionState.TERMINATED) {
      connection.loop.transport().resumeReading(connection.token);
    }
  }

  /** The connection ended before it was open. */
  void abandoned(@Nullable Throwable cause) {}

  /** Whether this is a connection of the application's, which counts as one until it has ended. */
  boolean counts() {
    return true;
  }

  /** The connection ends: gives back what the stage holds. */
  void release() {}
}
