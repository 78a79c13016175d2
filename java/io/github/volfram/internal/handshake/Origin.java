package io.github.volfram.internal.handshake;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Scheme, host and port (RFC 6454 §4), so that two spellings of one origin are equal.
 *
 * @param scheme http, https, ws or wss
 * @param host in lower case
 * @param port the scheme's own when none was given
 */
record Origin(String scheme, String host, int port) {

  /** Parses {@code scheme://host[:port]}, or returns null: for "null", paths, other schemes. */
  static @Nullable Origin parse(String text) {
    int separator = text.indexOf("://");
    return separator < 0
        ? null
        : of(text.substring(0, separator), Authority.parse(text.substring(separator + 3)));
  }

  /** The origin of an absolute URI, or null when it has none of the four schemes or no host. */
  static @Nullable Origin of(URI uri) {
    String authority = uri.getRawAuthority();
    if (uri.getScheme() == null || authority == null) {
      return null;
    }
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    return of(uri.getScheme(), Authority.parse(hostAndPort));
  }

  static @Nullable Origin of(String scheme, @Nullable Authority authority) {
    int schemePort =
        switch (scheme.toLowerCase(Locale.ROOT)) {
          case "http", "ws" -> 80;
          case "https", "wss" -> 443;
          default -> -1;
        };
    if (schemePort < 0 || authority == null) {
      return null;
    }
    return new Origin(
        scheme.toLowerCase(Locale.ROOT), authority.host(), authority.portOr(schemePort));
  }

  /** Whether the scheme is one of those over TLS. */
  boolean isSecure() {
    return scheme.equals("https") || scheme.equals("wss");
  }

  /** The same with ws for http and wss for https (RFC 6455 §3). */
  Origin asWebSocket() {
    return new Origin(isSecure() ? "wss" : "ws", host, port);
  }

  /** As a URI with this path and query, which are not decoded; the scheme's own port left out. */
  URI toUri(String pathAndQuery) throws URISyntaxException {
    return new URI(this + pathAndQuery);
  }

  @Override
  public String toString() {
    return scheme + "://" + host + (port == (isSecure() ? 443 : 80) ? "" : ":" + port);
  }
}
