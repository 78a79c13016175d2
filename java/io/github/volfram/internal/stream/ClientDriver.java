package io.github.volfram.internal.stream;

import io.github.volfram.HandshakeException;
import io.github.volfram.Interest;
import io.github.volfram.StreamOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.RequestUri;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's side: sends the request, reads the response. */
public final class ClientDriver extends HandshakeDriver {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 16;

  private final @Nullable StreamDeflate deflate;
  private final ClientHandshake handshake;

  /**
   * A handshake whose request waits to be sent.
   *
   * @param deflate what to offer for compression, or null for none
   * @throws IllegalArgumentException for a URI or options that make no request
   */
  public ClientDriver(
      Port port,
      ChannelInput input,
      URI uri,
      StreamOptions options,
      @Nullable StreamDeflate deflate) {
    super(port, input);
    this.deflate = deflate;
    RequestUri target = RequestUri.of(uri);
    if (target.secure() && port.isPlainSocket()) {
      throw new IllegalArgumentException(
          "expected a channel over TLS for " + uri.getScheme() + ", got a plain socket");
    }
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    handshake =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            target.hostHeader(),
            target.target(),
            HttpHeaders.builder().addAll(options.headers()).build(),
            options.subprotocols(),
            deflate == null ? List.of() : List.of(deflate.offer()),
            nonce);
    send(handshake.request());
  }

  @Override
  public @Nullable Interest advance() throws IOException {
    Interest toWrite = flush();
    if (toWrite != null) {
      return toWrite;
    }
    while (true) {
      switch (handshake.state()) {
        case OPEN -> {
          return null;
        }
        case FAILED -> throw failure();
        case READING_RESPONSE, READING_BODY -> {
          if (input.isEmpty()) {
            int read = input.fill();
            if (read == 0) {
              return port.toRead();
            }
            if (read == ChannelInput.END) {
              handshake.endOfStream();
            }
          }
          input.consumed(handshake.receive(input.buffer(), input.index(), input.length()));
        }
      }
    }
  }

  @Override
  public HandshakeException expire() {
    if (handshake.state() == ClientHandshake.State.READING_BODY) {
      handshake.endOfStream(); // what came of the answer is worth more than the timeout
      return failure();
    }
    return failure("expected the server's response within the deadline", 0);
  }

  private HandshakeException failure() {
    HttpHead response = handshake.response();
    return new HandshakeException(
        String.valueOf(handshake.failure()),
        response == null ? 0 : response.status(),
        response == null ? Map.of() : response.headers().asMap(),
        handshake.bodyPrefix());
  }

  @Override
  public @Nullable String subprotocol() {
    return handshake.subprotocol();
  }

  @Override
  public @Nullable Compression compression() {
    return StreamDeflate.compression(deflate, StreamRole.CLIENT, handshake.deflate());
  }

  @Override
  HttpHead peerHead() {
    return Objects.requireNonNull(handshake.response());
  }
}
