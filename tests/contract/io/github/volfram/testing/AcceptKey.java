package io.github.volfram.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Sec-WebSocket-Accept, made without the library (RFC 6455 §4.2.2). */
public final class AcceptKey {

  private AcceptKey() {}

  /** The answer to a Sec-WebSocket-Key. */
  public static String of(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The answer to the head of a request. */
  public static String ofHead(String head) {
    return of(head.replaceAll("(?is).*\r\nSec-WebSocket-Key: ([^\r]*)\r\n.*", "$1"));
  }
}
