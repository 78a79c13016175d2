package io.github.volfram.internal.engine;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.internal.handshake.HttpHead;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as the application sees it. */
record Request(Connection connection, HttpHead head, List<String> subprotocols, boolean isWebSocket)
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
  public @Nullable SocketAddress remoteAddress() {
    return connection.remoteAddress();
  }
}
