package io.github.volfram.internal.handshake;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Header names that the handshake writes itself, in lower case: two of a kind would be read by
 * chance.
 */
final class OwnedHeaders {

  static final Set<String> OF_SWITCH =
      Set.of(
          "upgrade",
          "connection",
          "content-length",
          "transfer-encoding",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-protocol",
          "sec-websocket-extensions",
          "sec-websocket-accept");

  /** A request has the host besides. */
  static final Set<String> OF_REQUEST =
      Stream.concat(OF_SWITCH.stream(), Stream.of("host")).collect(Collectors.toUnmodifiableSet());

  static final Set<String> OF_ANSWER =
      Set.of("connection", "content-length", "transfer-encoding", "sec-websocket-accept");

  private OwnedHeaders() {}

  static void refuse(HttpHeaders headers, Set<String> owned) {
    for (int i = 0; i < headers.size(); i++) {
      if (owned.contains(headers.name(i).toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "the handshake writes the header " + headers.name(i) + " itself");
      }
    }
  }
}
