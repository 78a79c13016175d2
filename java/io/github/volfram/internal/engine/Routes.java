package io.github.volfram.internal.engine;

import io.github.volfram.ClientOptions;
import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.PerMessageDeflateOffer;
import io.github.volfram.internal.handshake.ProxyConnect;
import io.github.volfram.internal.handshake.RequestUri;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out how a hop is reached: proxy, addresses, cookies, TLS. Any thread may use it. */
final class Routes {

  private static final int NONCE_BYTES = 16;
  private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

  private final ClientOptions options;
  private final List<PerMessageDeflateOffer> deflateOffers;
  private final Lookup lookup;
  private final SecureRandom random = new SecureRandom();

  Routes(ClientOptions options, List<PerMessageDeflateOffer> deflateOffers, Lookup lookup) {
    this.options = options;
    this.deflateOffers = deflateOffers;
    this.lookup = lookup;
  }

  /** Whether {@link #to} may block: on name resolution, cookies, the keys that TLS trusts. */
  boolean mayBlock(Hop hop) {
    boolean named = options.unixPath() == null && !Lookup.isAddress(hop.target().host());
    return named
        || hop.target().secure()
        || options.proxySelector() != null
        || options.cookieHandler() != null;
  }

  /**
   * How a hop is reached.
   *
   * @throws IOException when the host or the proxy is not known
   */
  Route to(Attempt attempt) throws IOException {
    Hop hop = attempt.hop();
    RequestUri target = hop.target();
    Path unixPath = options.unixPath();
    InetSocketAddress proxy = unixPath == null ? proxy(hop) : null;
    String peer;
    List<? extends SocketAddress> addresses;
    ProxyConnect tunnel = null;
    if (unixPath != null) {
      peer = unixPath.toString();
      addresses = List.of(UnixDomainSocketAddress.of(unixPath));
    } else if (proxy != null) {
      peer = "the proxy " + proxy.getHostString() + ":" + proxy.getPort();
      addresses =
          proxy.isUnresolved() ? resolve(proxy.getHostString(), proxy.getPort()) : List.of(proxy);
      tunnel =
          new ProxyConnect(
              HandshakeLimits.DEFAULT, target.host(), target.port(), proxyAuthorization(hop));
    } else {
      peer = target.host();
      addresses = resolve(target.host(), target.port());
    }
    return new Route(
        peer,
        addresses,
        proxy,
        tunnel,
        target.secure() ? TlsSetup.client(options, target.host(), target.port()) : null,
        handshake(target, forOrigin(withCookies(hop)), attempt.subprotocols()));
  }

  private List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
    return AddressOrder.interleaved(lookup.addresses(host)).stream()
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /**
   * The handshake with a host.
   *
   * @throws IllegalArgumentException for what cannot be sent
   */
  ClientHandshake handshake(RequestUri target, HttpHeaders headers, List<String> subprotocols) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return new ClientHandshake(
        HandshakeLimits.DEFAULT,
        target.hostHeader(),
        target.target(),
        headers,
        subprotocols,
        deflateOffers,
        nonce);
  }

  private @Nullable InetSocketAddress proxy(Hop hop) throws IOException {
    ProxySelector selector = options.proxySelector();
    if (selector == null) {
      return null;
    }
    List<Proxy> proxies = selector.select(hop.httpUri());
    for (Proxy proxy : proxies) {
      if (proxy.type() == Proxy.Type.DIRECT) {
        return null;
      }
      if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
        return address;
      }
    }
    throw new IOException("expected an HTTP proxy or none for " + hop.uri() + ", got " + proxies);
  }

  /** What the authenticator has told, else what the request says, else the options. */
  private @Nullable String proxyAuthorization(Hop hop) {
    String credentials = hop.proxyAuthorization();
    if (credentials == null) {
      List<String> given = hop.headers().all(PROXY_AUTHORIZATION);
      credentials = given.isEmpty() ? options.proxyAuthorization() : given.get(0);
    }
    return credentials;
  }

  /** The headers without what is the proxy's alone (RFC 9110 §11.7.2). */
  private static HttpHeaders forOrigin(HttpHeaders headers) {
    if (headers.all(PROXY_AUTHORIZATION).isEmpty()) {
      return headers;
    }
    HttpHeaders.Builder kept = HttpHeaders.builder();
    for (int i = 0; i < headers.size(); i++) {
      if (!headers.name(i).equalsIgnoreCase(PROXY_AUTHORIZATION)) {
        kept.add(headers.name(i), headers.value(i));
      }
    }
    return kept.build();
  }

  private HttpHeaders withCookies(Hop hop) throws IOException {
    CookieHandler cookies = options.cookieHandler();
    if (cookies == null) {
      return hop.headers();
    }
    List<String> pairs = new ArrayList<>(hop.headers().all("Cookie"));
    Map<String, List<String>> stored = cookies.get(hop.httpUri(), hop.headers().asMap());
    stored.forEach(
        (name, values) -> {
          if (name.equalsIgnoreCase("Cookie")) {
            pairs.addAll(values);
          }
        });
    if (pairs.isEmpty()) {
      return hop.headers();
    }
    HttpHeaders.Builder headers = HttpHeaders.builder();
    for (int i = 0; i < hop.headers().size(); i++) {
      if (!hop.headers().name(i).equalsIgnoreCase("Cookie")) {
        headers.add(hop.headers().name(i), hop.headers().value(i));
      }
    }
    return headers.add("Cookie", String.join("; ", pairs)).build(); // one line: RFC 6265 §5.4
  }
}
