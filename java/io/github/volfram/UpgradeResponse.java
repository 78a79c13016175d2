package io.github.volfram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A server's answer to an {@link UpgradeRequest}: accept it as a WebSocket, give an HTTP response
 * and close, or decide {@linkplain #later later}. Immutable.
 */
public final class UpgradeResponse {

  private static final UpgradeResponse ACCEPT =
      new UpgradeResponse(101, null, null, List.of(), new byte[0], null);

  private final int status;
  private final @Nullable String subprotocol;
  private final @Nullable WebSocketListener listener;
  private final List<Map.Entry<String, String>> headers;
  private final byte[] body;
  private final @Nullable CompletionStage<UpgradeResponse> decision;

  private UpgradeResponse(
      int status,
      @Nullable String subprotocol,
      @Nullable WebSocketListener listener,
      List<Map.Entry<String, String>> headers,
      byte[] body,
      @Nullable CompletionStage<UpgradeResponse> decision) {
    this.status = status;
    this.subprotocol = subprotocol;
    this.listener = listener;
    this.headers = headers;
    this.body = body;
    this.decision = decision;
  }

  /** Accepts, with the server's listener and no subprotocol. */
  public static UpgradeResponse accept() {
    return ACCEPT;
  }

  /** Accepts, with a listener for this connection. */
  public static UpgradeResponse accept(WebSocketListener listener) {
    return new UpgradeResponse(101, null, listener, List.of(), new byte[0], null);
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
        status, null, null, List.of(Map.entry("Content-Type", contentType)), body.clone(), null);
  }

  /**
   * Answers when it is decided, for a decision that has to wait, for a database say, as the event
   * loop's thread must not.
   *
   * <p>Any thread may complete the stage, with any answer, also with another one that comes later.
   * One that fails, or completes with null, is answered 500. The {@code handshakeTimeout} goes on:
   * when it passes first the client is answered 503. Nobody is told when the client goes away
   * meanwhile; the decision has no effect then. A client that sends more than its request before it
   * is answered is read no further until it is.
   *
   * <p>Only for a {@link WebSocketServer}: a {@link WebSocketStream} answers it with 500.
   */
  public static UpgradeResponse later(CompletionStage<UpgradeResponse> decision) {
    Objects.requireNonNull(decision, "decision");
    return new UpgradeResponse(0, null, null, List.of(), new byte[0], decision);
  }

  /** The same answer with a subprotocol, which must be one that the client offered. */
  public UpgradeResponse withSubprotocol(@Nullable String chosen) {
    if (decision != null) {
      return later(decision.thenApply(response -> response.withSubprotocol(chosen)));
    }
    return new UpgradeResponse(status, chosen, listener, headers, body, null);
  }

  /** The same answer with one more header. */
  public UpgradeResponse withHeader(String name, String value) {
    if (decision != null) {
      return later(decision.thenApply(response -> response.withHeader(name, value)));
    }
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new UpgradeResponse(status, subprotocol, listener, List.copyOf(more), body, null);
  }

  /** The HTTP status; 101 when it accepts, 0 when it is decided later. */
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

  /** What will bring the answer, or null when this is the answer. */
  public @Nullable CompletionStage<UpgradeResponse> decision() {
    return decision;
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
