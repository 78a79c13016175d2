package io.github.volfram.internal.stream;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.internal.handshake.HttpHead;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A valid upgrade request that came over a stream. Immutable. */
record StreamRequest(HttpHead head, List<String> subprotocols, ByteChannel channel)
    implements UpgradeRequest {

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String target() {
    return head.target();
  }

  @Override
  public String path() {
    return head.path();
  }

  @Override
  public @Nullable String query() {
    return head.query();
  }

  @Override
  public @Nullable String header(String name) {
    return head.headers().first(name);
  }

  @Override
  public List<String> headers(String name) {
    return head.headers().all(name);
  }

  @Override
  public Map<String, List<String>> headers() {
    return head.headers().asMap();
  }

  @Override
  public boolean isWebSocket() {
    return true;
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
