package io.github.volfram.interop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an end of a connection was told. Long contents are their length and their SHA-256, so that
 * two events are equal when their contents are, and a failure can be read.
 */
record Event(String kind, String content) {

  private static final int SHORT = 130;

  /** The connection is open: the subprotocol, and the request's header {@code x-probe}. */
  static Event open(String subprotocol, String probe) {
    return new Event("open", subprotocol + " " + probe);
  }

  static Event text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return new Event("text", utf8.length <= SHORT ? text : digest(utf8));
  }

  static Event binary(byte[] payload) {
    return new Event("binary", shown(payload));
  }

  static Event ping(byte[] payload) {
    return new Event("ping", shown(payload));
  }

  static Event pong(byte[] payload) {
    return new Event("pong", shown(payload));
  }

  static Event close(int code, String reason) {
    return new Event("close", code + " " + reason);
  }

  /** Something that should not have happened. */
  static Event error(String what) {
    return new Event("error", what);
  }

  /** The length of these bytes and their SHA-256. */
  static String digest(byte[] bytes) {
    return digest(ByteBuffer.wrap(bytes));
  }

  /** The length of what remains and its SHA-256; the buffer's position does not move. */
  static String digest(ByteBuffer bytes) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes.duplicate());
      return bytes.remaining() + " bytes " + HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A copy of what remains; the buffer's position does not move. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static String shown(byte[] payload) {
    return payload.length <= SHORT ? HexFormat.of().formatHex(payload) : digest(payload);
  }
}
