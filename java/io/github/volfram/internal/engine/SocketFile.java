package io.github.volfram.internal.engine;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The file of a Unix domain socket that a server listens on. Owned by the server. */
final class SocketFile {

  private final Path path;

  /** Tells our file from one that another server has put in its place. */
  private @Nullable Object key;

  SocketFile(Path path) {
    this.path = path;
  }

  UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(path);
  }

  /**
   * Removes the file that a server has left which is gone.
   *
   * @throws IOException when a server listens there, or the file is no socket
   */
  void makeWay() throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = attributes();
    } catch (NoSuchFileException free) {
      return;
    }
    if (!attributes.isOther()) {
      throw new BindException("cannot bind " + path + ": the file there is no socket");
    }
    if (hasServer()) {
      throw new BindException(
          "cannot bind " + path + ": Address already in use, a server listens there");
    }
    Files.deleteIfExists(path);
  }

  private boolean hasServer() {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false); // a full backlog is a server, too
      probe.connect(address());
      return true;
    } catch (ConnectException refused) {
      return false;
    } catch (IOException other) {
      return true;
    }
  }

  /** The server listens. */
  void bound() throws IOException {
    key = key(attributes());
  }

  /** The server ends: removes its file, unless that is another's by now. */
  void remove() {
    try {
      if (key != null && key.equals(key(attributes()))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException gone) {
      // or not ours to remove; the next server makes way for itself
    }
  }

  /** Windows has no file keys: there the file is told by when it was made. */
  private static Object key(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return key == null ? attributes.creationTime() : key;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
