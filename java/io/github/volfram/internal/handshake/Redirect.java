package io.github.volfram.internal.handshake;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a 3xx response sends a client (RFC 6455 §4.1, RFC 9110 §15.4). The caller counts: more than
 * {@link #MAX_REDIRECTS} in a row are a loop.
 *
 * @param uri a ws or wss URI without a fragment
 * @param dropsCredentials whether the origin differs from the one that the user addressed, so that
 *     it must not see what was meant for that one
 */
public record Redirect(URI uri, boolean dropsCredentials) {

  /** How many redirects in a row are followed. */
  public static final int MAX_REDIRECTS = 5;

  private static final String SECTION = "RFC 9110 §15.4";

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "cookie", "proxy-authorization");

  /** Whether this status names another place; 300, 304 and 305 do not. */
  public static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  /**
   * Reads the redirect of a response.
   *
   * @param current the URI that was answered, with scheme ws, wss, http or https
   * @throws HandshakeViolation when it cannot be followed: no Location or several, a scheme other
   *     than the four, user information, a step from TLS to plain text
   * @throws IllegalArgumentException when the current URI is no absolute URI of the four schemes
   */
  public static Redirect of(HttpHead response, URI current) throws HandshakeViolation {
    Origin from = Origin.of(current);
    if (from == null) {
      throw new IllegalArgumentException(
          "the current URI must be ws, wss, http or https with a host, not " + current);
    }
    List<String> locations = response.headers().all("Location");
    if (!isRedirect(response.status()) || locations.size() != 1) {
      throw violation(
          "expected a redirect with one Location, got status "
              + response.status()
              + " with "
              + locations.size());
    }
    String location = locations.get(0);
    URI next = resolve(current, from, location);
    Origin to = Origin.of(next);
    if (to == null || next.getRawAuthority().indexOf('@') >= 0) {
      throw violation(
          "expected a Location with scheme ws, wss, http or https and a host without user"
              + " information, got "
              + HttpSyntax.quoted(location));
    }
    if (from.isSecure() && !to.isSecure()) {
      throw violation("expected a Location that keeps TLS, got " + HttpSyntax.quoted(location));
    }
    return new Redirect(
        withoutFragment(to.asWebSocket(), next, location),
        !to.asWebSocket().equals(from.asWebSocket()));
  }

  /** The user's headers as they may go to the new place. */
  public HttpHeaders headers(HttpHeaders original) {
    if (!dropsCredentials) {
      return original;
    }
    HttpHeaders.Builder kept = HttpHeaders.builder();
    for (int i = 0; i < original.size(); i++) {
      if (!CREDENTIALS.contains(original.name(i).toLowerCase(Locale.ROOT))) {
        kept.addChecked(original.name(i), original.value(i));
      }
    }
    return kept.build();
  }

  private static URI resolve(URI current, Origin from, String location) throws HandshakeViolation {
    String escaped = escaped(location);
    try {
      String path = current.getRawPath();
      String base = path == null || path.isEmpty() ? "/" : path;
      // URI.resolve follows RFC 2396, by which these would lose the last segment or the query.
      if (escaped.startsWith("?")) {
        return from.toUri(base + escaped);
      }
      if (escaped.isEmpty() || escaped.startsWith("#")) {
        return current;
      }
      return from.toUri(base).resolve(new URI(escaped));
    } catch (URISyntaxException malformed) {
      throw violation("expected a URI as Location, got " + HttpSyntax.quoted(location));
    }
  }

  /** Bytes above ASCII, which some servers send as they are, percent-encoded. */
  private static String escaped(String location) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < location.length(); i++) {
      char c = location.charAt(i);
      if (c > 0x7E) {
        escaped.append(String.format("%%%02X", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static URI withoutFragment(Origin origin, URI uri, String location)
      throws HandshakeViolation {
    try {
      return origin.toUri(RequestUri.target(uri));
    } catch (URISyntaxException malformed) {
      throw violation("expected a URI as Location, got " + HttpSyntax.quoted(location));
    }
  }

  private static HandshakeViolation violation(String what) {
    return HandshakeViolation.badRequest(SECTION, what);
  }
}
