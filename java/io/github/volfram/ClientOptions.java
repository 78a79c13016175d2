package io.github.volfram;

import io.github.volfram.internal.engine.Credentials;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketClient} connects and treats its connections. Immutable. */
public final class ClientOptions extends ConnectionOptions {

  private final Builder values;

  private ClientOptions(Builder values) {
    super(values);
    this.values = values;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** How long name resolution and the TCP connection may take together. */
  public Duration connectTimeout() {
    return values.connectTimeout;
  }

  /** The headers added to the request, in order. */
  public List<Map.Entry<String, String>> headers() {
    return values.headers;
  }

  /** The subprotocols offered, in order of preference. */
  public List<String> subprotocols() {
    return values.subprotocols;
  }

  /** The TLS context for {@code wss}, or null for the platform's default. */
  public @Nullable SSLContext sslContext() {
    return values.sslContext;
  }

  /** Changes the TLS parameters of each connection. */
  public Consumer<SSLParameters> sslParameters() {
    return values.sslParameters;
  }

  /** Whether a server's certificate must name the host that was asked for. */
  public boolean verifyHostname() {
    return values.verifyHostname;
  }

  /** How many redirects are followed; 0 for none. */
  public int maxRedirects() {
    return values.maxRedirects;
  }

  /** How long an address may be silent before the next one is tried besides. */
  public Duration connectionAttemptDelay() {
    return values.connectionAttemptDelay;
  }

  /** Chooses the proxy of each connection; null when none is asked for. */
  public @Nullable ProxySelector proxySelector() {
    return values.proxySelector;
  }

  /** The value of Proxy-Authorization that each proxy gets at once, or null. */
  public @Nullable String proxyAuthorization() {
    return values.proxyAuthorization;
  }

  /** Is asked when a proxy wants credentials, or null. */
  public @Nullable Authenticator proxyAuthenticator() {
    return values.proxyAuthenticator;
  }

  /** Gives and takes cookies, or null. */
  public @Nullable CookieHandler cookieHandler() {
    return values.cookieHandler;
  }

  /** The Unix domain socket that is connected to instead of the URI's host, or null. */
  public @Nullable Path unixPath() {
    return values.unixPath;
  }

  /** Collects options for a client. Not thread-safe. */
  public static final class Builder extends ConnectionOptions.Builder<Builder> {

    private Duration connectTimeout = Duration.ofSeconds(10);
    private List<Map.Entry<String, String>> headers = List.of();
    private List<String> subprotocols = List.of();

    private @Nullable SSLContext sslContext;
    private Consumer<SSLParameters> sslParameters = parameters -> {};
    private boolean verifyHostname = true;

    private int maxRedirects;
    private Duration connectionAttemptDelay = Duration.ofMillis(250);
    private @Nullable ProxySelector proxySelector;
    private @Nullable String proxyAuthorization;
    private @Nullable Authenticator proxyAuthenticator;
    private @Nullable CookieHandler cookieHandler;
    private @Nullable Path unixPath;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** How long name resolution and the TCP connection may take together: 10 s. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = Bounds.positive("connectTimeout", timeout);
      return this;
    }

    /**
     * Adds a header to the request. Those of the handshake itself (Host, Upgrade, Connection,
     * Sec-WebSocket-…) are the library's; {@code connect} refuses them. Proxy-Authorization goes to
     * the proxy, where there is one, and never to the server.
     */
    public Builder header(String name, String value) {
      List<Map.Entry<String, String>> more = new ArrayList<>(headers);
      more.add(Map.entry(name, value));
      headers = List.copyOf(more);
      return this;
    }

    /**
     * Sends the user's name and password with each request (Basic, RFC 7617), in clear text where
     * the URI is not wss. A redirect to another origin drops them.
     *
     * @throws IllegalArgumentException for a colon in the name, and for control characters
     */
    public Builder basicAuth(String user, String password) {
      return header("Authorization", Credentials.basic(user, password));
    }

    /**
     * Sends a token with each request (Bearer, RFC 6750), in clear text where the URI is not wss. A
     * redirect to another origin drops it.
     *
     * @throws IllegalArgumentException for what is no token by RFC 6750 §2.1
     */
    public Builder bearerToken(String token) {
      return header("Authorization", Credentials.bearer(token));
    }

    /** The subprotocols to offer, in order of preference (RFC 6455 §1.9); none by default. */
    public Builder subprotocols(String... names) {
      subprotocols = List.of(names);
      return this;
    }

    /** The TLS context for {@code wss}: what is trusted, and a client certificate perhaps. */
    public Builder sslContext(SSLContext context) {
      sslContext = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Changes the TLS parameters of each connection: protocols, ciphers, server names. Whether the
     * host name is verified is decided by {@link #verifyHostname} alone.
     */
    public Builder sslParameters(Consumer<SSLParameters> change) {
      sslParameters = Objects.requireNonNull(change, "change");
      return this;
    }

    /**
     * Whether a server's certificate must name the host that was asked for (RFC 9110 §4.3.4): true,
     * also with a context of the application's. False lets anyone with any trusted certificate
     * answer: for tests only.
     */
    public Builder verifyHostname(boolean on) {
      verifyHostname = on;
      return this;
    }

    /**
     * How many redirects one {@code connect} follows (RFC 6455 §4.1): 0 to 5, 0 by default, when a
     * redirect fails as any other refusal. None leads from wss to ws, or twice to one place; at
     * another origin Authorization, Cookie and Proxy-Authorization are left out. Each has the whole
     * of {@code connectTimeout} and {@code handshakeTimeout}.
     */
    public Builder maxRedirects(int count) {
      maxRedirects = (int) Bounds.within("maxRedirects", count, 0, 5);
      return this;
    }

    /**
     * How long an address of a host may be silent before the next one is tried besides (RFC 8305
     * §5): 250 ms, 10 ms at least. The address that is connected first is taken.
     */
    public Builder connectionAttemptDelay(Duration delay) {
      Bounds.within("connectionAttemptDelay in ms", delay.toMillis(), 10, 1L << 40);
      connectionAttemptDelay = delay;
      return this;
    }

    /** Connects through this HTTP proxy (CONNECT, RFC 9110 §9.3.6), with ws and with wss. */
    public Builder proxy(InetSocketAddress address) {
      return proxy(ProxySelector.of(Objects.requireNonNull(address, "address")));
    }

    /**
     * Connects through the HTTP proxy that is chosen for each URI, with http for ws and https for
     * wss; by default through none. The first HTTP proxy or DIRECT of the answer counts; SOCKS is
     * not spoken. The selector is called by a background thread and may block. {@link
     * ProxySelector#getDefault()} knows the system properties {@code http.proxyHost} and alike.
     */
    public Builder proxy(ProxySelector selector) {
      proxySelector = Objects.requireNonNull(selector, "selector");
      return this;
    }

    /**
     * Sends these credentials to each proxy at once (Basic, RFC 7617), and never to the server.
     *
     * @throws IllegalArgumentException for a colon in the name, and for control characters
     */
    public Builder proxyCredentials(String user, String password) {
      proxyAuthorization = Credentials.basic(user, password);
      return this;
    }

    /**
     * Is asked for credentials when a proxy answers 407 and takes Basic ones, by a background
     * thread; it may block. Asked once for each {@code connect}.
     */
    public Builder proxyAuthenticator(Authenticator authenticator) {
      proxyAuthenticator = Objects.requireNonNull(authenticator, "authenticator");
      return this;
    }

    /**
     * Sends the cookies that the handler knows for the URI, with http for ws and https for wss, and
     * hands it those of each answer. It is called by background threads, so it must be thread-safe,
     * as {@link java.net.CookieManager} is, and may block; cookies of an answer may reach it a
     * moment after {@code connect} has completed. By default there are none.
     */
    public Builder cookieHandler(CookieHandler handler) {
      cookieHandler = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Connects to this Unix domain socket, whatever host and port the URI names: those are sent as
     * Host, and verified with wss. No proxy is asked.
     */
    public Builder unixPath(Path path) {
      unixPath = Objects.requireNonNull(path, "path");
      return this;
    }

    /** The options as they are now. */
    public ClientOptions build() {
      return new ClientOptions(copy());
    }
  }
}
