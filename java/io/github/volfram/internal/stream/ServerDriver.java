package io.github.volfram.internal.stream;

import io.github.volfram.HandshakeException;
import io.github.volfram.Interest;
import io.github.volfram.StreamOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HandshakeViolation;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.OriginPolicy;
import io.github.volfram.internal.handshake.ServerDeflate;
import io.github.volfram.internal.handshake.ServerHandshake;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server's side: reads the request, lets it be judged, sends the answer. */
public final class ServerDriver extends HandshakeDriver {

  /** How much of a refused request is read and thrown away, so that closing resets nothing. */
  private static final int MAX_DISCARDED_BYTES = 64 << 10;

  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERROR = 500;

  private final @Nullable StreamDeflate deflate;
  private final ServerHandshake handshake;
  private final OriginPolicy origins;
  private final UpgradeHandler handler;
  private @Nullable String subprotocol;

  /** Why the request was refused, once it was. */
  private String refusal = "";

  private @Nullable Throwable cause;

  /**
   * A handshake that waits for its request.
   *
   * @param handler who judges valid requests, or null to accept them all
   * @param deflate which offers of compression to accept, or null for none
   * @throws IllegalArgumentException for an origin in the options that is none
   */
  public ServerDriver(
      Port port,
      ChannelInput input,
      StreamOptions options,
      @Nullable UpgradeHandler handler,
      @Nullable StreamDeflate deflate) {
    super(port, input);
    this.deflate = deflate;
    this.handshake =
        new ServerHandshake(
            HandshakeLimits.DEFAULT,
            false,
            deflate == null ? ServerDeflate.OFF : deflate.accepted());
    this.origins = OriginPolicy.allowing(options.allowedOrigins());
    this.handler = handler != null ? handler : request -> accept(request.subprotocols(), options);
  }

  private static UpgradeResponse accept(List<String> offered, StreamOptions options) {
    for (String subprotocol : offered) {
      if (options.subprotocols().contains(subprotocol)) {
        return UpgradeResponse.accept().withSubprotocol(subprotocol);
      }
    }
    return UpgradeResponse.accept();
  }

  @Override
  public @Nullable Interest advance() throws IOException {
    while (true) {
      switch (handshake.state()) {
        case READING_REQUEST -> {
          if (input.isEmpty()) {
            int read = input.fill();
            if (read == 0) {
              return port.toRead();
            }
            if (read == ChannelInput.END) {
              throw failure("expected a whole request, got the end of the connection", 0);
            }
          }
          input.consumed(handshake.receive(input.buffer(), input.index(), input.length()));
          if (handshake.state() == ServerHandshake.State.RESPONDED) {
            answeredByItself();
          }
        }
        case AWAITING_DECISION -> decide();
        case ACCEPTED -> {
          return flush();
        }
        case RESPONDED -> {
          Interest toWrite = flush();
          if (toWrite != null) {
            return toWrite;
          }
          discardInput();
          throw refused();
        }
      }
    }
  }

  private void answeredByItself() {
    HandshakeViolation violation = handshake.violation();
    refusal = violation == null ? "" : String.valueOf(violation.getMessage());
    send(handshake.response());
  }

  private void decide() {
    HttpHead head = handshake.request();
    String foreign = origins.refusal(head, port.isSecure());
    if (foreign != null) {
      refusal = foreign;
      handshake.respond(FORBIDDEN, HttpHeaders.EMPTY, new byte[0]);
    } else {
      try {
        answer(
            handler.onUpgrade(
                new StreamRequest(head, handshake.offeredSubprotocols(), port.channel())));
      } catch (RuntimeException failed) {
        // Whatever an application's code throws costs its own request only.
        cause = failed;
        refusal = "expected an answer of the upgrade handler, got " + failed;
        handshake.respond(SERVER_ERROR, HttpHeaders.EMPTY, new byte[0]);
      }
    }
    send(handshake.response());
  }

  private void answer(UpgradeResponse response) {
    if (response.decision() != null) {
      throw new IllegalStateException(
          "expected an answer now, as a stream has nothing to wait with, got one that comes later");
    }
    HttpHeaders headers = HttpHeaders.builder().addAll(response.headers()).build();
    if (response.status() == 101) {
      handshake.accept(response.subprotocol(), headers);
      subprotocol = response.subprotocol();
    } else {
      handshake.respond(response.status(), headers, response.body());
      refusal = "the upgrade handler answered " + response.status();
    }
  }

  /** A socket that is closed with bytes unread may reset, and the answer be lost with it. */
  private void discardInput() throws IOException {
    int discarded = 0;
    int read = 1;
    while (read > 0 && discarded < MAX_DISCARDED_BYTES) {
      input.consumed(input.length());
      read = input.fill();
      discarded += read;
    }
  }

  private HandshakeException refused() {
    HandshakeException failure = failure(refusal, handshake.responseStatus());
    if (cause != null) {
      failure.initCause(cause);
    }
    return failure;
  }

  @Override
  public HandshakeException expire() throws IOException {
    if (handshake.state() == ServerHandshake.State.READING_REQUEST) {
      handshake.expire();
      answeredByItself();
      flush(); // as much as goes at once: there is no second deadline
      return refused();
    }
    return failure("expected the client to take the answer within the deadline", 0);
  }

  @Override
  public @Nullable String subprotocol() {
    return subprotocol;
  }

  @Override
  public @Nullable Compression compression() {
    return StreamDeflate.compression(deflate, StreamRole.SERVER, handshake.deflate());
  }

  @Override
  HttpHead peerHead() {
    return handshake.request();
  }
}
