package io.github.volfram.internal.handshake;

import java.net.URI;

/**
 * What a client reads from the URI that it is to connect to (RFC 6455 §3).
 *
 * @param host as in the URI: an IPv6 address is in brackets
 * @param port the scheme's own when the URI has none
 * @param hostHeader the value of Host: the host, and the port unless it is the scheme's own
 * @param target path and query, as they are in the URI
 */
public record RequestUri(boolean secure, String host, int port, String hostHeader, String target) {

  private static final int PORT = 80;
  private static final int SECURE_PORT = 443;
  private static final int MAX_PORT = 65535;

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException for another scheme than ws and wss, and for a URI without a
   *     host, with a port that is none of 1 to 65535, or with user information or a fragment
   */
  public static RequestUri of(URI uri) {
    String scheme = uri.getScheme();
    boolean secure = "wss".equalsIgnoreCase(scheme);
    if (!secure && !"ws".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException(
          "expected a URI with ws or wss (RFC 6455 §3), got scheme " + scheme);
    }
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      // The URI itself may hold a password.
      throw new IllegalArgumentException(
          "expected a URI with a host, without user information and fragment (RFC 6455 §3)");
    }
    int schemePort = secure ? SECURE_PORT : PORT;
    int port = uri.getPort() < 0 ? schemePort : uri.getPort();
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("expected a port of 1 to 65535, got " + port);
    }
    String hostHeader = port == schemePort ? host : host + ":" + port;
    return new RequestUri(secure, host, port, hostHeader, target(uri));
  }

  /** Path and query, not decoded; the path is at least a slash. */
  static String target(URI uri) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }
}
