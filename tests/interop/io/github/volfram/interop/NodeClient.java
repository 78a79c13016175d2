package io.github.volfram.interop;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A client made of npm's ws. */
final class NodeClient {

  private NodeClient() {}

  static Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols)
      throws Exception {
    Stream<String> pairs =
        headers.entrySet().stream().map(header -> header.getKey() + "=" + header.getValue());
    NodePeer peer =
        new NodePeer(
            "client.mjs",
            Stream.concat(Stream.of(uri.toString(), String.join(",", subprotocols)), pairs)
                .toArray(String[]::new));
    Event first = peer.log().next();
    if (first.kind().equals("connected")) {
      return peer;
    }
    peer.close();
    if (first.kind().equals("refused")) {
      throw new RefusedException(Integer.parseInt(first.content()));
    }
    throw new AssertionError("could not connect: " + first);
  }
}
