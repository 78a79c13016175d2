package io.github.volfram.internal.handshake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A 101 that answers this client's request (RFC 6455 §4.1, the list under "validate").
 *
 * @param subprotocol that the server chose, or null
 * @param deflate what the server agreed to, or null for no compression
 */
record CheckedResponse(@Nullable String subprotocol, @Nullable DeflateAgreement deflate) {

  private static final String SECTION = "RFC 6455 §4.1";

  static CheckedResponse of(
      HttpHead head, String key, List<String> subprotocols, List<PerMessageDeflateOffer> offers)
      throws HandshakeViolation {
    HttpHeaders headers = head.headers();
    if (head.isHttp10()) {
      throw violation("expected HTTP/1.1 101, got HTTP/1.0 101");
    }
    String upgrade = single(headers, "Upgrade");
    if (!upgrade.equalsIgnoreCase("websocket")) {
      throw violation("expected Upgrade: websocket, got " + HttpSyntax.quoted(upgrade));
    }
    List<String> connection = headers.all("Connection");
    if (!HttpSyntax.listContains(connection, "Upgrade")) {
      throw violation(
          "expected Connection: Upgrade, got " + HttpSyntax.quoted(String.join(", ", connection)));
    }
    String accept = single(headers, "Sec-WebSocket-Accept");
    String expected = HandshakeKey.accept(key);
    if (!accept.equals(expected)) {
      throw violation(
          "expected Sec-WebSocket-Accept \"" + expected + "\", got " + HttpSyntax.quoted(accept));
    }
    List<Extension> extensions = Extensions.parse(headers.all("Sec-WebSocket-Extensions"));
    return new CheckedResponse(
        subprotocol(headers, subprotocols), PerMessageDeflate.agreed(extensions, offers));
  }

  private static @Nullable String subprotocol(HttpHeaders headers, List<String> offered)
      throws HandshakeViolation {
    if (!headers.contains("Sec-WebSocket-Protocol")) {
      return null;
    }
    String chosen = single(headers, "Sec-WebSocket-Protocol");
    if (!offered.contains(chosen)) {
      throw violation(
          "expected a subprotocol of " + offered + " or none, got " + HttpSyntax.quoted(chosen));
    }
    return chosen;
  }

  private static String single(HttpHeaders headers, String name) throws HandshakeViolation {
    List<String> values = headers.all(name);
    if (values.size() != 1) {
      throw violation("expected one " + name + " header, got " + values.size());
    }
    return values.get(0);
  }

  private static HandshakeViolation violation(String what) {
    return HandshakeViolation.badRequest(SECTION, what);
  }
}
