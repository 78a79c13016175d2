package io.github.volfram.interop;

import java.net.URI;

/**
 * A server for one connection, whatever library it is made of. It agrees to the subprotocol {@link
 * #SUBPROTOCOL}, and refuses the path {@code /refuse}.
 */
interface PeerServer extends AutoCloseable {

  /** The subprotocol that it agrees to. */
  String SUBPROTOCOL = "chat.v2";

  int port();

  /** Waits for a client to connect, and gives the server's end of the connection. */
  Peer accepted() throws Exception;

  @Override
  void close();

  default URI uri(String path) {
    return URI.create("ws://127.0.0.1:" + port() + path);
  }
}
