package io.github.volfram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server's answer to an {@link UpgradeRequest}: accept it as a WebSocket, or give an HTTP
 * response and close. Immutable.
 */
public final class UpgradeResponse {

  private static final UpgradeResponse ACCEPT =
      new UpgradeResponse(101, null, null, List.of(), new byte[0]);

  private final int status;
  private final @Nullable String subprotocol;
  private final @Nullable WebSocketListener listener;
  private final List<Map.Entry<String, String>> headers;
  private final byte[] body;

  private UpgradeResponse(
      int status,
      @Nullable String subprotocol,
      @Nullable WebSocketListener listener,
      List<Map.Entry<String, String>> headers,
      byte[] body) {
    this.status = status;
    this.subprotocol = subprotocol;
    this.listener = listener;
    this.headers = headers;
    this.body = body;
  }

  /** Accepts, with the server's listener and no subprotocol. */
  public static UpgradeResponse accept() {
    return ACCEPT;
  }

  /** Accepts, with a listener for this connection. */
  public static UpgradeResponse accept(WebSocketListener listener) {
    return new UpgradeResponse(101, null, listener, List.of(), new byte[0]);
  }

  /**
   * Answers with an HTTP status and a plain text body, then closes.
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException for another status
   */
  public static UpgradeResponse reject(int status, String text) {
    return respond(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers with an HTTP status and a body, then closes. For a plain HTTP request, such as a web
   * page on the same port, and for a refusal.
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException for another status
   */
  public static UpgradeResponse respond(int status, String contentType, byte[] body) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("HTTP status " + status + " is not within 200 to 599");
    }
    return new UpgradeResponse(
        status, null, null, List.of(Map.entry("Content-Type", contentType)), body.clone());
  }

  /** The same answer with a subprotocol, which must be one that the client offered. */
  public UpgradeResponse withSubprotocol(@Nullable String chosen) {
    return new UpgradeResponse(status, chosen, listener, headers, body);
  }

  /** The same answer with one more header. */
  public UpgradeResponse withHeader(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new UpgradeResponse(status, subprotocol, listener, List.copyOf(more), body);
  }

  /** The HTTP status; 101 when it accepts. */
  public int status() {
    return status;
  }

  /** The subprotocol chosen, or null. */
  public @Nullable String subprotocol() {
    return subprotocol;
  }

  /** The listener for this connection, or null for the server's. */
  public @Nullable WebSocketListener listener() {
    return listener;
  }

  /** The headers added, in order. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** A copy of the body. */
  public byte[] body() {
    return body.clone();
  }
}
