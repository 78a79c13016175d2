package io.github.volfram.interop;

/** Our client and Java-WebSocket's server. */
class JavaWebSocketServerTest extends ClientContract implements FragmentsContract {

  @Override
  PeerServer startPeer() throws Exception {
    return JavaWebSocketServer.launch();
  }

  @Override
  int refusalStatus() {
    return 404;
  }
}
