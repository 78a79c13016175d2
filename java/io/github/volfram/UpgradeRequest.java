package io.github.volfram;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The HTTP request that opens a WebSocket connection (RFC 6455 §4.1). Immutable; any thread. */
public interface UpgradeRequest {

  /** The method: {@code GET}, or {@code HEAD} for a plain request. */
  String method();

  /** The request target as it stands on the wire, path and query, still percent-encoded. */
  String target();

  /** The path, still percent-encoded. */
  String path();

  /** The query without its question mark, still percent-encoded, or null. */
  @Nullable String query();

  /** The first value of a header, or null. Names are compared without regard to case. */
  @Nullable String header(String name);

  /** All values of a header in order; empty when it is absent. */
  List<String> headers(String name);

  /** All headers, names compared without regard to case. Unmodifiable. */
  Map<String, List<String>> headers();

  /** The subprotocols that the client offers, in its order of preference. */
  List<String> subprotocols();

  /** Whether it asks for a WebSocket; false for a plain HTTP request to the same port. */
  boolean isWebSocket();

  /** The client's address, or null when the connection is gone. */
  @Nullable SocketAddress remoteAddress();
}
