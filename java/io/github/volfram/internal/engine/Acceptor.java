package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.OriginPolicy;
import io.github.volfram.internal.handshake.ServerDeflate;
import io.github.volfram.internal.handshake.ServerHandshake;
import io.github.volfram.internal.transport.AcceptedSocket;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Spreads accepted connections over the loops of a server and begins their handshakes. */
final class Acceptor {

  /** How many connections above the limit are still told that the server is full. */
  private static final int MAX_REFUSALS = 128;

  /** How many above that of one address. */
  private static final int MAX_REFUSALS_PER_ADDRESS = 8;

  private final ConnectionSettings settings;
  private final Rotation rotation;
  private final ServerOptions options;
  private final int maxConnections;
  private final Pace pace;
  private final boolean plainHttp;
  private final ServerDeflate deflate;
  private final OriginPolicy origins;
  private final UpgradeHandler handler;
  private final @Nullable WebSocketListener listener;
  private volatile boolean closing;

  /**
   * Makes an acceptor.
   *
   * @param listener of the connections whose answer names none, or null
   */
  Acceptor(
      ServerOptions options,
      List<EventLoop> loops,
      UpgradeHandler handler,
      @Nullable WebSocketListener listener) {
    this.settings = new ConnectionSettings(Role.SERVER, options);
    settings.publisher = new Publisher(loops, settings.hardCapBytes);
    if (options.maxConnectionsPerAddress() < Integer.MAX_VALUE) {
      settings.addresses = new AddressLimit(options.maxConnectionsPerAddress());
    }
    this.rotation = new Rotation(loops);
    this.options = options;
    this.maxConnections = options.maxConnections();
    this.pace = new Pace(options.maxAcceptsPerSecond());
    this.plainHttp = options.plainHttp();
    this.deflate = settings.serverDeflate();
    this.origins = OriginPolicy.allowing(options.allowedOrigins());
    this.handler = handler;
    this.listener = listener;
  }

  UpgradeHandler handler() {
    return handler;
  }

  @Nullable WebSocketListener listener() {
    return listener;
  }

  OriginPolicy origins() {
    return origins;
  }

  Publisher publisher() {
    return Objects.requireNonNull(settings.publisher);
  }

  Population population() {
    return settings.population;
  }

  /** How fast connections are accepted. */
  Pace pace() {
    return pace;
  }

  ServerHandshake newHandshake() {
    return new ServerHandshake(HandshakeLimits.DEFAULT, plainHttp, deflate);
  }

  /** Refuses whatever comes from now on. Any thread. */
  void close() {
    closing = true;
  }

  /**
   * Takes a connection that a loop has accepted.
   *
   * @param keeper the loop that has accepted it and keeps it, or null when it was the first, which
   *     spreads them
   * @param counters of the loop that has accepted it
   * @param tls gives the context for it, or null for no TLS
   */
  void accepted(
      AcceptedSocket socket,
      @Nullable EventLoop keeper,
      LoopCounters counters,
      @Nullable Supplier<SSLContext> tls) {
    int above = settings.population.add() - maxConnections;
    boolean full = above > 0;
    if (closing || full) {
      counters.refused();
    }
    if (closing || above > MAX_REFUSALS) {
      settings.population.remove();
      socket.discard();
      return;
    }
    EventLoop loop = keeper == null ? rotation.next() : keeper;
    if (loop.tasks().isCurrent()) {
      adopt(loop, socket, tls, full);
    } else if (!loop.tasks().tryExecute(() -> adopt(loop, socket, tls, full))) {
      settings.population.remove();
      socket.discard();
    }
  }

  private void adopt(
      EventLoop loop, AcceptedSocket socket, @Nullable Supplier<SSLContext> tls, boolean full) {
    if (closing) {
      if (!full) {
        loop.counters.refused();
      }
      settings.population.remove();
      socket.discard();
      return;
    }
    Connection connection = new Connection(loop, settings, ConnectionState.HANDSHAKING);
    ServerHandshakeStage stage = new ServerHandshakeStage(connection, this);
    connection.enter(stage);
    loop.register(connection);
    try {
      secure(connection, tls);
      loop.adopt(connection, socket);
    } catch (Throwable e) { // also what code of the application throws, whatever it is
      socket.discard(); // if it was not taken
      connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", e, true);
      return;
    }
    connection.rememberAddresses();
    AddressLimit addresses = settings.addresses;
    int above = addresses == null ? 0 : addresses.add(connection.remoteAddress());
    if (above > 0 && !full) {
      loop.counters.refused();
    }
    if (above > MAX_REFUSALS_PER_ADDRESS) {
      connection.drop();
      return;
    }
    if (full) {
      stage.refuse("the server is full");
    } else if (above > 0) {
      stage.refuse("there are too many connections from this address");
    }
    loop.expire(connection, loop.readClock() + settings.handshakeNanos);
  }

  /**
   * Before there is a socket: when code of the application throws, nothing is spoken without TLS.
   */
  private void secure(Connection connection, @Nullable Supplier<SSLContext> tls) {
    if (tls != null) {
      try {
        SSLContext context = Objects.requireNonNull(tls.get(), "the TLS context");
        connection.tls = new Tls(connection, TlsSetup.server(options, context));
      } catch (RuntimeException | Error e) {
        Log.tlsFailed(e);
        throw e;
      }
    }
  }
}
