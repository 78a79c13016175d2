package io.github.volfram.internal.handshake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Sec-WebSocket-Key and the Sec-WebSocket-Accept that proves it was read. Stateless. */
final class HandshakeKey {

  static final int NONCE_BYTES = 16;
  private static final int KEY_CHARS = 24;

  /** RFC 6455 §1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private HandshakeKey() {}

  /** The key of a nonce of 16 bytes (RFC 6455 §4.1). */
  static String of(byte[] nonce) {
    if (nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException(
          "the nonce must have 16 bytes (RFC 6455 §4.1), not " + nonce.length);
    }
    return Base64.getEncoder().encodeToString(nonce);
  }

  /** Whether this is base64 of 16 bytes: 22 characters and two of padding (RFC 6455 §4.2.1). */
  static boolean isValid(String key) {
    if (key.length() != KEY_CHARS) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(key).length == NONCE_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /** The Sec-WebSocket-Accept of a key (RFC 6455 §4.2.2). */
  static String accept(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("each Java platform has SHA-1", impossible);
    }
  }
}
