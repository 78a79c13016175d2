package io.github.volfram.internal.transport;

/**
 * What is set on each socket of a connection.
 *
 * @param tcpNoDelay whether small segments are sent at once (TCP_NODELAY)
 * @param receiveBufferBytes SO_RCVBUF in bytes, or 0 for the system's choice
 * @param sendBufferBytes SO_SNDBUF in bytes, or 0 for the system's choice
 * @param busyPollMicros SO_BUSY_POLL in microseconds, or 0 for the system's choice; nothing where
 *     the transport has no such option or the kernel refuses it
 * @param quickAck whether TCP_QUICKACK is set anew after each receive, where there is that option
 */
public record SocketSettings(
    boolean tcpNoDelay,
    int receiveBufferBytes,
    int sendBufferBytes,
    int busyPollMicros,
    boolean quickAck) {

  /** TCP_NODELAY on, everything else left to the system. */
  public static final SocketSettings DEFAULT = new SocketSettings(true, 0, 0);

  /** Without SO_BUSY_POLL and TCP_QUICKACK. */
  public SocketSettings(boolean tcpNoDelay, int receiveBufferBytes, int sendBufferBytes) {
    this(tcpNoDelay, receiveBufferBytes, sendBufferBytes, 0, false);
  }

  /** Checks the sizes. */
  public SocketSettings {
    if (busyPollMicros < 0) {
      throw new IllegalArgumentException(
          "busyPollMicros must not be negative, got " + busyPollMicros);
    }
    if (receiveBufferBytes < 0 || sendBufferBytes < 0) {
      throw new IllegalArgumentException(
          "socket buffer sizes must not be negative: receive "
              + receiveBufferBytes
              + ", send "
              + sendBufferBytes);
    }
  }
}
