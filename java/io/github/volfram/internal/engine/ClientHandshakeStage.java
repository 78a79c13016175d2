package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.HandshakeException;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeViolation;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.Redirect;
import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The stage of a client's connection until the server's response (RFC 6455 §4.1). */
final class ClientHandshakeStage extends Stage {

  private final Attempt attempt;
  private final ClientHandshake handshake;

  /** Whether the attempt goes on with another connection. */
  private boolean movedOn;

  private ClientHandshakeStage(Connection connection, Attempt attempt, ClientHandshake handshake) {
    super(connection);
    this.attempt = attempt;
    this.handshake = handshake;
  }

  /** The socket, or the tunnel, is connected: begins with TLS or with the request. */
  static void begin(Connection connection, Attempt attempt, Route route) {
    connection.enter(new ClientHandshakeStage(connection, attempt, route.handshake()));
    SSLEngine engine = route.tls();
    if (engine == null) {
      connection.stage().secured();
    } else {
      connection.tls = new Tls(connection, engine);
      connection.tls.begin();
    }
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
      noteCookies(() -> {});
      attempt.future().complete(connection);
      if (consumed < length && connection.state().receives()) {
        connection.stage().received(buffer, index + consumed, length - consumed);
      }
    }
  }

  private Request request() {
    return new Request(connection, handshake.requestHead(), handshake.offeredSubprotocols(), true);
  }

  private void noteCookies(Runnable next) {
    HttpHead response = handshake.response();
    if (response == null) {
      next.run();
    } else {
      attempt.connector().noteCookies(connection.loop, attempt.hop(), response, next);
    }
  }

  private void refused() {
    HttpHead response = handshake.response();
    int maxRedirects = attempt.connector().maxRedirects();
    if (response != null && maxRedirects > 0 && Redirect.isRedirect(response.status())) {
      redirected(response, maxRedirects);
    } else {
      noteCookies(() -> {});
      refuse(String.valueOf(handshake.failure()));
    }
  }

  private void redirected(HttpHead response, int maxRedirects) {
    Hop hop = attempt.hop();
    Hop next;
    try {
      next = hop.following(Redirect.of(response, hop.uri()));
    } catch (HandshakeViolation | IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()));
      return;
    }
    if (hop.hasPassed(next.uri())) {
      refuse("expected redirects that lead somewhere, got back to " + next.uri());
    } else if (hop.earlier().size() >= maxRedirects) {
      refuse("expected at most " + maxRedirects + " redirects (maxRedirects), got more");
    } else {
      movedOn = true;
      connection.drop();
      noteCookies(() -> attempt.connector().start(connection.loop, attempt.at(next)));
    }
  }

  private void refuse(String why) {
    HttpHead response = handshake.response();
    end(
        new HandshakeException(
            attempt.hop().uri() + ": " + why,
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
      end(new IOException(attempt.hop().uri() + ": the connection broke: " + Errno.text(errno)));
    }
  }

  @Override
  void expired(long now) {
    refuse(
        "expected a response within "
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
