package io.github.volfram.internal.handshake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** Text as the bytes of a wire, and back; lines end with CRLF. */
final class Wire {

  /** RFC 6455 §1.3. */
  static final String SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  static final String SAMPLE_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  static final byte[] SAMPLE_NONCE = "the sample nonce".getBytes(ISO_8859_1);

  private Wire() {}

  static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  /** Feeds all bytes at once and returns how many were taken. */
  static int feed(ServerHandshake handshake, String text) {
    return handshake.receive(bytes(text), 0, text.length());
  }

  static int feed(ClientHandshake handshake, String text) {
    return handshake.receive(bytes(text), 0, text.length());
  }
}
