package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rules of RFC 6455 for frames and messages, each for both roles, at once and in bytes. */
class FrameRulesTest {

  private FrameLimits limits = Receiver.LIMITS;

  private void assertEvents(Consumer<Wire> stream, String... events) {
    for (Role role : Role.values()) {
      Wire wire = new Wire(role);
      stream.accept(wire);
      byte[] bytes = wire.bytes();
      for (boolean whole : new boolean[] {true, false}) {
        assertEquals(
            List.of(events), new Receiver(role, limits, whole).receiveSplit(bytes), "at once");
        assertEquals(
            List.of(events),
            new Receiver(role, limits, whole).receiveByteByByte(bytes),
            "in bytes");
      }
    }
  }

  @Test
  void lengthAboveTheFrameLimitFailsBeforeThePayload_10_4() {
    limits = new FrameLimits(100, 1000, 0);
    assertEvents(
        w -> w.frame(0x82, new byte[100]).header(0x82, 101), binary(100), "violation 1009");
    assertEvents(w -> w.header(0x82, Long.MAX_VALUE), "violation 1009");
    assertEvents(w -> w.header(0x02, 101), "violation 1009");
  }

  @Test
  void totalAboveTheMessageLimitFailsBeforeThePayload_10_4() {
    limits = new FrameLimits(Long.MAX_VALUE, 100, 0);
    assertEvents(w -> w.header(0x81, 101), "violation 1009");
    assertEvents(w -> w.frame(0x02, new byte[60]).header(0x80, 41), "violation 1009");
    assertEvents(w -> w.frame(0x02, new byte[60]).frame(0x80, new byte[40]), binary(100));
    assertEvents(w -> w.frame(0x02, new byte[60]).header(0x00, Long.MAX_VALUE), "violation 1009");
    limits = new FrameLimits(Long.MAX_VALUE, Integer.MAX_VALUE - 1, 0);
    assertEvents(w -> w.header(0x81, Integer.MAX_VALUE), "violation 1009");
    limits = new FrameLimits(0, 0, 0);
    assertEvents(w -> w.frame(0x82, "").header(0x82, 1), "binary ", "violation 1009");
  }

  private static String binary(int zeros) {
    EventLog log = new EventLog();
    log.message(Opcode.BINARY, java.nio.ByteBuffer.allocate(zeros), 0, zeros, true);
    return log.all().get(0);
  }

  @Test
  void controlFramesAreNotMessagesForTheLimits() {
    limits = new FrameLimits(0, 0, 0);
    assertEvents(w -> w.frame(0x89, "ping"), "ping 70696e67");
  }

  @Test
  void continuationWithoutAMessageFails_5_4() {
    assertEvents(w -> w.header(0x80, 0), "violation 1002");
    assertEvents(w -> w.header(0x00, 5), "violation 1002");
    assertEvents(w -> w.frame(0x81, "a").header(0x80, 0), "text 61", "violation 1002");
  }

  @Test
  void newMessageWithinAMessageFails_5_4() {
    assertEvents(w -> w.frame(0x01, "a").header(0x81, 1), "violation 1002");
    assertEvents(w -> w.frame(0x02, "a").header(0x01, 0), "violation 1002");
    assertEvents(w -> w.frame(0x01, "").header(0x82, 0), "violation 1002");
  }

  @Test
  void controlFramesBetweenFragmentsAreHandledAtOnce_5_4() {
    assertEvents(
        w ->
            w.frame(0x01, "Hel")
                .frame(0x89, "1")
                .frame(0x00, "l")
                .frame(0x8A, "2")
                .frame(0x89, "")
                .frame(0x80, "o"),
        "ping 31",
        "pong 32",
        "ping ",
        "text 48656c6c6f");
  }

  @Test
  void emptyFragmentsMakeAMessage_5_4() {
    assertEvents(w -> w.frame(0x01, "").frame(0x00, "").frame(0x80, ""), "text ");
    assertEvents(w -> w.frame(0x02, "").frame(0x00, "a").frame(0x80, ""), "binary 61");
    assertEvents(w -> w.frame(0x81, "").frame(0x82, ""), "text ", "binary ");
  }

  @Test
  void tooManyEmptyFragmentsInARowFail_5_4() {
    limits = new FrameLimits(1000, 1000, 3);
    Consumer<Wire> three = w -> w.frame(0x02, "").frame(0x00, "").frame(0x89, "").frame(0x00, "");
    assertEvents(three.andThen(w -> w.frame(0x80, "")), "ping ", "binary ");
    assertEvents(three.andThen(w -> w.frame(0x00, "a")).andThen(w -> w.frame(0x00, "")), "ping ");
    assertEvents(three.andThen(w -> w.frame(0x00, "")), "ping ", "violation 1008");
    assertEvents(three.andThen(w -> w.frame(0x80, "")).andThen(three), "ping ", "binary ", "ping ");
  }

  @Test
  void illFormedTextFailsAtTheOffendingByte_8_1() {
    String[] offending = {
      "c0", "80", "ff", "f5", "e080", "eda0", "f08f", "f490", "c328", "e28228", "f09f98e2"
    };
    for (String hex : offending) {
      for (String before : new String[] {"", "61", "cebae1bdb9cf83cebcceb5"}) {
        for (Role role : Role.values()) {
          byte[] text = Wire.hex(before + hex);
          // The frame announces more than ever comes: the violation cannot wait for FIN.
          byte[] padded = java.util.Arrays.copyOf(text, text.length + 40);
          Wire wire = new Wire(role).frame(0x01, padded);
          int badByte = wire.size() - 41;
          for (boolean whole : new boolean[] {true, false}) {
            Receiver receiver = new Receiver(role, limits, whole);
            for (int i = 0; i < badByte; i++) {
              receiver.receive(wire.bytes(), i, i + 1);
            }
            assertNull(receiver.violation, hex);
            receiver.receive(wire.bytes(), badByte, badByte + 1);
            assertNotNull(receiver.violation, hex);
            assertEquals(1007, receiver.violation.closeCode());
          }
        }
      }
    }
  }

  @Test
  void textThatEndsInsideACharacterFails_8_1() {
    assertEvents(w -> w.frame(0x81, Wire.hex("61 C3")), "violation 1007");
    assertEvents(
        w -> w.frame(0x01, Wire.hex("E2 82")).frame(0x89, "").frame(0x80, ""),
        "ping ",
        "violation 1007");
    assertEvents(
        w -> w.frame(0x01, Wire.hex("F0 9F")).frame(0x80, Wire.hex("98")), "violation 1007");
  }

  @Test
  void charactersMayBeCutByFrames_8_1() {
    byte[] text = Wire.utf8("κ漢😀");
    for (int cut = 0; cut <= text.length; cut++) {
      byte[] head = java.util.Arrays.copyOf(text, cut);
      byte[] tail = java.util.Arrays.copyOfRange(text, cut, text.length);
      assertEvents(
          w -> w.frame(0x01, head).frame(0x89, Wire.hex("ff")).frame(0x80, tail),
          "ping ff",
          "text cebae6bca2f09f9880");
    }
  }

  @Test
  void binaryIsNotText_8_1() {
    assertEvents(w -> w.frame(0x82, Wire.hex("FF FE")), "binary fffe");
  }

  @Test
  void closeFrameOfOneByteOrBadCodeFails_7_4() {
    assertEvents(w -> w.frame(0x88, Wire.hex("03")), "violation 1002");
    for (String code :
        List.of("0000", "03E7", "03EC", "03ED", "03EE", "03F7", "03F8", "0BB7", "1388")) {
      assertEvents(w -> w.frame(0x88, Wire.hex(code)), "violation 1002");
    }
  }

  @Test
  void closeReasonThatIsNotUtf8Fails_8_1() {
    assertEvents(w -> w.frame(0x88, Wire.hex("03E8 CEBA ED A0 80")), "violation 1007");
  }

  @Test
  void emptyCloseIs1005_7_1_5() {
    assertEvents(w -> w.frame(0x88, ""), "close 1005 ''");
  }

  @Test
  void closeWithinAMessageIsAClose_5_5_1() {
    assertEvents(
        w -> w.frame(0x01, "frag").frame(0x88, Wire.hex("03E8 6f6b")).frame(0x80, "ment"),
        "close 1000 'ok'");
  }

  @Test
  void whatFollowsACloseIsIgnored_5_5_1() {
    assertEvents(
        w -> w.frame(0x88, Wire.hex("0FA0")).frame(0x89, "x").frame(0x81, "x").raw("FF FF FF FF"),
        "close 4000 ''");
  }

  @Test
  void pingsAndPongsComeInOrder_5_5_2() {
    assertEvents(
        w -> w.frame(0x8A, "").frame(0x89, "1").frame(0x81, "t").frame(0x89, new byte[125]),
        "pong ",
        "ping 31",
        "text 74",
        "ping 125 bytes, hash " + java.util.Arrays.hashCode(new byte[125]));
  }

  @Test
  void messagesBeforeAViolationAreDelivered() {
    assertEvents(
        w -> w.frame(0x81, "a").frame(0x82, "b").raw("B1").frame(0x89, ""),
        "text 61",
        "binary 62",
        "violation 1002");
    assertEvents(w -> w.frame(0x81, "a").raw("83").frame(0x89, ""), "text 61", "violation 1002");
  }
}
