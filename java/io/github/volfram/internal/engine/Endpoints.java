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

  private final Listeners listeners;
  private final Acceptor acceptor;
  private final int backlog;
  private final List<SocketAddress> addresses = new ArrayList<>();
  private final List<SocketFile> files = new ArrayList<>();

  /**
   * Listens on the address or file of the options, and then on the others.
   *
   * @throws IOException when one cannot be bound; the files of those before are removed, and the
   *     caller closes the transport with its sockets
   */
  Endpoints(ServerOptions options, Listeners listeners, Acceptor acceptor) throws IOException {
    this.listeners = listeners;
    this.acceptor = acceptor;
    this.backlog = options.backlog();
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
      addresses.add(listeners.listen(acceptor, tls, address, backlog));
      file.bound();
      files.add(file);
    } else {
      addresses.add(listeners.listen(acceptor, tls, address, backlog));
    }
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
