package io.github.volfram.internal.frame;

import static io.github.volfram.internal.transport.Masker.UTF8_COMPLETE;
import static io.github.volfram.internal.transport.Masker.UTF8_INVALID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer chars = CharBuffer.allocate(64);

  /** The JDK's judgement: whether the bytes are well-formed as a whole. */
  private boolean isWellFormed(ByteBuffer bytes, int length) {
    chars.clear();
    decoder.reset();
    return !decoder.decode(bytes.position(0).limit(length), chars, true).isError();
  }

  /** Compares the validator with the JDK: at once, behind and before ASCII, and byte by byte. */
  private void compare(ByteBuffer sequence, int length, ByteBuffer padded) {
    boolean expected = isWellFormed(sequence, length);
    sequence.clear();
    int atOnce = Utf8.next(UTF8_COMPLETE, sequence, 0, length);
    int byByte = UTF8_COMPLETE;
    for (int i = 0; i < length; i++) {
      byByte = Utf8.next(byByte, sequence.get(i));
    }
    padded.put(8, sequence, 0, length);
    int among = Utf8.next(UTF8_COMPLETE, padded, 0, padded.capacity());
    if (expected != (atOnce == UTF8_COMPLETE)
        || atOnce != byByte
        || expected != (among == UTF8_COMPLETE)) {
      byte[] bytes = new byte[length];
      sequence.get(0, bytes);
      throw new AssertionError(
          java.util.HexFormat.of().formatHex(bytes)
              + ": expected "
              + expected
              + ", got "
              + atOnce
              + ", byte by byte "
              + byByte
              + ", among ASCII "
              + among);
    }
  }

  private static ByteBuffer ascii(int length) {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      buffer.put(i, (byte) 'a');
    }
    return buffer;
  }

  @Test
  void allSequencesOfOneToThreeBytesAreJudgedAsTheJdkDoes() {
    ByteBuffer sequence = ByteBuffer.allocate(3);
    for (int length = 1; length <= 3; length++) {
      ByteBuffer padded = ascii(16 + length);
      for (int value = 0; value < 1 << 8 * length; value++) {
        for (int i = 0; i < length; i++) {
          sequence.put(i, (byte) (value >> 8 * (length - 1 - i)));
        }
        compare(sequence, length, padded);
      }
    }
  }

  @Test
  void sequencesOfFourBytesAreJudgedAsTheJdkDoes() {
    int[] edges = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE1, 0xFF};
    ByteBuffer sequence = ByteBuffer.allocate(4);
    ByteBuffer padded = ascii(20);
    for (int first = 0x7F; first <= 0xFF; first++) {
      for (int second = 0x7F; second <= 0xC0; second++) {
        for (int third : edges) {
          for (int fourth : edges) {
            sequence.put(0, (byte) first).put(1, (byte) second);
            sequence.put(2, (byte) third).put(3, (byte) fourth);
            compare(sequence, 4, padded);
          }
        }
      }
    }
  }

  @Test
  void everyCharacterIsWellFormedAtEverySplit() {
    ByteBuffer sequence = ByteBuffer.allocate(4);
    for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++) {
      if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
        continue;
      }
      byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
      sequence.put(0, bytes);
      for (int cut = 0; cut <= bytes.length; cut++) {
        int state = Utf8.next(UTF8_COMPLETE, sequence, 0, cut);
        if (cut > 0 && cut < bytes.length) {
          assertEquals(bytes.length - cut, state & 3, "bytes to come");
        }
        state = Utf8.next(state, sequence, cut, bytes.length - cut);
        if (state != UTF8_COMPLETE) {
          throw new AssertionError("U+" + Integer.toHexString(codePoint) + " cut at " + cut);
        }
      }
    }
  }

  @Test
  void randomTextIsJudgedTheSameAtEverySplit() {
    long seed = System.nanoTime();
    System.out.println("Utf8Test seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 60) {
        int magnitude = 7 + random.nextInt(15);
        int codePoint = random.nextInt(Math.min(1 << magnitude, 0x110000));
        if (codePoint < 0xD800 || codePoint > 0xDFFF) {
          text.appendCodePoint(codePoint);
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (round % 2 == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      int expected = UTF8_COMPLETE;
      for (byte b : bytes) {
        expected = Utf8.next(expected, b);
      }
      for (int cut = 0; cut <= bytes.length; cut++) {
        int state = Utf8.next(UTF8_COMPLETE, buffer, 0, cut);
        assertEquals(expected, Utf8.next(state, buffer, cut, bytes.length - cut));
      }
    }
  }

  @Test
  void invalidIsNoticedAtTheOffendingByte_8_1() {
    String[] offending = {
      "80", "C0", "C1", "F5", "FF", "E080", "E09F", "EDA0", "F08F", "F490", "C241", "E2C2", "E282C2"
    };
    for (String hex : offending) {
      byte[] bytes = Wire.hex(hex);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      assertTrue(Utf8.next(UTF8_COMPLETE, buffer, 0, bytes.length - 1) >= 0, hex);
      assertEquals(UTF8_INVALID, Utf8.next(UTF8_COMPLETE, buffer, 0, bytes.length), hex);
    }
    assertEquals(UTF8_INVALID, Utf8.next(UTF8_INVALID, ByteBuffer.allocate(1), 0, 1));
    assertEquals(UTF8_INVALID, Utf8.next(UTF8_INVALID, ByteBuffer.allocate(1), 0, 0));
  }

  @Test
  void theStateHoldsTheCountAndTheRange() {
    assertEquals(1 | 0x80 << 8 | 0xBF << 16, Utf8.next(0, (byte) 0xC2));
    assertEquals(2 | 0xA0 << 8 | 0xBF << 16, Utf8.next(0, (byte) 0xE0));
    assertEquals(2 | 0x80 << 8 | 0x9F << 16, Utf8.next(0, (byte) 0xED));
    assertEquals(3 | 0x90 << 8 | 0xBF << 16, Utf8.next(0, (byte) 0xF0));
    assertEquals(3 | 0x80 << 8 | 0x8F << 16, Utf8.next(0, (byte) 0xF4));
  }

  @Test
  void encodingAgreesWithTheJdk() {
    String[] texts = {
      "",
      "a",
      "Hello, world!",
      "grüße",
      "κόσμε",
      "漢字かな交じり文",
      "😀",
      "aaaaaaa😀bbbbbbbb😀",
      "exactly8",
      "exactly8exactly8",
      "sevenü8exactly8",
      "\u0000\u007F\u0080\u07FF\u0800\uFFFF"
    };
    for (String text : texts) {
      byte[] expected = text.getBytes(StandardCharsets.UTF_8);
      assertEquals(expected.length, Utf8.encodedLength(text), text);
      for (ByteBuffer dst :
          new ByteBuffer[] {
            ByteBuffer.allocate(expected.length + 3), ByteBuffer.allocateDirect(expected.length + 3)
          }) {
        assertEquals(expected.length, Utf8.encode(new StringBuilder(text), dst, 3), text);
        assertEquals(ByteBuffer.wrap(expected), dst.slice(3, expected.length), text);
        assertEquals(0, dst.position());
      }
    }
  }

  @Test
  void everyCharacterIsEncodedAsTheJdkDoes() {
    ByteBuffer dst = ByteBuffer.allocate(4);
    for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++) {
      if (codePoint < 0xD800 || codePoint > 0xDFFF) {
        String text = Character.toString(codePoint);
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        int n = Utf8.encode(text, dst, 0);
        if (n != expected.length
            || n != Utf8.encodedLength(text)
            || !dst.slice(0, n).equals(ByteBuffer.wrap(expected))) {
          throw new AssertionError("U+" + Integer.toHexString(codePoint));
        }
      }
    }
  }

  @Test
  void loneSurrogatesAreRefusedWithTheirPlace() {
    ByteBuffer dst = ByteBuffer.allocate(64);
    String[] texts = {"abc\uD800", "abc\uDC00def", "abc\uD800\uD800\uDC00", "abc\uDC00\uD800"};
    for (String text : texts) {
      for (org.junit.jupiter.api.function.Executable call :
          new org.junit.jupiter.api.function.Executable[] {
            () -> Utf8.encodedLength(text), () -> Utf8.encode(text, dst, 0)
          }) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains("index 3"), e.getMessage());
        assertTrue(e.getMessage().contains("U+D"), e.getMessage());
      }
    }
  }

  @Test
  void tooLittleRoomIsRefused() {
    ByteBuffer dst = ByteBuffer.allocate(9);
    assertThrows(IndexOutOfBoundsException.class, () -> Utf8.encode("exactly8", dst, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Utf8.encode("ü", dst, 8));
  }
}
