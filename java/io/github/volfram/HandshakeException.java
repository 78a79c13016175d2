package io.github.volfram;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The opening handshake failed: the server refused it or broke RFC 6455 §4. */
public final class HandshakeException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, List<String>> headers;
  private final byte[] bodyPrefix;

  /**
   * Made by the library.
   *
   * @param status the HTTP status received, or 0 when there was none
   * @param headers the headers received
   * @param bodyPrefix the first bytes of the body received, at most 64 KiB
   */
  public HandshakeException(
      String message, int status, Map<String, List<String>> headers, byte[] bodyPrefix) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.bodyPrefix = bodyPrefix.clone();
  }

  /** The HTTP status that the server answered, or 0 when no valid response arrived. */
  public int status() {
    return status;
  }

  /** The headers of the answer; empty when there was none. */
  public Map<String, List<String>> headers() {
    return headers == null ? Map.of() : headers;
  }

  /** The first bytes of the answer's body, at most 64 KiB. */
  public byte[] bodyPrefix() {
    return bodyPrefix.clone();
  }
}
