package io.github.volfram.internal.transport;

/**
 * What is set on each socket of a connection.
 *
 * @param tcpNoDelay whether small segments are sent at once (TCP_NODELAY)
 * @param receiveBufferBytes SO_RCVBUF in bytes, or 0 for the system's choice
 * @param sendBufferBytes SO_SNDBUF in bytes, or 0 for the system's choice
 */
public record SocketSettings(boolean tcpNoDelay, int receiveBufferBytes, int sendBufferBytes) {

  /** TCP_NODELAY on, buffer sizes left to the system. */
  public static final SocketSettings DEFAULT = new SocketSettings(true, 0, 0);

  /** Checks the sizes. */
  public SocketSettings {
    if (receiveBufferBytes < 0 || sendBufferBytes < 0) {
      throw new IllegalArgumentException(
          "socket buffer sizes must not be negative: receive "
              + receiveBufferBytes
              + ", send "
              + sendBufferBytes);
    }
  }
}
