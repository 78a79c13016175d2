package io.github.volfram.interop;

/** Our client and our server on NIO. */
class OwnServerTest extends ClientContract {

  @Override
  PeerServer startPeer() throws Exception {
    return OwnPeer.launch();
  }
}
