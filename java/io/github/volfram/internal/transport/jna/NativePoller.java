package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The pollers that a native library may have: {@code enum vf_poller_kind}. */
public enum NativePoller {
  /** Whichever the library uses unless it is told. */
  USUAL(0),
  /** epoll. */
  EPOLL(1),
  /** kqueue. */
  KQUEUE(2),
  /** io_uring. */
  URING(3);

  private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;

  private final int kind;

  NativePoller(int kind) {
    this.kind = kind;
  }

  /** The number that C knows it by. */
  int kind() {
    return kind;
  }

  /** Why the library or the kernel has refused it, by the error number. */
  String refusal(int errno) {
    return this + " cannot be used: " + explain(errno);
  }

  private String explain(int errno) {
    if (this != URING) {
      return errno == ENOSYS ? "the library was built without it" : Errno.text(errno);
    }
    return switch (errno) {
      case ENOSYS -> "the library was built without it, or the kernel was";
      case EINVAL -> "it needs Linux 6.0 or later, and this is " + System.getProperty("os.version");
      case EPERM, EACCES ->
          "it is forbidden, by a container's seccomp filter or by " + SWITCH + forbids();
      default -> Errno.text(errno);
    };
  }

  private static String forbids() {
    try {
      return ", which says " + Files.readString(SWITCH).strip() + " (0 allows it)";
    } catch (IOException e) {
      return ", which does not exist here";
    }
  }

  /** The name in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
