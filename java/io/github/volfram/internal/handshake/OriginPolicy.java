package io.github.volfram.internal.handshake;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may open a WebSocket (RFC 6455 §4.2.2, §10.2). Browsers send Origin truthfully
 * and let any page connect anywhere with the user's cookies, so a server that does not look is open
 * to every page. A request without Origin comes from no browser and is always allowed. Immutable.
 */
public final class OriginPolicy {

  private static final String SECTION = " (RFC 6455 §10.2)";
  private static final OriginPolicy SAME_ORIGIN = new OriginPolicy(Rule.SAME_ORIGIN, Set.of());
  private static final OriginPolicy ANY = new OriginPolicy(Rule.ANY, Set.of());

  /** What browsers send for a page without an origin, such as a file or a sandboxed frame. */
  private static final String OPAQUE = "null";

  private enum Rule {
    SAME_ORIGIN,
    LISTED,
    ANY
  }

  private final Rule rule;
  private final Set<String> listed;

  private OriginPolicy(Rule rule, Set<String> listed) {
    this.rule = rule;
    this.listed = listed;
  }

  /**
   * Allows pages of the server's own origin: scheme, host and port of Origin must be those that the
   * client addressed. Behind a proxy that ends TLS the scheme differs: list the public origin then.
   */
  public static OriginPolicy sameOrigin() {
    return SAME_ORIGIN;
  }

  /**
   * Allows pages of these origins and no others, the server's own not either unless it is listed.
   *
   * @param origins as in "https://example.org" or "https://example.org:8443", without a path; or
   *     "null" for pages that have no origin
   * @throws IllegalArgumentException for one that no Origin header could ever equal
   */
  public static OriginPolicy listed(Collection<String> origins) {
    Set<String> listed = new HashSet<>();
    for (String text : origins) {
      String origin = normalised(text);
      if (origin == null) {
        throw new IllegalArgumentException(
            "an origin must be scheme://host[:port] with http or https (RFC 6454 §6.2), not "
                + HttpSyntax.quoted(text));
      }
      listed.add(origin);
    }
    return new OriginPolicy(Rule.LISTED, Set.copyOf(listed));
  }

  /**
   * The policy for origins as options hold them.
   *
   * @param origins null for the server's own, empty for any
   * @throws IllegalArgumentException as {@link #listed} does
   */
  public static OriginPolicy allowing(@Nullable List<String> origins) {
    if (origins == null) {
      return sameOrigin();
    }
    return origins.isEmpty() ? any() : listed(origins);
  }

  /** Allows every page: right only when nothing rests on cookies or on the client's address. */
  public static OriginPolicy any() {
    return ANY;
  }

  /**
   * Returns null for a request that is allowed, or else what was expected and what came: the answer
   * is a 403 then (RFC 6455 §4.2.2).
   *
   * @param secure whether the connection is over TLS
   */
  public @Nullable String refusal(HttpHead request, boolean secure) {
    List<String> sent = request.headers().all("Origin");
    if (sent.isEmpty() || rule == Rule.ANY) {
      return null;
    }
    if (sent.size() > 1) {
      return "expected one Origin header, got " + sent.size() + " (RFC 6454 §7.3)";
    }
    String origin = normalised(sent.get(0));
    if (rule == Rule.LISTED) {
      return origin != null && listed.contains(origin)
          ? null
          : "expected a listed Origin, got " + HttpSyntax.quoted(sent.get(0)) + SECTION;
    }
    Origin own = Origin.of(secure ? "https" : "http", request.authority());
    return own != null && own.toString().equals(origin)
        ? null
        : "expected Origin "
            + (own == null ? "of the server" : own)
            + ", got "
            + HttpSyntax.quoted(sent.get(0))
            + SECTION;
  }

  private static @Nullable String normalised(String text) {
    if (text.equals(OPAQUE)) {
      return text;
    }
    Origin origin = Origin.parse(text);
    return origin == null || origin.scheme().startsWith("ws") ? null : origin.toString();
  }
}
