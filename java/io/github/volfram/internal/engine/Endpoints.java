package io.github.volfram.internal.engine;

import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Where a server listens: all or nothing. Used by whoever starts and ends the server. */
final class Endpoints {

  private final List<EventLoop> loops;
  private final Acceptor acceptor;
  private final int backlog;
  private final boolean reusePort;
  private final List<SocketAddress> addresses = new ArrayList<>();
  private final List<SocketFile> files = new ArrayList<>();

  /**
   * Listens on the address or file of the options, and then on the others.
   *
   * @param loops of which the first listens, or each of them with SO_REUSEPORT
   * @throws IOException when one cannot be bound; the files of those before are removed, and the
   *     caller closes the transports with their sockets
   */
  Endpoints(ServerOptions options, List<EventLoop> loops, Acceptor acceptor) throws IOException {
    this.loops = loops;
    this.acceptor = acceptor;
    this.backlog = options.backlog();
    this.reusePort = options.reusePort();
    Path path = options.unixPath();
    try {
      listen(path == null ? options.address() : UnixDomainSocketAddress.of(path), options.tls());
      for (ServerOptions.Endpoint endpoint : options.alsoListening()) {
        listen(endpoint.address(), endpoint.tls());
      }
    } catch (IOException | RuntimeException e) {
      removeFiles();
      throw e;
    }
  }

  private void listen(SocketAddress address, @Nullable Supplier<SSLContext> tls)
      throws IOException {
    if (address instanceof UnixDomainSocketAddress unix) {
      SocketFile file = new SocketFile(unix.getPath());
      file.makeWay();
      addresses.add(listen(loops.get(0), address, tls, null));
      file.bound();
      files.add(file);
    } else if (reusePort) {
      SocketAddress bound = address; // then with the port that the first got for port 0
      for (EventLoop loop : loops) {
        bound = listen(loop, bound, tls, loop);
      }
      addresses.add(bound);
    } else {
      addresses.add(listen(loops.get(0), address, tls, null));
    }
  }

  private SocketAddress listen(
      EventLoop loop,
      SocketAddress address,
      @Nullable Supplier<SSLContext> tls,
      @Nullable EventLoop keeper)
      throws IOException {
    return loop.listeners().listen(acceptor, tls, address, backlog, keeper);
  }

  /** In the order of the options, with real ports. */
  List<SocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Removes the files of Unix domain sockets. */
  void removeFiles() {
    files.forEach(SocketFile::remove);
  }
}
