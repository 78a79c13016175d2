package io.github.volfram.interop;

/** Our client and the server of npm's ws. */
class NodeServerTest extends ClientContract implements FragmentsContract {

  @Override
  void requirePeer() {
    Peers.node();
  }

  @Override
  PeerServer startPeer() throws Exception {
    return new NodeServer();
  }
}
