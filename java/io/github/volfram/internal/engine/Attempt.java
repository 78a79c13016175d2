package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a client is asked to do by one call of {@code connect}, and how far it has come.
 *
 * @param hop where to go now
 * @param future completed by the loop's thread, once
 */
record Attempt(
    Connector connector,
    Hop hop,
    List<String> subprotocols,
    WebSocketListener listener,
    CompletableFuture<WebSocket> future) {

  /** The same call, with another place to go to. */
  Attempt at(Hop next) {
    return new Attempt(connector, next, subprotocols, listener, future);
  }
}
