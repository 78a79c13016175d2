package io.github.volfram;

import java.util.Locale;

/**
 * Which facility of the kernel the native backend polls sockets with. The NIO backend has one of
 * its own. Immutable; any thread may use it.
 */
public enum Poller {
  /** What suits most programs: epoll on Linux. */
  AUTO,
  /** epoll, on Linux. */
  EPOLL,
  /**
   * io_uring, on Linux 6.0 and later where it is not forbidden, as many containers do. An event
   * loop must then be run by one thread from its first turn to its last.
   */
  URING,
  /** kqueue, on macOS and FreeBSD. */
  KQUEUE;

  /**
   * Parses a name as the command line and the property {@code volfram.poller} spell it.
   *
   * @throws IllegalArgumentException unless it is {@code auto}, {@code epoll}, {@code uring} or
   *     {@code kqueue}, in any case
   */
  public static Poller parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "epoll" -> EPOLL;
      case "uring" -> URING;
      case "kqueue" -> KQUEUE;
      default ->
          throw new IllegalArgumentException(
              "unknown poller '" + name + "': expected auto, epoll, uring or kqueue");
    };
  }

  /** The name in lower case, as the command line spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
