package io.github.volfram.internal.handshake;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request target in its parts, none of them decoded (RFC 9112 §3.2).
 *
 * @param path begins with a slash for the origin and the absolute form; the whole target otherwise
 * @param query what follows the first question mark, or null
 * @param authority of the absolute form; null otherwise
 */
record RequestTarget(String path, @Nullable String query, @Nullable Authority authority) {

  static RequestTarget parse(String target) {
    if (target.startsWith("/")) {
      return split(target, null);
    }
    int separator = target.indexOf("://");
    if (separator > 0 && isWebScheme(target.substring(0, separator))) {
      int from = separator + 3;
      int to = from;
      while (to < target.length() && target.charAt(to) != '/' && target.charAt(to) != '?') {
        to++;
      }
      Authority authority = Authority.parse(target.substring(from, to));
      if (authority != null) {
        String rest = target.substring(to);
        return split(rest.startsWith("/") ? rest : "/" + rest, authority);
      }
    }
    return new RequestTarget(target, null, null);
  }

  /** Whether it names a resource of a server, which "*" and the authority form do not. */
  boolean hasPath() {
    return path.startsWith("/");
  }

  private static boolean isWebScheme(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "http", "https", "ws", "wss" -> true;
      default -> false;
    };
  }

  private static RequestTarget split(String pathAndQuery, @Nullable Authority authority) {
    int mark = pathAndQuery.indexOf('?');
    return mark < 0
        ? new RequestTarget(pathAndQuery, null, authority)
        : new RequestTarget(
            pathAndQuery.substring(0, mark), pathAndQuery.substring(mark + 1), authority);
  }
}
