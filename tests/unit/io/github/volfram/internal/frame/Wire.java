package io.github.volfram.internal.frame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Builds the bytes that a peer sends. */
final class Wire {

  private static final int KEY = 0x37FA213D; // RFC 6455 §5.7

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final boolean masked;

  /** Frames as they are sent to us in a role. */
  Wire(Role receiver) {
    masked = receiver == Role.SERVER;
  }

  static byte[] hex(String spaced) {
    return HexFormat.of().parseHex(spaced.replace(" ", ""));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] filled(int length) {
    byte[] filled = new byte[length];
    for (int i = 0; i < length; i++) {
      filled[i] = (byte) (i * 31 + (i >> 8));
    }
    return filled;
  }

  Wire raw(String spaced) {
    bytes.writeBytes(hex(spaced));
    return this;
  }

  /** A frame: the first byte as it stands, the rest made right. */
  Wire frame(int b0, byte[] payload) {
    header(b0, payload.length);
    byte[] copy = payload.clone();
    if (masked) {
      for (int i = 0; i < copy.length; i++) {
        copy[i] ^= (byte) (KEY >>> (24 - 8 * (i & 3)));
      }
    }
    bytes.writeBytes(copy);
    return this;
  }

  Wire frame(int b0, String text) {
    return frame(b0, utf8(text));
  }

  Wire header(int b0, long length) {
    ByteBuffer header = ByteBuffer.allocate(FrameEncoder.MAX_HEADER_BYTES);
    boolean fin = (b0 & 0x80) != 0;
    int rsv = b0 >> 4 & 7;
    int n =
        masked
            ? FrameEncoder.putMaskedHeader(header, 0, fin, rsv, b0 & 15, length, KEY)
            : FrameEncoder.putHeader(header, 0, fin, rsv, b0 & 15, length);
    bytes.write(header.array(), 0, n);
    return this;
  }

  int size() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
