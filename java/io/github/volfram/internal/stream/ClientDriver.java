package io.github.volfram.internal.stream;

import io.github.volfram.HandshakeException;
import io.github.volfram.Interest;
import io.github.volfram.StreamOptions;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.HttpHeaders;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's side: sends the request, reads the response. */
public final class ClientDriver extends HandshakeDriver {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 16;

  private final ClientHandshake handshake;

  /**
   * A handshake whose request waits to be sent.
   *
   * @throws IllegalArgumentException for a URI or options that make no request
   */
  public ClientDriver(Port port, ChannelInput input, URI uri, StreamOptions options) {
    super(port, input);
    boolean secure = isSecure(uri);
    if (secure && port.isPlainSocket()) {
      throw new IllegalArgumentException(
          "expected a channel over TLS for " + uri.getScheme() + ", got a plain socket");
    }
    HttpHeaders.Builder extra = HttpHeaders.builder();
    for (Map.Entry<String, String> header : options.headers()) {
      extra.add(header.getKey(), header.getValue());
    }
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    handshake =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            hostHeader(uri, secure ? 443 : 80),
            target(uri),
            extra.build(),
            options.subprotocols(),
            nonce);
    send(handshake.request());
  }

  private static boolean isSecure(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("ws") && !scheme.equals("wss")) {
      throw new IllegalArgumentException("expected a URI with ws or wss, got scheme " + scheme);
    }
    return scheme.equals("wss");
  }

  private static String hostHeader(URI uri, int schemePort) {
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      // The URI itself may hold a password.
      throw new IllegalArgumentException(
          "expected a URI with a host, without user information and fragment (RFC 6455 §3)");
    }
    int port = uri.getPort();
    return port < 0 || port == schemePort ? uri.getHost() : uri.getHost() + ":" + port;
  }

  private static String target(URI uri) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
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
  HttpHead peerHead() {
    return Objects.requireNonNull(handshake.response());
  }
}
