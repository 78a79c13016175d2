package io.github.volfram.interop;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Our server and our client on NIO. */
class OwnClientTest extends ServerContract {

  @Override
  Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols) throws Exception {
    return OwnPeer.connect(uri, headers, subprotocols);
  }
}
