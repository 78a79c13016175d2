package io.github.volfram.internal.handshake;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the opening handshake (RFC 6455 §4.1): one request out, bytes of the
 * response in. Owned by one thread.
 */
public final class ClientHandshake {

  /** Where the handshake is. */
  public enum State {
    /** The head of the response is not complete. */
    READING_RESPONSE,
    /** The server refused; a bounded prefix of the body is being collected. */
    READING_BODY,
    /** The server accepted; frames follow. */
    OPEN,
    /** There is no WebSocket; {@link ClientHandshake#failure} says why. */
    FAILED;

    boolean mayBecome(State next) {
      return switch (this) {
        case READING_RESPONSE -> next == READING_BODY || next == OPEN || next == FAILED;
        case READING_BODY -> next == FAILED;
        case OPEN, FAILED -> false;
      };
    }
  }

  private static final byte[] NO_BODY = {};

  private final HttpHeadParser parser;
  private final String key;
  private final List<String> subprotocols;
  private final List<PerMessageDeflateOffer> deflateOffers;
  private final HttpHead requestHead;
  private final byte[] request;
  private State state = State.READING_RESPONSE;
  private @Nullable HttpHead response;
  private @Nullable RefusalBody body;
  private @Nullable CheckedResponse checked;
  private @Nullable String failure;

  /** A handshake that offers no compression. */
  public ClientHandshake(
      HandshakeLimits limits,
      String hostHeader,
      String target,
      HttpHeaders extra,
      List<String> subprotocols,
      byte[] nonce16) {
    this(limits, hostHeader, target, extra, subprotocols, List.of(), nonce16);
  }

  /**
   * A handshake with its request.
   *
   * @param hostHeader the value of Host: the host, and the port unless it is the scheme's own
   * @param target path and query, beginning with a slash
   * @param extra more headers of the request
   * @param subprotocols to offer, in order of preference
   * @param deflateOffers of compression, in order of preference; empty for none
   * @param nonce16 16 random bytes
   * @throws IllegalArgumentException for what could not be sent as it is, or would be read as
   *     something else: nothing is escaped or left out silently
   */
  public ClientHandshake(
      HandshakeLimits limits,
      String hostHeader,
      String target,
      HttpHeaders extra,
      List<String> subprotocols,
      List<PerMessageDeflateOffer> deflateOffers,
      byte[] nonce16) {
    this.key = HandshakeKey.of(nonce16);
    this.subprotocols = List.copyOf(subprotocols);
    this.deflateOffers = List.copyOf(deflateOffers);
    this.parser = HttpHeadParser.forResponse(limits);
    checkHost(hostHeader);
    checkTarget(target);
    checkSubprotocols(this.subprotocols);
    OwnedHeaders.refuse(extra, OwnedHeaders.OF_REQUEST);
    HttpHeaders.Builder headers =
        HttpHeaders.builder()
            .add("Host", hostHeader)
            .add("Upgrade", "websocket")
            .add("Connection", "Upgrade")
            .add("Sec-WebSocket-Key", key)
            .add("Sec-WebSocket-Version", "13");
    if (!subprotocols.isEmpty()) {
      headers.add("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
    }
    if (!deflateOffers.isEmpty()) {
      List<Extension> offers =
          deflateOffers.stream().map(PerMessageDeflateOffer::toExtension).toList();
      headers.add("Sec-WebSocket-Extensions", Extensions.format(offers));
    }
    requestHead = HttpHead.request("GET", target, "HTTP/1.1", headers.addAll(extra).build());
    request = HttpAnswer.head("GET " + target + " HTTP/1.1", requestHead.headers());
  }

  private static void checkHost(String hostHeader) {
    if (Authority.parse(hostHeader) == null) {
      throw new IllegalArgumentException(
          "Host must be host[:port] (RFC 9112 §3.2), not " + HttpSyntax.quoted(hostHeader));
    }
  }

  private static void checkTarget(String target) {
    if (!target.startsWith("/") || !HttpSyntax.isVisible(target) || target.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "the request target must begin with a slash and be visible ASCII without a fragment"
              + " (RFC 6455 §3), not "
              + HttpSyntax.quoted(target));
    }
  }

  private static void checkSubprotocols(List<String> subprotocols) {
    for (String offered : subprotocols) {
      if (!HttpSyntax.isToken(offered)) {
        throw new IllegalArgumentException(
            "a subprotocol must be a token (RFC 6455 §4.1), not " + HttpSyntax.quoted(offered));
      }
    }
    if (new HashSet<>(subprotocols).size() < subprotocols.size()) {
      throw new IllegalArgumentException(
          "subprotocols must differ (RFC 6455 §4.1), not " + subprotocols);
    }
  }

  /** The head of the request. */
  public HttpHead requestHead() {
    return requestHead;
  }

  /** The subprotocols offered, in order of preference. */
  public List<String> offeredSubprotocols() {
    return subprotocols;
  }

  /** All bytes of the request. */
  public byte[] request() {
    return request;
  }

  /**
   * Consumes bytes of the response and returns how many: those after the head of a 101 are the
   * caller's, the first frames. Whatever comes, it ends in a state and not in an exception. All
   * bytes after a failure are consumed unread.
   */
  public int receive(ByteBuffer in, int index, int length) {
    Objects.checkFromIndexSize(index, length, in.capacity());
    int read = state == State.READING_RESPONSE ? readHead(in, index, length) : 0;
    if (state == State.READING_BODY && body != null) {
      body.receive(in, index + read, length - read);
      if (body.isComplete()) {
        become(State.FAILED);
      }
    }
    return state == State.OPEN || state == State.READING_RESPONSE ? read : length;
  }

  private int readHead(ByteBuffer in, int index, int length) {
    try {
      int read = parser.receive(in, index, length);
      if (parser.isComplete()) {
        headRead(parser.head());
      }
      return read;
    } catch (HandshakeViolation violation) {
      fail(String.valueOf(violation.getMessage()));
      return length;
    }
  }

  private void headRead(HttpHead head) throws HandshakeViolation {
    response = head;
    if (head.status() == 101) {
      checked = CheckedResponse.of(head, key, subprotocols, deflateOffers);
      become(State.OPEN);
    } else {
      String reason = head.reason().isEmpty() ? "" : " " + HttpSyntax.visible(head.reason());
      failure = "server answered " + head.status() + reason + ", expected 101 Switching Protocols";
      body = RefusalBody.of(head);
      become(body.isComplete() ? State.FAILED : State.READING_BODY);
    }
  }

  /** The server closed its side: what is not complete has failed. */
  public void endOfStream() {
    switch (state) {
      case READING_RESPONSE ->
          fail("server closed the connection before its response, expected 101 (RFC 6455 §4.1)");
      case READING_BODY -> become(State.FAILED);
      case OPEN, FAILED -> {}
    }
  }

  /** Where the handshake is. */
  public State state() {
    return state;
  }

  /** The head of the final response, or null while it is not complete or cannot be read. */
  public @Nullable HttpHead response() {
    return response;
  }

  /** The subprotocol that the server chose, or null for none. */
  public @Nullable String subprotocol() {
    return checked == null ? null : checked.subprotocol();
  }

  /** The compression that the server agreed to, or null for none. */
  public @Nullable DeflateAgreement deflate() {
    return checked == null ? null : checked.deflate();
  }

  /** The first bytes of a refusal's body, at most 64 KiB. */
  public byte[] bodyPrefix() {
    return body == null ? NO_BODY : body.prefix();
  }

  /** Why there is no WebSocket, once {@link State#FAILED}; null before. */
  public @Nullable String failure() {
    return state == State.FAILED ? failure : null;
  }

  private void fail(String why) {
    failure = why;
    become(State.FAILED);
  }

  private void become(State next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
  }
}
