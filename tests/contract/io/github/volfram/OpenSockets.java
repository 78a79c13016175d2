package io.github.volfram;

import com.sun.jna.Function;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The sockets that this process has open, and what the kernel says of them. Linux only. */
final class OpenSockets {

  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_BUSY_POLL = 46;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_INFO = 11;
  private static final int TCP_QUICKACK = 12;

  /** In the answer to TCP_INFO: of a listening socket, the most that may wait. */
  private static final int TCPI_SACKED = 28;

  private final Set<Integer> descriptors;

  private OpenSockets(Set<Integer> descriptors) {
    this.descriptors = descriptors;
  }

  static OpenSockets now() throws IOException {
    Set<Integer> sockets = new TreeSet<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        try {
          if (Files.readSymbolicLink(each).toString().startsWith("socket:")) {
            sockets.add(Integer.valueOf(each.getFileName().toString()));
          }
        } catch (NoSuchFileException e) {
          // It was closed meanwhile, as the listing's own is.
        }
      }
    }
    return new OpenSockets(sockets);
  }

  OpenSockets without(OpenSockets others) {
    Set<Integer> rest = new TreeSet<>(descriptors);
    rest.removeAll(others.descriptors);
    return new OpenSockets(rest);
  }

  long noDelays() {
    return descriptors.stream().filter(fd -> option(fd, IPPROTO_TCP, TCP_NODELAY) == 1).count();
  }

  /** The connections whose own port is this one. */
  OpenSockets at(int port) {
    Set<Integer> those = new TreeSet<>();
    connections().descriptors.stream().filter(fd -> port(fd) == port).forEach(those::add);
    return new OpenSockets(those);
  }

  /** Without those that listen. */
  OpenSockets connections() {
    Set<Integer> those = new TreeSet<>();
    tcp().filter(fd -> option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 0).forEach(those::add);
    return new OpenSockets(those);
  }

  /** Whether each acknowledges at once what it receives now. */
  List<Boolean> quickAcks() {
    return tcp().mapToObj(fd -> option(fd, IPPROTO_TCP, TCP_QUICKACK) == 1).toList();
  }

  List<Integer> busyPolls() {
    return values(SO_BUSY_POLL);
  }

  List<Integer> receiveBuffers() {
    return values(SO_RCVBUF);
  }

  List<Integer> sendBuffers() {
    return values(SO_SNDBUF);
  }

  long listeners() {
    return descriptors.stream().filter(fd -> option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1).count();
  }

  /** How many connections may wait for each listening socket. */
  List<Integer> backlogs() {
    return descriptors.stream()
        .filter(fd -> option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1)
        .map(fd -> ask(fd, IPPROTO_TCP, TCP_INFO, 104).getInt(TCPI_SACKED))
        .toList();
  }

  private List<Integer> values(int name) {
    return tcp().map(fd -> option(fd, SOL_SOCKET, name)).sorted().boxed().toList();
  }

  private IntStream tcp() {
    return descriptors.stream()
        .mapToInt(fd -> fd)
        .filter(fd -> option(fd, IPPROTO_TCP, TCP_NODELAY) >= 0);
  }

  /** An option that is a number; -1 where the socket has none of that name. */
  private static int option(int fd, int level, int name) {
    ByteBuffer answer = ask(fd, level, name, Integer.BYTES);
    return answer.hasRemaining() ? answer.getInt(0) : -1;
  }

  private static int port(int fd) {
    byte[] address = new byte[128];
    int result =
        Function.getFunction("c", "getsockname")
            .invokeInt(new Object[] {fd, address, new int[] {address.length}});
    return result == 0 ? ByteBuffer.wrap(address).getShort(2) & 0xffff : -1;
  }

  private static ByteBuffer ask(int fd, int level, int name, int bytes) {
    byte[] value = new byte[bytes];
    int[] length = {bytes};
    int result =
        Function.getFunction("c", "getsockopt")
            .invokeInt(new Object[] {fd, level, name, value, length});
    return ByteBuffer.wrap(value, 0, result == 0 ? length[0] : 0).order(ByteOrder.nativeOrder());
  }
}
