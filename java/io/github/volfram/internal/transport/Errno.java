package io.github.volfram.internal.transport;

import java.io.IOException;

/** The error numbers that completions carry: one numbering for every backend, Linux's. */
public final class Errno {

  /** Broken pipe. */
  public static final int EPIPE = 32;

  /** Connection reset by peer. */
  public static final int ECONNRESET = 104;

  /** Connection timed out. */
  public static final int ETIMEDOUT = 110;

  /** Connection refused. */
  public static final int ECONNREFUSED = 111;

  /** No route to host. */
  public static final int EHOSTUNREACH = 113;

  /** Network is unreachable. */
  public static final int ENETUNREACH = 101;

  /** Input/output error: what a backend reports that cannot tell more. */
  public static final int EIO = 5;

  private Errno() {}

  /**
   * Turns the result of a native call into itself or an exception.
   *
   * @param call what was attempted, for the message
   * @param result not negative for success, else the negative error number
   * @throws IOException naming the call, the number and its text
   */
  public static int check(String call, int result) throws IOException {
    if (result < 0) {
      throw new IOException(call + ": " + text(-result));
    }
    return result;
  }

  /** The text for an error number, followed by the number. */
  public static String text(int errno) {
    String name =
        switch (errno) {
          case EPIPE -> "Broken pipe";
          case ECONNRESET -> "Connection reset by peer";
          case ETIMEDOUT -> "Connection timed out";
          case ECONNREFUSED -> "Connection refused";
          case EHOSTUNREACH -> "No route to host";
          case ENETUNREACH -> "Network is unreachable";
          case EIO -> "Input/output error";
          case 22 -> "Invalid argument";
          case 23 -> "Too many open files in system";
          case 24 -> "Too many open files";
          case 98 -> "Address already in use";
          case 99 -> "Cannot assign requested address";
          case 13 -> "Permission denied";
          case 12 -> "Cannot allocate memory";
          default -> "System error";
        };
    return name + " (errno " + errno + ")";
  }
}
