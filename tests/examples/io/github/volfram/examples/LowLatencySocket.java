package io.github.volfram.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;

/** The channel is the caller's, and so are its socket options: TCP_NODELAY is set on it. */
final class LowLatencySocket {

  private LowLatencySocket() {}

  /**
   * Connects a socket that sends small messages at once, for {@link
   * io.github.volfram.WebSocketStream#client}. Without TCP_NODELAY the kernel may hold one back
   * until the peer has acknowledged the one before (Nagle's algorithm), which costs up to 40 ms.
   */
  static SocketChannel connect(URI uri) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    channel.configureBlocking(false);
    return channel;
  }
}
