package io.github.volfram.internal.handshake;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a request without knowing its connection. Immutable. The methods are those of
 * the public UpgradeRequest, which subclasses implement.
 */
public abstract class RequestHead {

  private final HttpHead head;
  private final List<String> subprotocols;
  private final boolean webSocket;

  /** A request with the subprotocols that it offers. */
  protected RequestHead(HttpHead head, List<String> subprotocols, boolean webSocket) {
    this.head = head;
    this.subprotocols = subprotocols;
    this.webSocket = webSocket;
  }

  /** The method, such as GET. */
  public final String method() {
    return head.method();
  }

  /** The request target as it was sent. */
  public final String target() {
    return head.target();
  }

  /** The target up to its query. */
  public final String path() {
    return head.path();
  }

  /** The target's query, or null. */
  public final @Nullable String query() {
    return head.query();
  }

  /** The first header of this name, or null. */
  public final @Nullable String header(String name) {
    return head.headers().first(name);
  }

  /** All headers of this name. */
  public final List<String> headers(String name) {
    return head.headers().all(name);
  }

  /** All headers. */
  public final Map<String, List<String>> headers() {
    return head.headers().asMap();
  }

  /** The subprotocols offered, in order of preference. */
  public final List<String> subprotocols() {
    return subprotocols;
  }

  /** Whether it asks for a WebSocket. */
  public final boolean isWebSocket() {
    return webSocket;
  }
}
