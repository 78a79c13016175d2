package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stage of a client's connection until its socket is connected: tries the addresses one after
 * the other, each when the one before has failed or was silent for a while, and takes the socket
 * that is connected first (RFC 8305 §5). Each try is a connection of its own, which has a socket
 * and is never opened.
 */
final class ConnectStage extends Stage {

  private final Attempt attempt;
  private final long timeoutNanos;
  private final long delayNanos;
  private final long deadline;
  private final List<Connection> tries = new ArrayList<>();
  private final List<IOException> failures = new ArrayList<>();
  private @Nullable Route route;
  private int next;

  ConnectStage(Connection connection, Attempt attempt, long timeoutNanos, long delayNanos) {
    super(connection);
    this.attempt = attempt;
    this.timeoutNanos = timeoutNanos;
    this.delayNanos = delayNanos;
    this.deadline = connection.loop.now() + timeoutNanos;
  }

  /** It is known where to connect to. */
  void routed(Route found) {
    if (connection.state() == ConnectionState.CONNECTING) {
      route = found;
      tryNext(found);
    }
  }

  /** It cannot be found out where to connect to. */
  void unroutable(IOException cause) {
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
  }

  private void tryNext(Route to) {
    EventLoop loop = connection.loop;
    boolean begun = false;
    while (!begun && next < to.addresses().size()) {
      begun = tryAddress(to.addresses().get(next++), to);
    }
    if (tries.isEmpty()) {
      connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", failure(), true);
    } else {
      boolean more = next < to.addresses().size();
      loop.expire(connection, more ? Math.min(deadline, loop.now() + delayNanos) : deadline);
    }
  }

  private boolean tryAddress(SocketAddress address, Route to) {
    Connection tried =
        new Connection(connection.loop, connection.settings, ConnectionState.CONNECTING);
    tried.enter(new TryStage(tried, address, to));
    connection.loop.register(tried);
    tries.add(tried);
    try {
      connection.loop.connect(tried, address);
      return true;
    } catch (IOException | RuntimeException e) {
      failed(tried, address, to, e.getMessage());
      return false;
    }
  }

  private void failed(Connection tried, SocketAddress address, Route to, @Nullable String why) {
    failures.add(
        new ConnectException("cannot connect to " + to.peer() + " at " + address + ": " + why));
    tried.drop();
  }

  /** The last failure, with those before as suppressed ones. */
  private @Nullable IOException failure() {
    if (failures.isEmpty()) {
      return null;
    }
    IOException last = failures.get(failures.size() - 1);
    failures.subList(0, failures.size() - 1).forEach(last::addSuppressed);
    return last;
  }

  private void ended(Connection tried, SocketAddress address, Route to, int errno) {
    if (errno != 0) {
      failed(tried, address, to, Errno.text(errno));
      tryNext(to);
      return;
    }
    connection.loop.registry().swap(connection, tried);
    release(); // the other tries, and the winner, which has no socket any more
    connection.become(ConnectionState.HANDSHAKING);
    connection.rememberAddresses();
    connection.loop.counters.accepted();
    connection.loop.expire(connection, connection.loop.now() + connection.settings.handshakeNanos);
    if (to.tunnel() == null) {
      ClientHandshakeStage.begin(connection, attempt, to);
    } else {
      ProxyStage.begin(connection, attempt, to, to.tunnel());
    }
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    throw new IllegalStateException("received before connected");
  }

  @Override
  void endOfStream(int errno) {
    throw new IllegalStateException("ended before connected");
  }

  @Override
  void expired(long now) {
    if (now - deadline < 0 && route != null) {
      tryNext(route);
      return;
    }
    SocketTimeoutException timeout =
        new SocketTimeoutException(
            "expected a connection to "
                + (route == null ? attempt.hop().target().host() : route.peer())
                + " within "
                + timeoutNanos / 1_000_000
                + " ms (connectTimeout), got none");
    failures.forEach(timeout::addSuppressed);
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", timeout, true);
  }

  @Override
  void abandoned(@Nullable Throwable cause) {
    attempt
        .future()
        .completeExceptionally(
            cause != null ? cause : new IOException("the attempt to connect was given up"));
  }

  @Override
  void release() {
    List.copyOf(tries).forEach(Connection::drop);
  }

  /** One try to connect. */
  private final class TryStage extends Stage {

    private final SocketAddress address;
    private final Route to;

    TryStage(Connection connection, SocketAddress address, Route to) {
      super(connection);
      this.address = address;
      this.to = to;
    }

    @Override
    void connected(int errno) {
      ended(connection, address, to, errno);
    }

    @Override
    void endOfStream(int errno) {
      ended(connection, address, to, errno == 0 ? Errno.ECONNRESET : errno);
    }

    @Override
    void received(ByteBuffer buffer, int index, int length) {
      throw new IllegalStateException("received before connected");
    }

    @Override
    void expired(long now) {}

    @Override
    boolean counts() {
      return false; // the connection that tries does
    }

    @Override
    void abandoned(@Nullable Throwable cause) {
      tries.remove(connection);
    }
  }
}
