package io.github.volfram.internal.handshake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an HTTP/1.x message, resumable at any byte, with nothing left to guess: each
 * line ends with CRLF and no line is folded (RFC 9112 §2.2, §5.2), for what two parsers read
 * differently is what request smuggling is made of. Keeps at most {@link
 * HandshakeLimits#maxHeadBytes} bytes. Owned by one thread.
 */
public final class HttpHeadParser {

  private static final int FIRST_LINE_BYTES = 256;
  private static final byte[] NO_LINE = {};

  /** Interim responses are rare; without a bound a peer could send them forever. */
  private static final int MAX_INTERIM_RESPONSES = 8;

  private enum State {
    BEFORE_REQUEST_LINE,
    EMPTY_LINE_CR,
    START_LINE,
    START_LINE_CR,
    HEADER_LINE,
    HEADER_LINE_CR,
    COMPLETE,
    FAILED;

    boolean mayBecome(State next) {
      return switch (this) {
        case BEFORE_REQUEST_LINE -> next == EMPTY_LINE_CR || next == START_LINE || next == FAILED;
        case EMPTY_LINE_CR -> next == START_LINE || next == FAILED;
        case START_LINE -> next == START_LINE_CR || next == FAILED;
        case START_LINE_CR -> next == HEADER_LINE || next == FAILED;
        case HEADER_LINE -> next == HEADER_LINE_CR || next == FAILED;
        case HEADER_LINE_CR ->
            next == HEADER_LINE || next == START_LINE || next == COMPLETE || next == FAILED;
        case COMPLETE, FAILED -> false;
      };
    }
  }

  private final HandshakeLimits limits;
  private final boolean request;
  private HttpHeaders.Builder headers = HttpHeaders.builder();
  private State state;
  private byte[] line = NO_LINE;
  private int lineBytes;
  private int headBytes;
  private int interimResponses;
  private @Nullable HttpHead head;

  private HttpHeadParser(HandshakeLimits limits, boolean request, State state) {
    this.limits = limits;
    this.request = request;
    this.state = state;
  }

  /** A parser for a request; one empty line before it is skipped (RFC 9112 §2.2). */
  public static HttpHeadParser forRequest(HandshakeLimits limits) {
    return new HttpHeadParser(limits, true, State.BEFORE_REQUEST_LINE);
  }

  /**
   * A parser for a final response: 100 Continue, 103 Early Hints and other interim ones are skipped
   * (RFC 9110 §15.2), 101 is final.
   */
  public static HttpHeadParser forResponse(HandshakeLimits limits) {
    return new HttpHeadParser(limits, false, State.START_LINE);
  }

  /**
   * Reads bytes up to the end of the head and returns how many were read.
   *
   * @throws HandshakeViolation at the first byte that cannot be right; the parser is of no use then
   */
  public int receive(ByteBuffer in, int index, int length) throws HandshakeViolation {
    Objects.checkFromIndexSize(index, length, in.capacity());
    if (state == State.FAILED) {
      throw new IllegalStateException("the head was refused before");
    }
    int read = 0;
    try {
      while (read < length && state != State.COMPLETE) {
        receive(in.get(index + read));
        read++;
      }
    } catch (HandshakeViolation violation) {
      become(State.FAILED);
      line = NO_LINE;
      throw violation;
    }
    return read;
  }

  /** Whether the empty line that ends a head was read. */
  public boolean isComplete() {
    return state == State.COMPLETE;
  }

  /** The head, once it is complete. */
  public HttpHead head() {
    if (state != State.COMPLETE || head == null) {
      throw new IllegalStateException("the head is not complete: " + state);
    }
    return head;
  }

  private void receive(byte octet) throws HandshakeViolation {
    if (headBytes == limits.maxHeadBytes()) {
      throw tooLong("the head", limits.maxHeadBytes());
    }
    headBytes++;
    switch (state) {
      case BEFORE_REQUEST_LINE -> {
        if (octet == '\r') {
          become(State.EMPTY_LINE_CR);
        } else {
          become(State.START_LINE);
          append(octet);
        }
      }
      case EMPTY_LINE_CR -> {
        expectLineFeed(octet);
        become(State.START_LINE);
      }
      case START_LINE -> {
        if (octet == '\r') {
          become(State.START_LINE_CR);
        } else {
          append(octet);
        }
      }
      case START_LINE_CR -> {
        expectLineFeed(octet);
        String text = takeLine();
        head = request ? StartLine.request(text) : StartLine.response(text);
        become(State.HEADER_LINE);
      }
      case HEADER_LINE -> {
        if (octet == '\r') {
          become(State.HEADER_LINE_CR);
        } else {
          append(octet);
        }
      }
      case HEADER_LINE_CR -> {
        expectLineFeed(octet);
        if (lineBytes > 0) {
          addHeader(takeLine());
          become(State.HEADER_LINE);
        } else {
          headRead(Objects.requireNonNull(head).withHeaders(headers.build()));
        }
      }
      case COMPLETE, FAILED -> throw new IllegalStateException(state.name());
    }
  }

  private void headRead(HttpHead read) throws HandshakeViolation {
    line = NO_LINE;
    if (request || read.status() == 101 || read.status() >= 200) {
      head = read;
      become(State.COMPLETE);
    } else if (++interimResponses > MAX_INTERIM_RESPONSES) {
      throw HandshakeViolation.badRequest(
          "RFC 9110 §15.2",
          "expected at most " + MAX_INTERIM_RESPONSES + " interim responses, got more");
    } else {
      head = null;
      headers = HttpHeaders.builder();
      headBytes = 0;
      become(State.START_LINE);
    }
  }

  private void append(byte octet) throws HandshakeViolation {
    int c = octet & 0xFF;
    if (c == '\n') {
      throw HandshakeViolation.badRequest("RFC 9112 §2.2", "expected CRLF, got a bare LF");
    }
    if (HttpSyntax.isControl(c)) {
      throw HandshakeViolation.badRequest(
          "RFC 9110 §5.5", String.format("expected text, got the control byte 0x%02x", c));
    }
    if (lineBytes == 0 && state == State.HEADER_LINE && (c == ' ' || c == '\t')) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §5.2", "expected a header name, got a line that begins with a blank");
    }
    if (lineBytes == limits.maxLineBytes()) {
      throw tooLong("a line", limits.maxLineBytes());
    }
    if (lineBytes == line.length) {
      int doubled = Math.max(FIRST_LINE_BYTES, 2 * line.length);
      line = Arrays.copyOf(line, Math.min(doubled, limits.maxLineBytes()));
    }
    line[lineBytes++] = octet;
  }

  private void expectLineFeed(byte octet) throws HandshakeViolation {
    if (octet != '\n') {
      throw HandshakeViolation.badRequest("RFC 9112 §2.2", "expected CRLF, got a bare CR");
    }
  }

  private String takeLine() {
    String text = new String(line, 0, lineBytes, ISO_8859_1);
    lineBytes = 0;
    return text;
  }

  private void addHeader(String text) throws HandshakeViolation {
    if (headers.size() == limits.maxHeaders()) {
      throw new HandshakeViolation(
          431, "RFC 6585 §5", "expected at most " + limits.maxHeaders() + " headers, got more");
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §5", "expected \"name: value\", got " + HttpSyntax.quoted(text));
    }
    String name = text.substring(0, colon);
    // This also refuses a blank before the colon, as a server must (RFC 9112 §5.1).
    if (!HttpSyntax.isToken(name)) {
      throw HandshakeViolation.badRequest(
          "RFC 9112 §5.1", "expected a token as header name, got " + HttpSyntax.quoted(name));
    }
    headers.addChecked(name, HttpSyntax.trim(text.substring(colon + 1)));
  }

  private HandshakeViolation tooLong(String what, int maxBytes) {
    String message = "expected " + what + " of at most " + maxBytes + " bytes, got more";
    return head == null
        ? new HandshakeViolation(414, "RFC 9110 §15.5.15", message)
        : new HandshakeViolation(431, "RFC 6585 §5", message);
  }

  private void become(State next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
  }
}
