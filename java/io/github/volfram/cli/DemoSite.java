package io.github.volfram.cli;

import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import org.jspecify.annotations.Nullable;

/** What the demo answers on each path. */
final class DemoSite implements UpgradeHandler {

  private final EchoListener echo = new EchoListener();
  private final ChatRoom room = new ChatRoom();

  /** Null until the server has started and its backend is known. */
  private volatile @Nullable DemoPage page;

  void open(DemoPage made) {
    page = made;
  }

  @Override
  public UpgradeResponse onUpgrade(UpgradeRequest request) {
    return switch (request.path()) {
      case "/" -> request.isWebSocket() ? notFound() : page();
      case "/echo" -> request.isWebSocket() ? UpgradeResponse.accept(echo) : webSocketOnly();
      case "/chat" -> request.isWebSocket() ? room.admit(request) : webSocketOnly();
      default -> notFound();
    };
  }

  private UpgradeResponse page() {
    DemoPage ready = page;
    return ready == null ? UpgradeResponse.reject(503, "starting\n") : ready.response();
  }

  private static UpgradeResponse webSocketOnly() {
    return UpgradeResponse.reject(426, "there is a WebSocket here, and no page\n")
        .withHeader("Upgrade", "websocket");
  }

  private static UpgradeResponse notFound() {
    return UpgradeResponse.reject(404, "there are /, /echo and /chat\n");
  }
}
