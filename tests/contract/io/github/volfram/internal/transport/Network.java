package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.SocketAddress;

/** What a transport under test is plugged into: real loopback sockets, or a scripted memory. */
public interface Network extends AutoCloseable {

  /** Opens a transport of the backend under test; the network closes it in the end. */
  Transport open();

  /** An address that can be listened on, with port 0. */
  SocketAddress anyAddress();

  /** An address that nobody listens on. */
  SocketAddress refusingAddress() throws IOException;

  /** Connects to a listening transport; complete, as the peer sees it, when this returns. */
  Peer connect(SocketAddress listening) throws IOException;

  /** Opens a peer that listens. */
  PeerListener listen() throws IOException;

  /** The clock that timeouts are measured by. */
  long nanoTime();

  /** Runs an action from outside of the loop while the loop runs or waits. */
  void later(Runnable action);

  /** How many descriptors of sockets are open, or -1 when that cannot be told. */
  long openDescriptors();

  @Override
  void close() throws IOException;

  /** A peer that waits for connections. */
  interface PeerListener {

    /** What to connect to. */
    SocketAddress address();

    /** The next connection, or null when there is none now. */
    Peer accept() throws IOException;
  }
}
