package io.github.volfram;

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

  /** Collects options for a client. Not thread-safe. */
  public static final class Builder extends ConnectionOptions.Builder<Builder> {

    private Duration connectTimeout = Duration.ofSeconds(10);
    private List<Map.Entry<String, String>> headers = List.of();
    private List<String> subprotocols = List.of();

    private @Nullable SSLContext sslContext;
    private Consumer<SSLParameters> sslParameters = parameters -> {};
    private boolean verifyHostname = true;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** How long name resolution and the TCP connection may take together: 10 s. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive("connectTimeout", timeout);
      return this;
    }

    /**
     * Adds a header to the request. Those of the handshake itself (Host, Upgrade, Connection,
     * Sec-WebSocket-…) are the library's; {@code connect} refuses them.
     */
    public Builder header(String name, String value) {
      List<Map.Entry<String, String>> more = new ArrayList<>(headers);
      more.add(Map.entry(name, value));
      headers = List.copyOf(more);
      return this;
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

    /** The options as they are now. */
    public ClientOptions build() {
      return new ClientOptions(copy());
    }
  }
}
