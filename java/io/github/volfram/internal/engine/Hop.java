package io.github.volfram.internal.engine;

import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.Redirect;
import io.github.volfram.internal.handshake.RequestUri;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place that an attempt to connect goes to: the first, or where a redirect leads.
 *
 * @param headers of the application, as they may be sent to this place
 * @param proxyAuthorization what the application's authenticator has told for the proxy, or null
 * @param earlier the places that led here, the first one first
 */
record Hop(
    URI uri,
    RequestUri target,
    HttpHeaders headers,
    @Nullable String proxyAuthorization,
    List<URI> earlier) {

  /**
   * The first hop.
   *
   * @throws IllegalArgumentException when the URI is none to connect to
   */
  static Hop first(URI uri, HttpHeaders headers) {
    return new Hop(uri, RequestUri.of(uri), headers, null, List.of());
  }

  /** Where a redirect leads; credentials of the proxy are asked for anew: it may be another. */
  Hop following(Redirect redirect) {
    List<URI> passed = new ArrayList<>(earlier);
    passed.add(uri);
    return new Hop(
        redirect.uri(),
        RequestUri.of(redirect.uri()),
        redirect.headers(headers),
        null,
        List.copyOf(passed));
  }

  /** The same place, with credentials for the proxy on the way. */
  Hop authorized(String credentials) {
    return new Hop(uri, target, headers, credentials, earlier);
  }

  /** Whether the attempt has been at this place. */
  boolean hasPassed(URI place) {
    return uri.equals(place) || earlier.contains(place);
  }

  /** The same place as what handles cookies and chooses proxies knows it. */
  URI httpUri() {
    return URI.create((target.secure() ? "https" : "http") + uri.toString().substring(schemeEnd()));
  }

  private int schemeEnd() {
    return uri.toString().indexOf(':');
  }
}
