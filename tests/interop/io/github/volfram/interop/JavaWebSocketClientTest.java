package io.github.volfram.interop;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Our server and Java-WebSocket's client. */
class JavaWebSocketClientTest extends ServerContract implements FragmentsContract {

  @Override
  Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols) throws Exception {
    return JavaWebSocketClient.connect(uri, headers, subprotocols);
  }
}
