package io.github.volfram.internal.handshake;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request that a server may answer as it likes: either a valid WebSocket upgrade (RFC 6455
 * §4.2.1) or, without a key, a plain GET or HEAD.
 *
 * @param key of an upgrade; null for a plain request
 * @param subprotocols offered by an upgrade, in the client's order of preference
 * @param extensions offered by an upgrade, in the client's order of preference
 */
record CheckedRequest(@Nullable String key, List<String> subprotocols, List<Extension> extensions) {

  private static final String SECTION = "RFC 6455 §4.2.1";

  static CheckedRequest of(HttpHead head, boolean plainHttp) throws HandshakeViolation {
    HttpHeaders headers = head.headers();
    checkTarget(head);
    checkHost(head);
    checkNoBody(headers);
    boolean upgrade = HttpSyntax.listContains(headers.all("Upgrade"), "websocket");
    // A server may ignore an upgrade to a protocol it does not speak, such as h2c (RFC 9110 §7.8).
    boolean plain = plainHttp && !upgrade;
    checkMethod(head.method(), plain);
    if (plain) {
      return new CheckedRequest(null, List.of(), List.of());
    }
    if (head.isHttp10()) {
      throw new HandshakeViolation(505, SECTION, "expected HTTP/1.1, got HTTP/1.0");
    }
    if (!upgrade) {
      throw lacksToken("Upgrade", "websocket", headers);
    }
    if (!HttpSyntax.listContains(headers.all("Connection"), "Upgrade")) {
      throw lacksToken("Connection", "Upgrade", headers);
    }
    checkVersion(headers);
    String key = single(headers, "Sec-WebSocket-Key");
    if (!HandshakeKey.isValid(key)) {
      throw HandshakeViolation.badRequest(
          SECTION,
          "expected base64 of 16 bytes as Sec-WebSocket-Key, got " + HttpSyntax.quoted(key));
    }
    List<Extension> extensions = Extensions.parse(headers.all("Sec-WebSocket-Extensions"));
    return new CheckedRequest(key, subprotocols(headers), extensions);
  }

  private static void checkTarget(HttpHead head) throws HandshakeViolation {
    // "*" and the authority form belong to OPTIONS and CONNECT, which get a 405 below.
    boolean read = head.method().equals("GET") || head.method().equals("HEAD");
    if (read && !head.targetParts().hasPath()) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §3.2",
          "expected a path or an absolute URI, got " + HttpSyntax.quoted(head.target()));
    }
  }

  private static void checkHost(HttpHead head) throws HandshakeViolation {
    if (head.isHttp10() && !head.headers().contains("Host")) {
      return;
    }
    String host = single(head.headers(), "Host", "RFC 9112 §3.2");
    if (Authority.parse(host) == null) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §3.2", "expected host[:port] as Host, got " + HttpSyntax.quoted(host));
    }
  }

  /** A body would be read as frames or as the next request by whoever disagrees on its length. */
  private static void checkNoBody(HttpHeaders headers) throws HandshakeViolation {
    if (headers.contains("Transfer-Encoding")) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §6.1", "expected a request without a body, got a Transfer-Encoding");
    }
    for (String length : headers.all("Content-Length")) {
      if (HttpSyntax.number(length) != 0) {
        throw HandshakeViolation.badRequest(
            "RFC 9112 §6.2",
            "expected a request without a body, got Content-Length " + HttpSyntax.quoted(length));
      }
    }
  }

  private static void checkMethod(String method, boolean plain) throws HandshakeViolation {
    if (!method.equals("GET") && !(plain && method.equals("HEAD"))) {
      String allowed = plain ? "GET, HEAD" : "GET";
      throw new HandshakeViolation(
          405,
          plain ? "RFC 9110 §15.5.6" : SECTION,
          "expected method " + allowed + ", got " + HttpSyntax.quoted(method),
          HttpHeaders.of("Allow", allowed));
    }
  }

  private static void checkVersion(HttpHeaders headers) throws HandshakeViolation {
    String version = single(headers, "Sec-WebSocket-Version");
    if (!version.equals("13")) {
      // The answer names what would be accepted (RFC 6455 §4.4, RFC 9110 §15.5.22).
      throw new HandshakeViolation(
          426,
          "RFC 6455 §4.4",
          "expected Sec-WebSocket-Version 13, got " + HttpSyntax.quoted(version),
          HttpHeaders.builder()
              .add("Sec-WebSocket-Version", "13")
              .add("Upgrade", "websocket")
              .build());
    }
  }

  private static List<String> subprotocols(HttpHeaders headers) throws HandshakeViolation {
    List<String> values = headers.all("Sec-WebSocket-Protocol");
    List<String> offered = HttpSyntax.elements(values);
    Set<String> seen = new TreeSet<>();
    for (String subprotocol : offered) {
      if (!HttpSyntax.isToken(subprotocol) || !seen.add(subprotocol)) {
        throw HandshakeViolation.badRequest(
            "RFC 6455 §4.1",
            "expected different tokens as Sec-WebSocket-Protocol, got "
                + HttpSyntax.quoted(String.join(", ", values)));
      }
    }
    if (offered.isEmpty() && !values.isEmpty()) {
      throw HandshakeViolation.badRequest(
          "RFC 6455 §4.1", "expected a token as Sec-WebSocket-Protocol, got nothing");
    }
    return List.copyOf(offered);
  }

  private static String single(HttpHeaders headers, String name) throws HandshakeViolation {
    return single(headers, name, SECTION);
  }

  private static String single(HttpHeaders headers, String name, String section)
      throws HandshakeViolation {
    List<String> values = headers.all(name);
    if (values.size() != 1) {
      throw HandshakeViolation.badRequest(
          section, "expected one " + name + " header, got " + values.size());
    }
    return values.get(0);
  }

  private static HandshakeViolation lacksToken(String name, String token, HttpHeaders headers) {
    String value = headers.first(name);
    return HandshakeViolation.badRequest(
        SECTION,
        "expected the header "
            + name
            + ": "
            + token
            + ", got "
            + (value == null ? "none" : HttpSyntax.quoted(value)));
  }
}
