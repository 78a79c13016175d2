package io.github.volfram.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Payloads whose every unmasking, in place and over and over, is the same work. */
public final class Payloads {

  /**
   * A key under which the texts below stay well-formed UTF-8 however often it is applied: it flips
   * the lowest bit of each byte, which no ASCII character, no continuation byte and no first byte
   * used there depends on.
   */
  public static final int KEY = 0x01010101;

  private static final String ASCII =
      "The quick brown fox jumps over the lazy dog; 0123456789 {\"price\": 100.25, \"size\": 7}. ";

  /** Scripts of two, three and four bytes a character, and ASCII between them. */
  private static final String MIXED =
      "Съешь ещё этих мягких французских булок, да выпей чаю. "
          + "天地玄黄宇宙洪荒日月盈昃 mixed with some ASCII 😀🚀 "
          + "Ζαφείρι δέξου πάγκαλο. ";

  private Payloads() {}

  /** A direct buffer with {@code length} bytes of text from index 0, whole characters only. */
  public static ByteBuffer text(String kind, int length) {
    byte[] unit = (kind.equals("ascii") ? ASCII : MIXED).getBytes(StandardCharsets.UTF_8);
    ByteBuffer text = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      text.put(i, unit[i % unit.length]);
    }
    // What the end would cut in two becomes ASCII.
    for (int i = length - length % unit.length; i < length; i++) {
      if (text.get(i) < 0 && !fits(unit, i % unit.length, length - i)) {
        while (i < length) {
          text.put(i++, (byte) 'x');
        }
      }
    }
    return text;
  }

  /** Whether the character that the byte at an index begins or continues ends within the room. */
  private static boolean fits(byte[] unit, int index, int room) {
    int end = index + 1;
    while (end < unit.length && (unit[end] & 0xC0) == 0x80) {
      end++;
    }
    return end - index <= room;
  }

  /** A direct buffer with {@code length} bytes from index 0. */
  public static ByteBuffer binary(int length) {
    ByteBuffer payload = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      payload.put(i, (byte) (i * 31));
    }
    return payload;
  }
}
