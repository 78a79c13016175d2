package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.HandshakeException;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.ProxyConnect;
import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stage of a client's connection to a proxy until there is a tunnel (RFC 9110 §9.3.6). */
final class ProxyStage extends Stage {

  private final Attempt attempt;
  private final Route route;
  private final ProxyConnect tunnel;

  /** Whether the attempt goes on with another connection. */
  private boolean movedOn;

  private ProxyStage(Connection connection, Attempt attempt, Route route, ProxyConnect tunnel) {
    super(connection);
    this.attempt = attempt;
    this.route = route;
    this.tunnel = tunnel;
  }

  static void begin(Connection connection, Attempt attempt, Route route, ProxyConnect tunnel) {
    connection.enter(new ProxyStage(connection, attempt, route, tunnel));
    connection.loop.sender().bytes(connection, tunnel.request());
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    int consumed = tunnel.receive(buffer, index, length);
    switch (tunnel.state()) {
      case READING_RESPONSE -> {}
      case OPEN -> {
        if (consumed < length) { // the origin waits for the client, with TLS and without
          refuse("expected silence after the proxy's answer, got bytes");
        } else {
          ClientHandshakeStage.begin(connection, attempt, route);
        }
      }
      case AUTHENTICATION_REQUIRED -> logIn();
      case REFUSED, MALFORMED -> refuse(String.valueOf(tunnel.failure()));
    }
  }

  private void logIn() {
    HttpHead answer = tunnel.response();
    HandshakeException cause = exception(String.valueOf(tunnel.failure()));
    if (answer == null || !attempt.connector().canLogIn(attempt, answer)) {
      end(cause);
      return;
    }
    movedOn = true;
    connection.drop();
    attempt.connector().logIn(connection.loop, attempt, route, answer, cause);
  }

  private void refuse(String why) {
    end(exception(why));
  }

  private HandshakeException exception(String why) {
    HttpHead answer = tunnel.response();
    return new HandshakeException(
        attempt.hop().uri() + " through " + route.peer() + ": " + why,
        answer == null ? 0 : answer.status(),
        answer == null ? Map.<String, List<String>>of() : answer.headers().asMap(),
        new byte[0]);
  }

  private void end(IOException cause) {
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
  }

  @Override
  void endOfStream(int errno) {
    if (errno == 0) {
      tunnel.endOfStream();
      refuse(String.valueOf(tunnel.failure()));
    } else {
      end(new IOException(route.peer() + ": the connection broke: " + Errno.text(errno)));
    }
  }

  @Override
  void expired(long now) {
    refuse(
        "expected an answer within "
            + connection.settings.handshakeNanos / 1_000_000
            + " ms (handshakeTimeout), got none");
  }

  @Override
  void abandoned(@Nullable Throwable cause) {
    if (!movedOn) {
      attempt
          .future()
          .completeExceptionally(
              cause != null ? cause : new IOException("the handshake was given up"));
    }
  }
}
