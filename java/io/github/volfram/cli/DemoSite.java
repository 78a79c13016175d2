package io.github.volfram.cli;

import io.github.volfram.Routes;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import org.jspecify.annotations.Nullable;

/** What the demo answers on each path. */
final class DemoSite implements UpgradeHandler {

  private final ChatRoom room = new ChatRoom();

  private final Routes routes =
      Routes.builder()
          .get("/", request -> page())
          .webSocket("/echo", new EchoListener())
          .webSocket("/chat", room::admit)
          .otherwise(request -> UpgradeResponse.reject(404, "there are /, /echo and /chat\n"))
          .build();

  /** Null until the server has started and its backend is known. */
  private volatile @Nullable DemoPage page;

  void open(DemoPage made) {
    page = made;
  }

  @Override
  public UpgradeResponse onUpgrade(UpgradeRequest request) {
    return routes.onUpgrade(request);
  }

  private UpgradeResponse page() {
    DemoPage ready = page;
    return ready == null ? UpgradeResponse.reject(503, "starting\n") : ready.response();
  }
}
