package io.github.volfram;

/** Decides about each request that reaches a server. */
@FunctionalInterface
public interface UpgradeHandler {

  /**
   * Answers one request. Called by an event loop's thread; must not block: what has to wait is
   * answered with {@link UpgradeResponse#later}. When it throws, the client is answered with status
   * 500.
   *
   * @param request the request, valid WebSocket upgrades and, where {@code plainHttp} is on, plain
   *     GET and HEAD requests
   */
  UpgradeResponse onUpgrade(UpgradeRequest request);
}
