package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NativeMaskerTest {

  private static final int KEY = 0x37FA213D;
  private static final int LONG = NativeMasker.BREAK_EVEN_BYTES;

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
  void slicesBeginWhereTheyBegin() {
    ByteBuffer whole = ByteBuffer.allocateDirect(4096);
    ByteBuffer slice = whole.slice(1000, 2000);
    masker.mask(slice, 0, 2000, 0x01010101, 0);
    assertEquals(0, whole.get(999));
    assertEquals(1, whole.get(1000));
    assertEquals(1, whole.get(2999));
    assertEquals(0, whole.get(3000));
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
