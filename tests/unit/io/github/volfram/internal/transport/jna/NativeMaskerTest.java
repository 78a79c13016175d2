package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NativeMaskerTest {

  private static final int KEY = 0x37FA213D;
  private static final int LONG = NativeMasker.BREAK_EVEN_BYTES;
  private static final int OTHER = NativeMasker.OTHER_TEXT_BREAK_EVEN_BYTES;

  private final Masker java = JavaMasker.INSTANCE;
  private Masker masker;

  @BeforeEach
  void open() {
    NativeTests.requireLibrary();
    masker = new NativeMasker(java);
  }

  @Test
  void longPayloadsAreMaskedAsJavaDoes() {
    Random random = new Random(1);
    for (int length = LONG - 3; length < LONG + 70; length++) {
      for (int offset = 0; offset < 4; offset++) {
        ByteBuffer expected = content(random, 3000);
        ByteBuffer actual = ByteBuffer.allocateDirect(3000).put(0, expected, 0, 3000);
        int index = 5 + offset;
        java.mask(expected, index, length, KEY, offset);
        masker.mask(actual, index, length, KEY, offset);
        assertEquals(expected, actual);
        assertEquals(0, actual.position());
      }
    }
  }

  @Test
  void longTextIsJudgedAsJavaDoes() {
    Random random = new Random(2);
    String text = "Grüße, 漢字 and 🚀 at ASCII speed. ".repeat(200);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 500; round++) {
      ByteBuffer actual = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      if (round % 2 == 0) {
        actual.put(random.nextInt(bytes.length), (byte) random.nextInt());
      }
      ByteBuffer expected = ByteBuffer.allocateDirect(bytes.length).put(0, actual, 0, bytes.length);
      int length = LONG + random.nextInt(bytes.length - LONG);
      java.mask(actual, 0, length, KEY, 3);
      java.mask(expected, 0, length, KEY, 3);
      int state = java.maskText(expected, 0, length, KEY, 3, Masker.UTF8_COMPLETE);
      assertEquals(state, masker.maskText(actual, 0, length, KEY, 3, Masker.UTF8_COMPLETE));
    }
  }

  @Test
  void textOfAnyLengthIsJudgedAsJavaDoes() {
    byte[] bytes = "Съешь ещё этих мягких булок 漢字 🚀 ".repeat(80).getBytes(StandardCharsets.UTF_8);
    for (int length = OTHER - 2; length <= bytes.length; length++) {
      ByteBuffer actual = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      ByteBuffer expected = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      java.mask(actual, 0, length, KEY, length);
      java.mask(expected, 0, length, KEY, length);
      int state = java.maskText(expected, 0, length, KEY, length, Masker.UTF8_COMPLETE);
      assertEquals(state, masker.maskText(actual, 0, length, KEY, length, Masker.UTF8_COMPLETE));
      assertEquals(expected, actual);
    }
  }

  @Test
  void shortTextCrossesOnlyWhenItIsNotAscii() {
    assertEquals(1, javaCallsFor("x".repeat(LONG - 1)));
    assertEquals(0, javaCallsFor("x".repeat(LONG)));
    assertEquals(1, javaCallsFor("ж".repeat((OTHER - 1) / 2)));
    assertEquals(0, javaCallsFor("ж".repeat(OTHER / 2)));
  }

  /** How often the text is left to Java, masked and at each offset. */
  private int javaCallsFor(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Set<Integer> counts = new HashSet<>();
    for (int offset = 0; offset < 4; offset++) {
      ByteBuffer payload = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      java.mask(payload, 0, bytes.length, KEY, offset);
      CountingMasker counting = new CountingMasker();
      int state =
          new NativeMasker(counting)
              .maskText(payload, 0, bytes.length, KEY, offset, Masker.UTF8_COMPLETE);
      assertEquals(Masker.UTF8_COMPLETE, state);
      counts.add(counting.calls);
    }
    assertEquals(1, counts.size(), "the same at each offset");
    return counts.iterator().next();
  }

  private static final class CountingMasker implements Masker {
    int calls;

    @Override
    public void mask(ByteBuffer buffer, int index, int length, int key, long offset) {
      calls++;
      JavaMasker.INSTANCE.mask(buffer, index, length, key, offset);
    }

    @Override
    public int maskText(ByteBuffer buffer, int index, int length, int key, long offset, int state) {
      calls++;
      return JavaMasker.INSTANCE.maskText(buffer, index, length, key, offset, state);
    }
  }

  @Test
  void slicesBeginWhereTheyBegin() {
    ByteBuffer whole = ByteBuffer.allocateDirect(2 * LONG + 1000);
    ByteBuffer slice = whole.slice(1000, LONG);
    masker.mask(slice, 0, LONG, 0x01010101, 0);
    assertEquals(0, whole.get(999));
    assertEquals(1, whole.get(1000));
    assertEquals(1, whole.get(1000 + LONG - 1));
    assertEquals(0, whole.get(1000 + LONG));
  }

  @Test
  void nothingOutOfRangeIsTouched() {
    ByteBuffer direct = ByteBuffer.allocateDirect(2 * LONG);
    for (int[] range :
        new int[][] {{-1, LONG}, {LONG + 1, LONG}, {0, 2 * LONG + 1}, {Integer.MAX_VALUE, LONG}}) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> masker.mask(direct, range[0], range[1], KEY, 0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> masker.maskText(direct, range[0], range[1], KEY, 0, 0));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> masker.mask(direct, 0, -1, KEY, 0));
    assertThrows(
        ReadOnlyBufferException.class,
        () -> masker.mask(direct.asReadOnlyBuffer(), 0, LONG, KEY, 0));
  }

  @Test
  void anInvalidStateStaysInvalid() {
    ByteBuffer direct = ByteBuffer.allocateDirect(2 * LONG);
    assertEquals(Masker.UTF8_INVALID, masker.maskText(direct, 0, LONG, 0, 0, Masker.UTF8_INVALID));
  }

  private static ByteBuffer content(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
