package io.github.volfram;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketServer} listens and treats its connections. Immutable. */
public final class ServerOptions extends ConnectionOptions {

  private final Builder values;

  private ServerOptions(Builder values) {
    super(values);
    this.values = values;
  }

  /** A builder with the defaults: port 0 on the loopback address. */
  public static Builder builder() {
    return new Builder();
  }

  /** Where the server listens; the port may be 0, for one that the system chooses. */
  public InetSocketAddress address() {
    return new InetSocketAddress(values.host, values.port);
  }

  /** The Unix domain socket that the server listens on instead of an address, or null. */
  public @Nullable Path unixPath() {
    return values.unixPath;
  }

  /** Where the server listens besides, in order. */
  public List<Endpoint> alsoListening() {
    return values.alsoListening;
  }

  /** How many connections may wait in the kernel to be accepted. */
  public int backlog() {
    return values.backlog;
  }

  /** Whether each event loop listens by itself, sharing the address (SO_REUSEPORT). */
  public boolean reusePort() {
    return values.reusePort;
  }

  /** How many connections there may be; further ones are answered 503. */
  public int maxConnections() {
    return values.maxConnections;
  }

  /**
   * How many connections there may be from one address; {@link Integer#MAX_VALUE} for as many as
   * there may be at all.
   */
  public int maxConnectionsPerAddress() {
    return values.maxConnectionsPerAddress;
  }

  /** How many connections are accepted in a second; {@link Integer#MAX_VALUE} for all that come. */
  public int maxAcceptsPerSecond() {
    return values.maxAcceptsPerSecond;
  }

  /** How long {@link WebSocketServer#close()} waits for closing handshakes. */
  public Duration shutdownTimeout() {
    return values.shutdownTimeout;
  }

  /** Whether plain GET and HEAD requests reach the {@link UpgradeHandler}. */
  public boolean plainHttp() {
    return values.plainHttp;
  }

  /**
   * The origins that web pages may connect from: null for the server's own, an empty list for any.
   */
  public @Nullable List<String> allowedOrigins() {
    return values.allowedOrigins;
  }

  /** Gives the TLS context for the next connection, or null where there is no TLS. */
  public @Nullable Supplier<SSLContext> tls() {
    return values.tls;
  }

  /** Changes the TLS parameters of each connection. */
  public Consumer<SSLParameters> sslParameters() {
    return values.sslParameters;
  }

  /**
   * One more place where a server listens.
   *
   * @param address a host and port, or a {@link java.net.UnixDomainSocketAddress}
   * @param tls gives the TLS context for the next connection, or null where there is no TLS
   */
  public record Endpoint(SocketAddress address, @Nullable Supplier<SSLContext> tls) {}

  /** Collects options for a server. Not thread-safe. */
  public static final class Builder extends ConnectionOptions.Builder<Builder> {

    private String host = "127.0.0.1";
    private int port;
    private @Nullable Path unixPath;
    private List<Endpoint> alsoListening = List.of();
    private int backlog = 1024;
    private boolean reusePort;
    private int maxConnections = 1_000_000;
    private int maxConnectionsPerAddress = Integer.MAX_VALUE;
    private int maxAcceptsPerSecond = Integer.MAX_VALUE;
    private Duration shutdownTimeout = Duration.ofSeconds(10);
    private boolean plainHttp;
    private @Nullable List<String> allowedOrigins;
    private @Nullable Supplier<SSLContext> tls;
    private Consumer<SSLParameters> sslParameters = parameters -> {};

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The name or address to listen on: {@code 127.0.0.1} by default, so that a server is not
     * reachable from elsewhere unless that is asked for; {@code 0.0.0.0} or {@code ::} for every
     * address.
     */
    public Builder host(String nameOrAddress) {
      host = Objects.requireNonNull(nameOrAddress, "host");
      return this;
    }

    /** The port to listen on: 0 to 65535; 0, the default, lets the system choose. */
    public Builder port(int number) {
      port = (int) Bounds.within("port", number, 0, 65535);
      return this;
    }

    /**
     * Listens on a Unix domain socket instead of host and port. The file is made when the server
     * starts and removed when it closes; one that a dead server has left is replaced, one that a
     * server listens on makes {@code start} fail. Who may connect is decided by the file's
     * permissions, which are those that the process's umask leaves (write permission is needed),
     * and by the folder's: a folder of mode 0700 keeps everyone else out from the beginning.
     */
    public Builder unixPath(Path path) {
      unixPath = Objects.requireNonNull(path, "path");
      return this;
    }

    /**
     * Listens in one more place, without TLS; may be called again. All places share the listener or
     * handler, the limits and the event loops. {@code start} fails when one of them cannot be
     * bound, and listens nowhere then.
     *
     * @param address a host and port, or a {@link java.net.UnixDomainSocketAddress}, for which
     *     holds what {@link #unixPath} says
     */
    public Builder alsoListen(SocketAddress address) {
      return also(new Endpoint(Objects.requireNonNull(address, "address"), null));
    }

    /**
     * Listens in one more place, with TLS, as {@link #alsoListen} does: so one server speaks {@code
     * ws} here and {@code wss} there. {@link #tls} does not hold for it, {@link #sslParameters}
     * does.
     *
     * @param context as for {@link #tls(Supplier)}
     */
    public Builder alsoListenTls(SocketAddress address, Supplier<SSLContext> context) {
      return also(
          new Endpoint(
              Objects.requireNonNull(address, "address"),
              Objects.requireNonNull(context, "context")));
    }

    private Builder also(Endpoint endpoint) {
      List<Endpoint> more = new ArrayList<>(alsoListening);
      more.add(endpoint);
      alsoListening = List.copyOf(more);
      return this;
    }

    /** How many connections may wait in the kernel to be accepted: 1 to 65535, 1024 by default. */
    public Builder backlog(int count) {
      backlog = (int) Bounds.within("backlog", count, 1, 65535);
      return this;
    }

    /**
     * Whether each event loop has a listening socket of its own on the same address and keeps what
     * it accepts (SO_REUSEPORT): false, so that one loop accepts for all and hands connections out
     * in turn. The kernel then spreads connections by their addresses, as evenly as chance has it,
     * also to a loop that is blocked. Other servers of the same user that say so, too, may share
     * the address: in other processes, or those of the new version while the old one ends.
     *
     * <p>Only Linux spreads; elsewhere one of the sockets may get all connections. {@code start}
     * fails where the system has no such option, as Windows. Unix domain sockets are listened on by
     * one loop in any case.
     */
    public Builder reusePort(boolean on) {
      reusePort = on;
      return this;
    }

    /** How many connections there may be: 1,000,000 by default; further ones are answered 503. */
    public Builder maxConnections(int count) {
      maxConnections = (int) Bounds.within("maxConnections", count, 1, Integer.MAX_VALUE);
      return this;
    }

    /**
     * How many connections there may be from one address: by default as many as there may be at
     * all. Further ones are answered 503, and closed at once while eight of those are waiting. An
     * IPv6 address counts as its network, the first 64 bits. Connections through a Unix domain
     * socket do not count; those through a proxy all have the proxy's address.
     */
    public Builder maxConnectionsPerAddress(int count) {
      maxConnectionsPerAddress =
          (int) Bounds.within("maxConnectionsPerAddress", count, 1, Integer.MAX_VALUE);
      return this;
    }

    /**
     * How many connections are accepted in a second, for a server that many clients come back to at
     * once, say, each with a handshake of TLS: by default all that come. The others wait in the
     * kernel, at most {@code backlog} of them, while nothing listens. In the short run up to 64 may
     * be accepted at a time.
     */
    public Builder maxAcceptsPerSecond(int count) {
      maxAcceptsPerSecond = (int) Bounds.within("maxAcceptsPerSecond", count, 1, Integer.MAX_VALUE);
      return this;
    }

    /** How long {@link WebSocketServer#close()} waits for closing handshakes: 10 s. */
    public Builder shutdownTimeout(Duration timeout) {
      shutdownTimeout = Bounds.notNegative("shutdownTimeout", timeout);
      return this;
    }

    /**
     * Whether plain GET and HEAD requests reach the {@link UpgradeHandler}, so that the same port
     * serves a page or a health check: false by default, when they are answered 426 or 400.
     */
    public Builder plainHttp(boolean on) {
      plainHttp = on;
      return this;
    }

    /**
     * Lets pages of these origins connect and no others, such as {@code https://example.org}. By
     * default only pages of the server's own origin may (RFC 6455 §10.2); programs that are no
     * browsers send no Origin and always may.
     */
    public Builder allowOrigins(Collection<String> origins) {
      if (origins.isEmpty()) {
        throw new IllegalArgumentException("origins must not be empty");
      }
      allowedOrigins = List.copyOf(origins);
      return this;
    }

    /** Lets every page connect: right only when nothing rests on cookies or addresses. */
    public Builder allowAnyOrigin() {
      allowedOrigins = List.of();
      return this;
    }

    /** Speaks TLS with the key and certificate of this context: {@code wss}. */
    public Builder tls(SSLContext context) {
      Objects.requireNonNull(context, "context");
      return tls(() -> context);
    }

    /**
     * Speaks TLS with the context that is current when a connection is accepted, so that a
     * certificate is renewed without a restart ({@link TlsKeys#reloading}). The supplier is called
     * by an event loop's thread and must not block.
     */
    public Builder tls(Supplier<SSLContext> context) {
      tls = Objects.requireNonNull(context, "context");
      return this;
    }

    /** Changes the TLS parameters of each connection: protocols, ciphers, client certificates. */
    public Builder sslParameters(Consumer<SSLParameters> change) {
      sslParameters = Objects.requireNonNull(change, "change");
      return this;
    }

    /** The options as they are now. */
    public ServerOptions build() {
      return new ServerOptions(copy());
    }
  }
}
