package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CloseFrameTest {

  private static CloseFrame decode(String hex) throws ProtocolViolation {
    byte[] bytes = Wire.hex("FF" + hex + "FF");
    return CloseFrame.decode(ByteBuffer.wrap(bytes), 1, bytes.length - 2);
  }

  private static void assertViolation(int code, String hex) {
    ProtocolViolation violation = assertThrows(ProtocolViolation.class, () -> decode(hex));
    assertEquals(code, violation.closeCode(), violation.getMessage());
  }

  @Test
  void anEmptyPayloadMeans1005_7_1_5() throws Exception {
    assertEquals(new CloseFrame(1005, ""), decode(""));
  }

  @Test
  void codeAndReasonAreRead_5_5_1() throws Exception {
    assertEquals(new CloseFrame(1000, ""), decode("03E8"));
    assertEquals(new CloseFrame(4999, "bye ü"), decode("1387 627965 20 c3bc"));
  }

  @Test
  void oneByteFails_5_5_1() {
    assertViolation(1002, "03");
  }

  @Test
  void everyCodeIsAcceptedOrFailed_7_4() {
    for (int code = 0; code <= 0xFFFF; code++) {
      boolean legal =
          (code >= 1000 && code <= 1003)
              || (code >= 1007 && code <= 1014)
              || (code >= 3000 && code <= 4999);
      assertEquals(legal, CloseFrame.isReceivable(code), () -> "code");
      ByteBuffer payload = ByteBuffer.allocate(2).putShort(0, (short) code);
      int actual;
      try {
        actual = CloseFrame.decode(payload, 0, 2).code();
      } catch (ProtocolViolation e) {
        actual = -e.closeCode();
      }
      assertEquals(legal ? code : -1002, actual);
    }
  }

  @Test
  void reasonThatIsNotUtf8Fails_8_1() {
    assertViolation(1007, "03E8 FF");
    assertViolation(1007, "03E8 C3");
    assertViolation(1007, "03E8 EDA080");
  }

  @Test
  void applicationsSendFewerCodesThanTheLibrary_7_4_2() {
    assertTrue(CloseFrame.isSendable(1000));
    assertTrue(CloseFrame.isSendable(3000));
    assertTrue(CloseFrame.isSendable(4999));
    for (int code : new int[] {0, 999, 1001, 1002, 1005, 1006, 1011, 1015, 2999, 5000, 65536}) {
      assertEquals(false, CloseFrame.isSendable(code));
    }
    assertTrue(CloseFrame.isSendableByLibrary(1002));
    assertTrue(CloseFrame.isSendableByLibrary(1011));
    assertEquals(false, CloseFrame.isSendableByLibrary(1006));
  }

  @Test
  void payloadIsEncoded_5_5_1() {
    assertEquals("", HexFormat.of().formatHex(CloseFrame.encode(1005, "")));
    assertEquals("03e8", HexFormat.of().formatHex(CloseFrame.encode(1000, "")));
    assertEquals("1387c3bc", HexFormat.of().formatHex(CloseFrame.encode(4999, "ü")));
    assertEquals(125, CloseFrame.encode(1000, "x".repeat(123)).length);
    assertEquals(125, CloseFrame.encode(1000, "x" + "ü".repeat(61)).length);
  }

  @Test
  void whatCannotBeSentIsTheCallersMistake() {
    for (int code : new int[] {-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 66536}) {
      assertThrows(IllegalArgumentException.class, () -> CloseFrame.encode(code, "x"));
    }
    assertThrows(IllegalArgumentException.class, () -> CloseFrame.encode(1000, "x".repeat(124)));
    assertThrows(IllegalArgumentException.class, () -> CloseFrame.encode(1000, "ü".repeat(62)));
    assertThrows(IllegalArgumentException.class, () -> CloseFrame.encode(1000, "\uD800"));
  }
}
