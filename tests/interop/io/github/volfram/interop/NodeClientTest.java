package io.github.volfram.interop;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Our server and the client of npm's ws. */
class NodeClientTest extends ServerContract implements FragmentsContract {

  @Override
  void requirePeer() {
    Peers.node();
  }

  @Override
  Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols) throws Exception {
    return NodeClient.connect(uri, headers, subprotocols);
  }
}
