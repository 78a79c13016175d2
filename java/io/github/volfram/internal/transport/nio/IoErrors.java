package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.Errno;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Locale;

/**
 * Tells the error number of an exception. The JDK keeps it only as text, the C library's on Unix
 * and its own for a reset and on Windows.
 */
final class IoErrors {

  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int ECONNABORTED = 103;
  private static final int ENOBUFS = 105;

  private record Text(String text, int errno) {}

  private static final Text[] TEXTS = {
    new Text("connection reset", Errno.ECONNRESET),
    new Text("forcibly closed", Errno.ECONNRESET),
    new Text("broken pipe", Errno.EPIPE),
    new Text("connection refused", Errno.ECONNREFUSED),
    new Text("timed out", Errno.ETIMEDOUT),
    new Text("no route to host", Errno.EHOSTUNREACH),
    new Text("host is unreachable", Errno.EHOSTUNREACH),
    new Text("network is unreachable", Errno.ENETUNREACH),
    new Text("too many open files in system", ENFILE),
    new Text("too many open files", EMFILE),
    new Text("no buffer space available", ENOBUFS),
    new Text("cannot allocate memory", ENOMEM),
    new Text("out of memory", ENOMEM),
    new Text("permission denied", EACCES),
    new Text("address already in use", EADDRINUSE),
    new Text("cannot assign requested address", EADDRNOTAVAIL),
    new Text("connection abort", ECONNABORTED),
    new Text("connection was aborted", ECONNABORTED),
  };

  private IoErrors() {}

  /** Initializes this class, and does nothing else. */
  static void load() {}

  /** The error number, {@link Errno#EIO} when it cannot be told; never 0. */
  static int errno(IOException e) {
    int errno = named(e);
    if (errno != 0) {
      return errno;
    }
    if (e instanceof NoRouteToHostException) {
      return Errno.EHOSTUNREACH;
    }
    return e instanceof ConnectException ? Errno.ECONNREFUSED : Errno.EIO;
  }

  /** The error number of a failure to accept, 0 when it cannot be told. */
  static int acceptErrno(IOException e) {
    return named(e);
  }

  /** Whether accepting failed because of the connection at hand and not for want of resources. */
  static boolean concernsOneConnection(IOException e) {
    int errno = named(e);
    return errno == ECONNABORTED
        || errno == Errno.ECONNRESET
        || errno == Errno.ETIMEDOUT
        || errno == Errno.EHOSTUNREACH
        || errno == Errno.ENETUNREACH
        || String.valueOf(e.getMessage()).contains("Protocol error");
  }

  private static int named(IOException e) {
    String message = e.getMessage();
    if (message != null) {
      String lower = message.toLowerCase(Locale.ROOT);
      for (Text known : TEXTS) {
        if (lower.contains(known.text())) {
          return known.errno();
        }
      }
    }
    return 0;
  }
}
