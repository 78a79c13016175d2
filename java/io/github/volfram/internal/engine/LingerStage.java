package io.github.volfram.internal.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last stage: sends what is buffered, discards what arrives, and closes the socket when the
 * peer has closed its side or had its time (RFC 6455 §7.1.1). Closing at once would make the kernel
 * send a reset when unread bytes are left, and that can destroy the close frame on its way.
 */
final class LingerStage extends Stage {

  private static final int MAX_DISCARDED_BYTES = 64 * 1024;
  private static final long MAX_LINGER_NANOS = 1_000_000_000L;

  private final int code;
  private final String reason;
  private final @Nullable Throwable cause;
  private final boolean endsOutput;
  private boolean outputEnded;
  private boolean inputEnded;

  /** Whether TLS has said that nothing more comes. */
  private boolean notified;

  private long discarded;

  LingerStage(
      Connection connection,
      int code,
      String reason,
      @Nullable Throwable cause,
      boolean endsOutput) {
    super(connection);
    this.code = code;
    this.reason = reason;
    this.cause = cause;
    this.endsOutput = endsOutput;
  }

  /** Called outside of any callback, as everything here may end the connection. */
  void begin() {
    if (connection.state() == ConnectionState.TERMINATED) {
      return;
    }
    EventLoop loop = connection.loop;
    loop.expire(connection, loop.now() + connection.settings.closeNanos);
    loop.sender().flush();
    drained();
  }

  @Override
  void drained() {
    if (outputEnded
        || connection.isBacklogged()
        || connection.state() == ConnectionState.TERMINATED) {
      return;
    }
    if (connection.tls != null && !notified) {
      notified = true;
      connection.tls.closeOutbound();
      connection.loop.sender().flush();
      drained();
      return;
    }
    outputEnded = true;
    if (inputEnded) {
      end();
    } else if (endsOutput) {
      EventLoop loop = connection.loop;
      loop.transport().shutdownOutput(connection.token);
      loop.expire(
          connection, loop.now() + Math.min(MAX_LINGER_NANOS, connection.settings.closeNanos));
    }
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    discarded += length;
    if (outputEnded && discarded > MAX_DISCARDED_BYTES) {
      end();
    }
  }

  @Override
  void endOfStream(int errno) {
    inputEnded = true;
    if (outputEnded || errno != 0) {
      end();
    }
  }

  @Override
  void expired(long now) {
    if (outputEnded) {
      end();
    } else {
      connection.terminate(
          code,
          reason,
          cause != null
              ? cause
              : new IOException("expected the peer to read what was sent before closing"),
          true);
    }
  }

  private void end() {
    connection.terminate(code, reason, cause, false);
  }
}
