package io.github.volfram.conformance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How what happened on a connection is written down: short, and equal only when the bytes are. */
final class Events {

  private static final int SHOWN_BYTES = 40;

  private Events() {}

  static String text(byte[] utf8) {
    return "text " + content(utf8);
  }

  static String text(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  static String binary(byte[] payload) {
    return "binary " + content(payload);
  }

  static String ping(byte[] payload) {
    return "ping " + content(payload);
  }

  static String pong(byte[] payload) {
    return "pong " + content(payload);
  }

  /** A close frame; 1005 stands for one without a code. */
  static String close(int code) {
    return "close " + code;
  }

  /** What an endpoint is told at the end: the close frame that came, as far as it had anything. */
  static String closed(int code, String reason) {
    return close(code) + " " + reason;
  }

  /** What an endpoint is told at the end: the code with which it failed the connection itself. */
  static String failed(int code) {
    return "fail " + code;
  }

  /** The bytes themselves, or the length and hash of many. */
  private static String content(byte[] bytes) {
    if (bytes.length <= SHOWN_BYTES) {
      return HexFormat.of().formatHex(bytes);
    }
    return bytes.length + " bytes " + hash(bytes);
  }

  static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
