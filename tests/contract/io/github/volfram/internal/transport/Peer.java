package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.SocketAddress;

/** The other end of a connection. Never blocks, so one thread drives both ends. */
public interface Peer extends AutoCloseable {

  /** Its own address. */
  SocketAddress localAddress() throws IOException;

  /** The address of the transport's end. */
  SocketAddress remoteAddress() throws IOException;

  /** Writes what fits now and returns how much that was. */
  int write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Reads what is there now.
   *
   * @return how many bytes, 0 when there are none now, -1 at the end of the stream
   * @throws IOException when the connection was reset
   */
  int read(byte[] bytes, int offset, int length) throws IOException;

  /** Ends its stream; can still read. */
  void shutdownOutput() throws IOException;

  /** Breaks the connection. */
  void reset() throws IOException;

  @Override
  void close() throws IOException;
}
