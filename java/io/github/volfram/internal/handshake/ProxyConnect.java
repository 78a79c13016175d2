package io.github.volfram.internal.handshake;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6, RFC 6455 §4.1). Credentials of the proxy go to
 * the proxy alone. Owned by one thread.
 */
public final class ProxyConnect {

  /** Where the request is. */
  public enum State {
    /** The head of the proxy's response is not complete. */
    READING_RESPONSE,
    /** The tunnel stands; all further bytes are the origin's. */
    OPEN,
    /** The proxy answered 407: it wants credentials, or others. */
    AUTHENTICATION_REQUIRED,
    /** The proxy answered another status than 2xx. */
    REFUSED,
    /** What came is no HTTP response, too long, or not complete. */
    MALFORMED;

    boolean mayBecome(State next) {
      return this == READING_RESPONSE && next != READING_RESPONSE;
    }
  }

  private final HttpHeadParser parser;
  private final byte[] request;
  private State state = State.READING_RESPONSE;
  private @Nullable HttpHead response;
  private @Nullable String failure;

  /**
   * A request for a tunnel.
   *
   * @param host of the origin; an IPv6 address with or without brackets
   * @param port of the origin, 1 to 65535
   * @param proxyAuthorization the value of Proxy-Authorization, as {@link #basic} makes it; or null
   * @throws IllegalArgumentException for what could not be sent as it is
   */
  public ProxyConnect(
      HandshakeLimits limits, String host, int port, @Nullable String proxyAuthorization) {
    this.parser = HttpHeadParser.forResponse(limits);
    boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    String authority = (bareIpv6 ? "[" + host + "]" : host) + ":" + port;
    Authority parsed = Authority.parse(authority);
    if (parsed == null || parsed.port() != port || port < 1) {
      throw new IllegalArgumentException(
          "a tunnel needs a host and a port of 1 to 65535, not " + HttpSyntax.quoted(authority));
    }
    HttpHeaders.Builder headers = HttpHeaders.builder().add("Host", authority);
    if (proxyAuthorization != null) {
      headers.add("Proxy-Authorization", proxyAuthorization);
    }
    request = HttpAnswer.head("CONNECT " + authority + " HTTP/1.1", headers.build());
  }

  /**
   * Credentials of the Basic scheme, encoded as UTF-8 (RFC 7617 §2).
   *
   * @throws IllegalArgumentException for a colon in the user's name, or control characters
   */
  public static String basic(String user, String password) {
    if (user.indexOf(':') >= 0 || hasControls(user) || hasControls(password)) {
      // Neither is shown: a password easily ends up in the wrong place.
      throw new IllegalArgumentException(
          "the user's name of Basic credentials has no colon, and neither part has control"
              + " characters (RFC 7617 §2)");
    }
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** All bytes of the request. */
  public byte[] request() {
    return request;
  }

  /**
   * Consumes bytes of the response and returns how many: those after the head of a 2xx are the
   * origin's. Whatever comes, it ends in a state and not in an exception. All bytes after a failure
   * are consumed unread.
   */
  public int receive(ByteBuffer in, int index, int length) {
    Objects.checkFromIndexSize(index, length, in.capacity());
    int read = state == State.READING_RESPONSE ? readHead(in, index, length) : 0;
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
      become(State.MALFORMED, "proxy: " + violation.getMessage());
      return length;
    }
  }

  private void headRead(HttpHead head) throws HandshakeViolation {
    int status = head.status();
    if (status == 101) {
      throw HandshakeViolation.badRequest(
          "RFC 9110 §15.2", "expected a final response, got " + status);
    }
    response = head;
    if (status < 300) {
      // Content-Length and Transfer-Encoding mean nothing here (RFC 9110 §9.3.6).
      become(State.OPEN, null);
    } else {
      String reason = head.reason().isEmpty() ? "" : " " + HttpSyntax.visible(head.reason());
      become(
          status == 407 ? State.AUTHENTICATION_REQUIRED : State.REFUSED,
          "proxy answered " + status + reason + ", expected 200 to CONNECT");
    }
  }

  /** The proxy closed its side: a response that is not complete has failed. */
  public void endOfStream() {
    if (state == State.READING_RESPONSE) {
      become(
          State.MALFORMED,
          "proxy closed the connection before its response, expected 200 to CONNECT");
    }
  }

  /** Where the request is. */
  public State state() {
    return state;
  }

  /** The head of the final response, or null while it is not complete or cannot be read. */
  public @Nullable HttpHead response() {
    return response;
  }

  /** Why there is no tunnel, once there is certainly none; null before. */
  public @Nullable String failure() {
    return failure;
  }

  private void become(State next, @Nullable String why) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
    failure = why;
  }
}
