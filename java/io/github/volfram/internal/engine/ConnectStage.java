package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The stage of a client's connection until TCP is connected: tries one address after the other. */
final class ConnectStage extends Stage {

  private final Attempt attempt;
  private final long timeoutNanos;
  private final long deadline;
  private List<InetAddress> addresses = List.of();
  private int next;
  private @Nullable IOException failure;

  ConnectStage(Connection connection, Attempt attempt, long timeoutNanos) {
    super(connection);
    this.attempt = attempt;
    this.timeoutNanos = timeoutNanos;
    this.deadline = connection.loop.now() + timeoutNanos;
  }

  /** The host's addresses are known. */
  void resolved(List<InetAddress> found) {
    if (connection.state() == ConnectionState.CONNECTING) {
      addresses = found;
      tryNext();
    }
  }

  /** The host's addresses cannot be found. */
  void unresolved(Throwable cause) {
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
  }

  private void tryNext() {
    while (next < addresses.size()) {
      InetSocketAddress address = new InetSocketAddress(addresses.get(next++), attempt.port());
      try {
        connection.loop.connect(connection, address);
        return;
      } catch (IOException e) {
        failed(address, e.getMessage());
      }
    }
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", failure, true);
  }

  private void failed(InetSocketAddress address, @Nullable String why) {
    ConnectException latest =
        new ConnectException("cannot connect to " + attempt.host() + " at " + address + ": " + why);
    if (failure != null) {
      latest.addSuppressed(failure);
    }
    failure = latest;
  }

  @Override
  void connected(int errno) {
    if (errno != 0) {
      failed(new InetSocketAddress(addresses.get(next - 1), attempt.port()), Errno.text(errno));
      connection.loop.remove(connection, true);
      connection.loop.register(connection);
      connection.loop.expire(connection, deadline);
      tryNext();
      return;
    }
    connection.become(ConnectionState.HANDSHAKING);
    connection.rememberRemoteAddress();
    connection.loop.expire(connection, connection.loop.now() + connection.settings.handshakeNanos);
    connection.enter(new ClientHandshakeStage(connection, attempt));
    SSLEngine engine = attempt.tls();
    if (engine == null) {
      connection.stage().secured();
    } else {
      connection.tls = new Tls(connection, engine);
      connection.tls.begin();
    }
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    throw new IllegalStateException("received before connected");
  }

  @Override
  void endOfStream(int errno) {
    connected(errno == 0 ? Errno.ECONNRESET : errno);
  }

  @Override
  void expired(long now) {
    SocketTimeoutException timeout =
        new SocketTimeoutException(
            "expected a connection to "
                + attempt.host()
                + ":"
                + attempt.port()
                + " within "
                + timeoutNanos / 1_000_000
                + " ms (connectTimeout), got none");
    if (failure != null) {
      timeout.addSuppressed(failure);
    }
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", timeout, true);
  }

  @Override
  void abandoned(@Nullable Throwable cause) {
    attempt
        .future()
        .completeExceptionally(
            cause != null ? cause : new IOException("the attempt to connect was given up"));
  }
}
