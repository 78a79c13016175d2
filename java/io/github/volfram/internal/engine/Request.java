package io.github.volfram.internal.engine;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.RequestHead;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as the application sees it. */
final class Request extends RequestHead implements UpgradeRequest {

  private final Connection connection;

  Request(Connection connection, HttpHead head, List<String> subprotocols, boolean isWebSocket) {
    super(head, subprotocols, isWebSocket);
    this.connection = connection;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return connection.remoteAddress();
  }
}
