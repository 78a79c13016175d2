package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.ServerHandshake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The stage of an accepted connection until its request is answered (RFC 6455 §4.2). */
final class ServerHandshakeStage extends Stage {

  private static final HttpHeaders PLAIN_TEXT =
      HttpHeaders.of("Content-Type", "text/plain; charset=utf-8");

  private final Acceptor acceptor;
  private final ServerHandshake handshake;
  private final boolean full;
  private @Nullable String agreedSubprotocol;

  /**
   * Begins a handshake.
   *
   * @param full whether the server is full, so that the answer is a 503
   */
  ServerHandshakeStage(Connection connection, Acceptor acceptor, boolean full) {
    super(connection);
    this.acceptor = acceptor;
    this.full = full;
    this.handshake = acceptor.newHandshake();
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    int consumed = handshake.receive(buffer, index, length);
    if (handshake.state() == ServerHandshake.State.AWAITING_DECISION) {
      WebSocketListener listener = decide();
      if (listener != null) {
        open(listener);
        if (consumed < length && connection.state().receives()) {
          connection.stage().received(buffer, index + consumed, length - consumed);
        }
        return;
      }
    }
    if (handshake.state() == ServerHandshake.State.RESPONDED) {
      connection.refuse(handshake.response(), null);
    }
  }

  /** Answers the request; returns the listener of an accepted connection. */
  private @Nullable WebSocketListener decide() {
    String refusal =
        handshake.isUpgrade()
            ? acceptor.origins().refusal(handshake.request(), connection.tls != null)
            : null;
    if (refusal != null) {
      respond(403, refusal);
      return null;
    }
    if (full) {
      byte[] text = "the server is full".getBytes(StandardCharsets.UTF_8);
      handshake.respond(503, HttpHeaders.of("Retry-After", "1"), text);
      return null;
    }
    try {
      return apply(acceptor.handler().onUpgrade(request()));
    } catch (Throwable thrown) {
      Log.upgradeFailed("the upgrade handler failed", thrown);
      respond(500, "the server met a condition that it did not expect");
      return null;
    }
  }

  private @Nullable WebSocketListener apply(UpgradeResponse response) {
    HttpHeaders headers = HttpHeaders.builder().addAll(response.headers()).build();
    if (response.status() != 101) {
      handshake.respond(response.status(), headers, response.body());
      return null;
    }
    WebSocketListener listener = response.listener();
    if (listener == null) {
      listener = acceptor.listener();
    }
    if (listener == null) {
      throw new IllegalStateException(
          "accept() needs a listener when the server was started with an UpgradeHandler");
    }
    handshake.accept(response.subprotocol(), headers);
    agreedSubprotocol = response.subprotocol();
    return listener;
  }

  private void respond(int status, String text) {
    handshake.respond(status, PLAIN_TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private void open(WebSocketListener listener) {
    connection.loop.sender().bytes(connection, handshake.response());
    connection.opened(
        new FrameStage(connection, listener, connection.settings.parameters(handshake.deflate())),
        listener,
        agreedSubprotocol,
        request());
  }

  private Request request() {
    return new Request(
        connection, handshake.request(), handshake.offeredSubprotocols(), handshake.isUpgrade());
  }

  @Override
  void endOfStream(int errno) {
    connection.terminate(
        CloseCode.ABNORMAL_CLOSURE, "", new IOException("no complete request"), errno != 0);
  }

  @Override
  void expired(long now) {
    if (connection.tls != null && !connection.tls.isEstablished()) {
      connection.terminate(
          CloseCode.ABNORMAL_CLOSURE, "", new IOException("no complete TLS handshake"), true);
      return;
    }
    handshake.expire();
    connection.refuse(handshake.response(), null);
  }
}
