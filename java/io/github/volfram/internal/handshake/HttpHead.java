package io.github.volfram.internal.handshake;

import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.x request or response: start line and headers. Immutable. Text is decoded
 * as ISO-8859-1, so each char is one byte of the wire. What belongs to the other kind of head is an
 * {@link IllegalStateException}.
 */
public final class HttpHead {

  private final @Nullable StatusLine statusLine;
  private final @Nullable RequestLine requestLine;
  private final String version;
  private final HttpHeaders headers;

  private record StatusLine(int status, String reason) {}

  private record RequestLine(String method, String target, RequestTarget parts) {}

  private HttpHead(
      @Nullable RequestLine requestLine,
      @Nullable StatusLine statusLine,
      String version,
      HttpHeaders headers) {
    this.requestLine = requestLine;
    this.statusLine = statusLine;
    this.version = version;
    this.headers = headers;
  }

  static HttpHead request(String method, String target, String version, HttpHeaders headers) {
    RequestLine line = new RequestLine(method, target, RequestTarget.parse(target));
    return new HttpHead(line, null, version, headers);
  }

  static HttpHead response(String version, int status, String reason, HttpHeaders headers) {
    return new HttpHead(null, new StatusLine(status, reason), version, headers);
  }

  HttpHead withHeaders(HttpHeaders others) {
    return new HttpHead(requestLine, statusLine, version, others);
  }

  /** The method as sent; methods are case-sensitive. */
  public String method() {
    return requestLine().method();
  }

  /** The request target as sent. */
  public String target() {
    return requestLine().target();
  }

  /** The path, not decoded and not normalised: "%00" and ".." are as the client sent them. */
  public String path() {
    return requestLine().parts().path();
  }

  /** The query after the question mark, not decoded; null when there is no question mark. */
  public @Nullable String query() {
    return requestLine().parts().query();
  }

  /**
   * The host, and the port if there is one, that the client means: of an absolute target, else of
   * the Host header (RFC 9112 §3.2.2); null when neither is well-formed.
   */
  @Nullable Authority authority() {
    Authority absolute = requestLine().parts().authority();
    String host = headers.first("Host");
    return absolute != null || host == null ? absolute : Authority.parse(host);
  }

  RequestTarget targetParts() {
    return requestLine().parts();
  }

  /** The version, as in "HTTP/1.1". */
  public String version() {
    return version;
  }

  /** Whether the version is HTTP/1.0. The parser lets no other major version through. */
  boolean isHttp10() {
    return version.equals("HTTP/1.0");
  }

  /** The status code, 100 to 999. */
  public int status() {
    return statusLine().status();
  }

  /** The reason phrase, possibly empty. */
  public String reason() {
    return statusLine().reason();
  }

  /** The headers in the order they came. */
  public HttpHeaders headers() {
    return headers;
  }

  private RequestLine requestLine() {
    if (requestLine == null) {
      throw new IllegalStateException("this is the head of a response, not of a request");
    }
    return requestLine;
  }

  private StatusLine statusLine() {
    if (statusLine == null) {
      throw new IllegalStateException("this is the head of a request, not of a response");
    }
    return statusLine;
  }
}
