package io.github.volfram.internal.handshake;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of the opening handshake (RFC 6455 §4.2): bytes of a request in, one answer
 * out. Owned by one thread.
 */
public final class ServerHandshake {

  /** Where the handshake is. */
  public enum State {
    /** The head of the request is not complete. */
    READING_REQUEST,
    /** The request is valid; {@link #accept} or {@link #respond} comes next. */
    AWAITING_DECISION,
    /** The answer is a 101; frames follow it in both directions. */
    ACCEPTED,
    /** An HTTP answer was given; the connection closes after it. */
    RESPONDED;

    boolean mayBecome(State next) {
      return switch (this) {
        case READING_REQUEST -> next == AWAITING_DECISION || next == RESPONDED;
        case AWAITING_DECISION -> next == ACCEPTED || next == RESPONDED;
        case ACCEPTED, RESPONDED -> false;
      };
    }
  }

  private final HttpHeadParser parser;
  private final boolean plainHttp;
  private final ServerDeflate deflateOptions;
  private State state = State.READING_REQUEST;
  private @Nullable HttpHead request;
  private @Nullable CheckedRequest checked;
  private PerMessageDeflate.@Nullable Accepted deflate;
  private byte @Nullable [] response;
  private int responseStatus;
  private @Nullable HandshakeViolation violation;

  /** A handshake that answers anything but an upgrade by itself. */
  public ServerHandshake(HandshakeLimits limits) {
    this(limits, false);
  }

  /** A handshake without compression. */
  public ServerHandshake(HandshakeLimits limits, boolean plainHttp) {
    this(limits, plainHttp, ServerDeflate.OFF);
  }

  /**
   * A handshake.
   *
   * @param plainHttp whether a GET or HEAD that asks for no WebSocket awaits a decision too
   * @param deflate which offers of compression are accepted
   */
  public ServerHandshake(HandshakeLimits limits, boolean plainHttp, ServerDeflate deflate) {
    this.parser = HttpHeadParser.forRequest(limits);
    this.plainHttp = plainHttp;
    this.deflateOptions = deflate;
  }

  /**
   * Consumes bytes of the request's head and returns how many: those after the head are the
   * caller's, the first frames. A malformed request moves to {@link State#RESPONDED}, where all
   * bytes are consumed unread: what follows a refused request is never taken for another one.
   */
  public int receive(ByteBuffer in, int index, int length) {
    Objects.checkFromIndexSize(index, length, in.capacity());
    return switch (state) {
      case READING_REQUEST -> read(in, index, length);
      case AWAITING_DECISION, ACCEPTED -> 0;
      case RESPONDED -> length;
    };
  }

  private int read(ByteBuffer in, int index, int length) {
    try {
      int read = parser.receive(in, index, length);
      if (parser.isComplete()) {
        HttpHead head = parser.head();
        request = head;
        CheckedRequest valid = CheckedRequest.of(head, plainHttp);
        checked = valid;
        deflate = PerMessageDeflate.accept(deflateOptions, valid.extensions());
        become(State.AWAITING_DECISION);
      }
      return read;
    } catch (HandshakeViolation refused) {
      refuse(refused);
      return length;
    }
  }

  /** The deadline passed while the request was being read: answers 408. */
  public void expire() {
    requireState(State.READING_REQUEST);
    refuse(
        new HandshakeViolation(
            408, "RFC 9110 §15.5.9", "expected a whole request within the deadline, got a part"));
  }

  private void refuse(HandshakeViolation refused) {
    violation = refused;
    byte[] answer =
        HttpAnswer.closing(
            refused.status(), refused.extra(), String.valueOf(refused.getMessage()), !isHead());
    answer(State.RESPONDED, refused.status(), answer);
  }

  /** Where the handshake is. */
  public State state() {
    return state;
  }

  /** The request, once its head is complete. */
  public HttpHead request() {
    if (request == null) {
      throw new IllegalStateException("the request is not complete: " + state);
    }
    return request;
  }

  /** Whether the request is a valid upgrade; false for a plain GET or HEAD. */
  public boolean isUpgrade() {
    return checked().key() != null;
  }

  /** The subprotocols that the client offers, in its order of preference. */
  public List<String> offeredSubprotocols() {
    return checked().subprotocols();
  }

  /** The compression that a 101 agrees to, or null for none; the same before and after it. */
  public @Nullable DeflateAgreement deflate() {
    checked();
    return deflate == null ? null : deflate.agreement();
  }

  /**
   * Answers 101.
   *
   * @param subprotocol one of those offered, or null for none
   * @param extra more headers of the answer
   * @throws IllegalArgumentException for a subprotocol that was not offered, and for headers that
   *     the handshake writes itself; the decision is still awaited then
   * @throws IllegalStateException when the request is no upgrade, or was answered before
   */
  public void accept(@Nullable String subprotocol, HttpHeaders extra) {
    requireState(State.AWAITING_DECISION);
    String key = checked().key();
    if (key == null) {
      throw new IllegalStateException("a plain HTTP request cannot be accepted as an upgrade");
    }
    if (subprotocol != null && !offeredSubprotocols().contains(subprotocol)) {
      throw new IllegalArgumentException(
          "the subprotocol must be one of "
              + offeredSubprotocols()
              + " (RFC 6455 §4.2.2), not "
              + HttpSyntax.quoted(subprotocol));
    }
    OwnedHeaders.refuse(extra, OwnedHeaders.OF_SWITCH);
    HttpHeaders.Builder headers =
        HttpHeaders.builder()
            .add("Upgrade", "websocket")
            .add("Connection", "Upgrade")
            .add("Sec-WebSocket-Accept", HandshakeKey.accept(key));
    if (subprotocol != null) {
      headers.add("Sec-WebSocket-Protocol", subprotocol);
    }
    if (deflate != null) {
      headers.add("Sec-WebSocket-Extensions", deflate.response().toString());
    }
    String line = "HTTP/1.1 101 " + HttpAnswer.reason(101);
    answer(State.ACCEPTED, 101, HttpAnswer.head(line, headers.addAll(extra).build()));
  }

  /**
   * Rejects an upgrade, or answers a plain request. Content-Length and Connection: close are added;
   * the body of an answer to HEAD is measured and not sent.
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException for another status, a body that the status forbids, and
   *     headers that the handshake writes itself; the decision is still awaited then
   * @throws IllegalStateException when the request is not complete, or was answered before
   */
  public void respond(int status, HttpHeaders headers, byte[] body) {
    requireState(State.AWAITING_DECISION);
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("the status must be 200 to 599, not " + status);
    }
    boolean bodiless = status == 204 || status == 304;
    if (bodiless && body.length > 0) {
      throw new IllegalArgumentException(
          "a " + status + " has no body (RFC 9110 §6.4.1), not one of " + body.length + " bytes");
    }
    OwnedHeaders.refuse(headers, OwnedHeaders.OF_ANSWER);
    answer(State.RESPONDED, status, HttpAnswer.closing(status, headers, body, !isHead()));
  }

  /** All bytes of the answer, once there is one. */
  public byte[] response() {
    if (response == null) {
      throw new IllegalStateException("there is no answer yet: " + state);
    }
    return response;
  }

  /** The status of the answer: 101, or the HTTP status that was given. */
  public int responseStatus() {
    if (response == null) {
      throw new IllegalStateException("there is no answer yet: " + state);
    }
    return responseStatus;
  }

  /** Why the handshake answered by itself, or null when it did not. */
  public @Nullable HandshakeViolation violation() {
    return violation;
  }

  /** A ready 503 for a server that is full; the client may come back after so many seconds. */
  public static byte[] unavailable(int retryAfterSeconds) {
    return HttpAnswer.closing(
        503,
        HttpHeaders.of("Retry-After", Integer.toString(retryAfterSeconds)),
        "expected a free connection, got a full server (RFC 9110 §15.6.4)",
        true);
  }

  private boolean isHead() {
    return request != null && request.method().equals("HEAD");
  }

  private CheckedRequest checked() {
    if (checked == null) {
      throw new IllegalStateException("there is no valid request: " + state);
    }
    return checked;
  }

  private void requireState(State required) {
    if (state != required) {
      throw new IllegalStateException("the handshake must be " + required + ", not " + state);
    }
  }

  private void answer(State next, int status, byte[] bytes) {
    become(next);
    responseStatus = status;
    response = bytes;
  }

  private void become(State next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
  }
}
