package io.github.volfram.interop;

import java.io.IOException;

/** A server made of npm's ws. */
final class NodeServer implements PeerServer {

  private final NodePeer peer;
  private final int port;

  NodeServer() throws IOException {
    peer = new NodePeer("server.mjs", SUBPROTOCOL);
    port = Integer.parseInt(peer.log().expectSooner("listening").content());
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Peer accepted() {
    return peer;
  }

  @Override
  public void close() {
    peer.close();
  }
}
