package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.ServerHandshake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stage of an accepted connection until its request is answered (RFC 6455 §4.2). While a
 * decision is made elsewhere it goes on reading, so that it notices when the peer goes away; a peer
 * that sends more before it has its answer is held and read no further.
 */
final class ServerHandshakeStage extends Stage {

  private static final HttpHeaders PLAIN_TEXT =
      HttpHeaders.of("Content-Type", "text/plain; charset=utf-8");

  private final Acceptor acceptor;
  private final ServerHandshake handshake;
  private @Nullable String agreedSubprotocol;

  /** Why the answer is a 503, or null when it is not. */
  private @Nullable String fullness;

  /** Whether the decision is being made elsewhere. */
  private boolean deciding;

  /** What arrived behind the request meanwhile, from position to limit; or null. */
  private @Nullable ByteBuffer held;

  /** Whether the peer ended its stream behind a plain request, which it may: it can still read. */
  private boolean inputEnded;

  /** Begins a handshake. */
  ServerHandshakeStage(Connection connection, Acceptor acceptor) {
    super(connection);
    this.acceptor = acceptor;
    this.handshake = acceptor.newHandshake();
  }

  /** Answers the request with a 503 when it has come, for this reason. */
  void refuse(String reason) {
    fullness = reason;
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    int consumed = handshake.receive(buffer, index, length);
    if (handshake.state() == ServerHandshake.State.AWAITING_DECISION && !deciding) {
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
    } else if (consumed < length) {
      held = connection.loop.pool().join(held, buffer, index + consumed, length - consumed);
      connection.stopReading(Lifecycle.PAUSED_BY_DECISION);
    }
  }

  /** Answers the request, or has it decided; returns the listener of an accepted connection. */
  private @Nullable WebSocketListener decide() {
    String refusal =
        handshake.isUpgrade()
            ? acceptor.origins().refusal(handshake.request(), connection.tls != null)
            : null;
    if (refusal != null) {
      respond(403, refusal);
      return null;
    }
    if (fullness != null) {
      byte[] text = fullness.getBytes(StandardCharsets.UTF_8);
      handshake.respond(503, HttpHeaders.of("Retry-After", "1"), text);
      return null;
    }
    try {
      return apply(acceptor.handler().onUpgrade(request()));
    } catch (Throwable thrown) {
      return failed(thrown);
    }
  }

  private @Nullable WebSocketListener failed(Throwable thrown) {
    Log.upgradeFailed("the upgrade handler failed", thrown);
    respond(500, "the server met a condition that it did not expect");
    return null;
  }

  private @Nullable WebSocketListener apply(UpgradeResponse response) {
    CompletionStage<UpgradeResponse> decision = response.decision();
    if (decision != null) {
      deciding = true;
      await(decision);
      return null;
    }
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

  @SuppressWarnings("FutureReturnValueIgnored") // what depends on it is the connection itself
  private void await(CompletionStage<UpgradeResponse> decision) {
    decision.whenComplete(
        (response, failure) ->
            connection
                .loop
                .tasks()
                .execute(
                    () -> {
                      try {
                        decided(response, failure);
                      } catch (Throwable thrown) {
                        EventLoop.broken(connection, thrown);
                      }
                    }));
  }

  private void decided(@Nullable UpgradeResponse response, @Nullable Throwable failure) {
    if (connection.state() != ConnectionState.HANDSHAKING) {
      return; // the peer has gone, or the deadline has passed
    }
    deciding = false;
    WebSocketListener listener;
    try {
      if (failure != null) {
        listener = failed(failure instanceof CompletionException ? cause(failure) : failure);
      } else {
        listener = apply(Objects.requireNonNull(response, "the response of the upgrade handler"));
      }
    } catch (Throwable thrown) {
      listener = failed(thrown);
    }
    if (listener != null) {
      openLate(listener);
    } else if (handshake.state() == ServerHandshake.State.RESPONDED) {
      connection.refuse(handshake.response(), null);
      if (inputEnded) {
        connection.stage().endOfStream(0);
      }
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure.getCause() == null ? failure : failure.getCause();
  }

  /** Opens, and has what is held delivered as if the application had paused reading. */
  private void openLate(WebSocketListener listener) {
    ByteBuffer behind = held;
    held = null;
    open(listener);
    if (behind == null) {
      return;
    }
    if (connection.state().receives()) {
      connection.stage().received(behind, behind.position(), behind.remaining());
    }
    connection.loop.pool().release(behind);
    connection.startReading(Lifecycle.PAUSED_BY_DECISION);
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
    if (deciding && errno == 0 && !handshake.isUpgrade()) {
      inputEnded = true;
      return;
    }
    String what = deciding ? "the peer went away before it was answered" : "no complete request";
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", new IOException(what), errno != 0);
  }

  @Override
  void expired(long now) {
    if (connection.tls != null && !connection.tls.isEstablished()) {
      connection.terminate(
          CloseCode.ABNORMAL_CLOSURE, "", new IOException("no complete TLS handshake"), true);
      return;
    }
    if (deciding) {
      respond(503, "the server could not decide about this request in time");
    } else {
      handshake.expire();
    }
    connection.refuse(handshake.response(), null);
  }

  @Override
  void release() {
    if (held != null) {
      connection.loop.pool().release(held);
      held = null;
    }
  }
}
