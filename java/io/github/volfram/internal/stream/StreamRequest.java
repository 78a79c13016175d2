package io.github.volfram.internal.stream;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.RequestHead;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A valid upgrade request that came over a stream. Immutable. */
final class StreamRequest extends RequestHead implements UpgradeRequest {

  private final ByteChannel channel;

  StreamRequest(HttpHead head, List<String> subprotocols, ByteChannel channel) {
    super(head, subprotocols, true);
    this.channel = channel;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    try {
      return channel instanceof SocketChannel socket ? socket.getRemoteAddress() : null;
    } catch (IOException gone) {
      return null;
    }
  }
}
