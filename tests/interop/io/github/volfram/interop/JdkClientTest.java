package io.github.volfram.interop;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Our server and the JDK's client. */
class JdkClientTest extends ServerContract implements FragmentsContract {

  @Override
  Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols) throws Exception {
    return JdkClient.connect(uri, headers, subprotocols);
  }
}
