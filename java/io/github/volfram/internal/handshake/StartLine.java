package io.github.volfram.internal.handshake;

/** Parses the first line of a head (RFC 9112 §3, §4); the headers are added later. Stateless. */
final class StartLine {

  private static final int VERSION_CHARS = "HTTP/1.1".length();

  private StartLine() {}

  static HttpHead request(String line) throws HandshakeViolation {
    int first = line.indexOf(' ');
    int second = line.indexOf(' ', first + 1);
    if (first < 0 || second < 0 || line.indexOf(' ', second + 1) >= 0) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §3", "expected \"GET /path HTTP/1.1\", got " + HttpSyntax.quoted(line));
    }
    String method = line.substring(0, first);
    String target = line.substring(first + 1, second);
    String version = line.substring(second + 1);
    if (!HttpSyntax.isToken(method)) {
      throw HandshakeViolation.badRequest(
          "RFC 9110 §9.1", "expected a token as method, got " + HttpSyntax.quoted(method));
    }
    // The preface of HTTP/2 was made to look like a request that servers refuse (RFC 9113 §3.4).
    if (!isVersion(version) || method.equals("PRI")) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §2.3", "expected HTTP/1.1, got " + HttpSyntax.quoted(version));
    }
    if (version.charAt(5) != '1') {
      throw new HandshakeViolation(
          505, "RFC 9110 §15.6.6", "expected HTTP/1.1, got " + HttpSyntax.quoted(version));
    }
    // A fragment is never sent (RFC 9112 §3.2 with RFC 3986 §4.1), nor is a byte above 0x7E.
    if (!HttpSyntax.isVisible(target) || target.indexOf('#') >= 0) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §3.2",
          "expected a request target of visible ASCII without a fragment, got "
              + HttpSyntax.quoted(target));
    }
    return HttpHead.request(method, target, version, HttpHeaders.EMPTY);
  }

  static HttpHead response(String line) throws HandshakeViolation {
    // The blank after the status is due even without a reason, but many a server leaves it out.
    int statusAt = VERSION_CHARS + 1;
    int statusEnd = statusAt + 3;
    boolean whole =
        line.length() >= statusEnd
            && line.charAt(VERSION_CHARS) == ' '
            && isVersion(line.substring(0, VERSION_CHARS))
            && line.charAt(5) == '1'
            && (line.length() == statusEnd || line.charAt(statusEnd) == ' ');
    int status = whole ? HttpSyntax.number(line.substring(statusAt, statusEnd)) : -1;
    if (status < 100) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §4",
          "expected \"HTTP/1.1 101 Switching Protocols\", got " + HttpSyntax.quoted(line));
    }
    String reason = line.length() <= statusEnd ? "" : line.substring(statusEnd + 1);
    return HttpHead.response(line.substring(0, VERSION_CHARS), status, reason, HttpHeaders.EMPTY);
  }

  private static boolean isVersion(String text) {
    return text.length() == VERSION_CHARS
        && text.startsWith("HTTP/")
        && HttpSyntax.isDigit(text.charAt(5))
        && text.charAt(6) == '.'
        && HttpSyntax.isDigit(text.charAt(7));
  }
}
