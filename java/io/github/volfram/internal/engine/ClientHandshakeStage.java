package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.HandshakeException;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.ServerHandshake;
import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stage of a client's connection until the server's response (RFC 6455 §4.1). */
final class ClientHandshakeStage extends Stage {

  /** For reading what was made here, whatever its size. */
  private static final HandshakeLimits NO_LIMITS =
      new HandshakeLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final Attempt attempt;
  private final ClientHandshake handshake;

  ClientHandshakeStage(Connection connection, Attempt attempt) {
    super(connection);
    this.attempt = attempt;
    this.handshake = attempt.handshake();
  }

  @Override
  void secured() {
    connection.loop.sender().bytes(connection, handshake.request());
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    int consumed = handshake.receive(buffer, index, length);
    if (handshake.state() == ClientHandshake.State.FAILED) {
      refused();
    } else if (handshake.state() == ClientHandshake.State.OPEN) {
      connection.opened(
          new FrameStage(
              connection, attempt.listener(), connection.settings.parameters(handshake.deflate())),
          attempt.listener(),
          handshake.subprotocol(),
          request());
      attempt.future().complete(connection);
      if (consumed < length && connection.state().receives()) {
        connection.stage().received(buffer, index + consumed, length - consumed);
      }
    }
  }

  /** The request as a server reads it. */
  private Request request() {
    byte[] bytes = handshake.request();
    ServerHandshake reader = new ServerHandshake(NO_LIMITS);
    reader.receive(ByteBuffer.wrap(bytes), 0, bytes.length);
    return new Request(connection, reader.request(), reader.offeredSubprotocols(), true);
  }

  private void refused() {
    HttpHead response = handshake.response();
    end(
        new HandshakeException(
            attempt.uri() + ": " + handshake.failure(),
            response == null ? 0 : response.status(),
            response == null ? Map.<String, List<String>>of() : response.headers().asMap(),
            handshake.bodyPrefix()));
  }

  private void end(IOException cause) {
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
  }

  @Override
  void endOfStream(int errno) {
    if (errno == 0) {
      handshake.endOfStream();
      refused();
    } else {
      end(new IOException(attempt.uri() + ": the connection broke: " + Errno.text(errno)));
    }
  }

  @Override
  void expired(long now) {
    end(
        new HandshakeException(
            attempt.uri()
                + ": expected a response within "
                + connection.settings.handshakeNanos / 1_000_000
                + " ms (handshakeTimeout), got none",
            0,
            Map.of(),
            new byte[0]));
  }

  @Override
  void abandoned(@Nullable Throwable cause) {
    attempt
        .future()
        .completeExceptionally(
            cause != null ? cause : new IOException("the handshake was given up"));
  }
}
