package io.github.volfram.internal.frame;

import static io.github.volfram.internal.transport.Masker.UTF8_COMPLETE;
import static io.github.volfram.internal.transport.Masker.UTF8_INVALID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JavaMaskerTest {

  private static final int KEY = 0x37FA213D;
  private static final Masker MASKER = JavaMasker.INSTANCE;

  /** RFC 6455 §5.3, as it is written there. */
  private static void reference(byte[] bytes, int index, int length, int key, long offset) {
    byte[] octets = ByteBuffer.allocate(4).putInt(0, key).array();
    for (int i = 0; i < length; i++) {
      bytes[index + i] ^= octets[(int) ((i + offset) % 4)];
    }
  }

  private static byte[] content(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer[] buffers(int capacity) {
    return new ByteBuffer[] {
      ByteBuffer.allocate(capacity),
      ByteBuffer.allocateDirect(capacity),
      ByteBuffer.allocateDirect(capacity + 1).position(1).slice().order(ByteOrder.LITTLE_ENDIAN)
    };
  }

  @Test
  void everyLengthAlignmentAndPhaseAgreesWithTheReference_5_3() {
    byte[] plain = Wire.filled(150);
    for (ByteBuffer buffer : buffers(plain.length)) {
      for (int length = 0; length <= 130; length++) {
        for (int index = 0; index < 8; index++) {
          for (int phase = 0; phase < 4; phase++) {
            byte[] expected = plain.clone();
            reference(expected, index, length, KEY, phase);
            buffer.put(0, plain);
            MASKER.mask(buffer, index, length, KEY, phase);
            assertEquals(ByteBuffer.wrap(expected), ByteBuffer.wrap(content(buffer)));
          }
        }
      }
    }
  }

  @Test
  void textIsUnmaskedAndJudgedLikeInTwoSteps() {
    String[] texts = {
      "a".repeat(140),
      "ü".repeat(70),
      "漢".repeat(47),
      "😀".repeat(35),
      "ascii first, then κόσμε and 漢字 and 😀, then ascii again ".repeat(2)
    };
    for (String text : texts) {
      byte[] plain = text.getBytes(StandardCharsets.UTF_8);
      for (ByteBuffer buffer : buffers(plain.length)) {
        for (int length = 0; length <= Math.min(130, plain.length - 8); length++) {
          for (int index = 0; index < 8; index++) {
            int phase = (length + index) % 4;
            byte[] masked = plain.clone();
            reference(masked, index, length, KEY, phase);
            int expected = Utf8.next(UTF8_COMPLETE, ByteBuffer.wrap(plain), index, length);
            buffer.put(0, masked);
            int state = MASKER.maskText(buffer, index, length, KEY, phase, UTF8_COMPLETE);
            assertEquals(expected, state, text);
            if (expected >= 0) {
              assertEquals(ByteBuffer.wrap(plain), ByteBuffer.wrap(content(buffer)));
            }
          }
        }
      }
    }
  }

  @Test
  void longTextInPartsIsJudgedAcrossBlocks() {
    byte[] plain = "漢字 and ascii 😀 ".repeat(500).getBytes(StandardCharsets.UTF_8);
    for (int part : new int[] {1, 3, 7, 511, 512, 513, 1024, 4099, plain.length}) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(plain.length);
      byte[] masked = plain.clone();
      reference(masked, 0, plain.length, KEY, 0);
      buffer.put(0, masked);
      int state = UTF8_COMPLETE;
      for (int at = 0; at < plain.length; at += part) {
        int length = Math.min(part, plain.length - at);
        state = MASKER.maskText(buffer, at, length, KEY, at, state);
      }
      assertEquals(UTF8_COMPLETE, state);
      assertEquals(ByteBuffer.wrap(plain), ByteBuffer.wrap(content(buffer)));
    }
  }

  @Test
  void oneBadByteAnywhereIsNoticed_8_1() {
    for (int length : new int[] {1, 7, 8, 15, 16, 17, 130, 1500}) {
      for (int bad = 0; bad < length; bad++) {
        byte[] bytes = "a".repeat(length).getBytes(StandardCharsets.UTF_8);
        bytes[bad] = (byte) 0xFF;
        reference(bytes, 0, length, KEY, 2);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        assertEquals(
            UTF8_INVALID, MASKER.maskText(buffer, 0, length, KEY, 2, UTF8_COMPLETE), "at " + bad);
      }
    }
    assertEquals(UTF8_INVALID, MASKER.maskText(ByteBuffer.allocate(1), 0, 1, KEY, 0, UTF8_INVALID));
  }

  @Test
  void textOfAnyBytesIsJudgedAsByteByByte_8_1() {
    long seed = System.nanoTime();
    System.out.println("JavaMaskerTest seed " + seed);
    Random random = new Random(seed);
    String[] pieces = {"a", "exactly8", "ü", "漢", "😀", "exactly8exactly8"};
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(random.nextInt(8) == 0 ? 300 : 20);
      for (int i = 0; i < count; i++) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
      if (plain.length > 0 && random.nextInt(3) > 0) {
        plain[random.nextInt(plain.length)] = (byte) random.nextInt();
      }
      int before = random.nextInt(plain.length + 1);
      int split = before + random.nextInt(plain.length + 1 - before);
      int key = random.nextInt();
      byte[] masked = plain.clone();
      reference(masked, 0, masked.length, key, 0);
      ByteBuffer buffer = ByteBuffer.allocateDirect(masked.length).put(0, masked);
      int[] ends = {before, split, plain.length};
      int expected = UTF8_COMPLETE;
      int state = UTF8_COMPLETE;
      int at = 0;
      for (int end : ends) {
        for (int i = at; i < end; i++) {
          expected = Utf8.next(expected, plain[i]);
        }
        state = MASKER.maskText(buffer, at, end - at, key, at, state);
        assertEquals(expected, state, () -> "seed " + seed);
        at = end;
      }
      if (state >= 0) {
        assertEquals(ByteBuffer.wrap(plain), ByteBuffer.wrap(content(buffer)));
      }
    }
  }

  @Test
  void aKeyOf0ChangesNothingAndStillJudges() {
    ByteBuffer buffer = ByteBuffer.wrap(Wire.hex("C3BC C3"));
    MASKER.mask(buffer, 0, 3, 0, 1);
    assertEquals(UTF8_COMPLETE, MASKER.maskText(buffer, 0, 2, 0, 0, UTF8_COMPLETE));
    assertEquals(1, MASKER.maskText(buffer, 2, 1, 0, 2, UTF8_COMPLETE) & 3);
    assertEquals(ByteBuffer.wrap(Wire.hex("C3BC C3")), buffer);
  }

  @Test
  void anOffsetBeyondTwoToTheThirtyFirstKeepsItsPhase() {
    long offset = (1L << 31) + 3;
    byte[] expected = Wire.filled(20);
    ByteBuffer buffer = ByteBuffer.wrap(expected.clone());
    reference(expected, 0, 20, KEY, offset);
    MASKER.mask(buffer, 0, 20, KEY, offset);
    assertEquals(ByteBuffer.wrap(expected), buffer);
  }

  @Test
  void regionsOutsideTheBufferAreRefused() {
    ByteBuffer buffer = ByteBuffer.allocate(8);
    int[][] regions = {{-1, 1}, {0, 9}, {8, 1}, {0, -1}, {Integer.MAX_VALUE, 1}};
    for (int[] region : regions) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> MASKER.mask(buffer, region[0], region[1], KEY, 0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> MASKER.maskText(buffer, region[0], region[1], KEY, 0, 0));
    }
  }
}
