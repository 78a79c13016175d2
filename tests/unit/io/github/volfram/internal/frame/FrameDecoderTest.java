package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

  private static final class FrameLog implements FrameSink {
    final List<String> events = new ArrayList<>();
    boolean proceed = true;

    @Override
    public void header(boolean fin, int rsv, int opcode, long length, int key) {
      events.add(
          (fin ? "fin " : "")
              + (rsv == 0 ? "" : "rsv " + rsv + " ")
              + Opcode.name(opcode)
              + " "
              + length
              + (key == 0 ? "" : " key " + Integer.toHexString(key)));
    }

    @Override
    public boolean payload(
        ByteBuffer buffer, int index, int length, int key, long offset, boolean end) {
      byte[] bytes = new byte[length];
      buffer.get(index, bytes);
      events.add(offset + ": " + HexFormat.of().formatHex(bytes) + (end ? " end" : ""));
      return proceed;
    }
  }

  private final FrameLog log = new FrameLog();

  private int decode(FrameDecoder decoder, String hex) throws ProtocolViolation {
    byte[] bytes = Wire.hex(hex);
    return decoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length, log);
  }

  private static void assertViolation(Role role, String hex, String section) {
    FrameDecoder decoder = new FrameDecoder(role);
    byte[] bytes = Wire.hex(hex);
    FrameLog log = new FrameLog();
    ProtocolViolation violation =
        assertThrows(
            ProtocolViolation.class,
            () -> decoder.decode(ByteBuffer.wrap(bytes), 0, bytes.length, log));
    assertEquals(1002, violation.closeCode());
    assertEquals("RFC 6455 §" + section, violation.rfcSection());
    assertTrue(
        violation.getMessage().matches("expected .*, got .* \\(RFC 6455 §.*\\)"),
        violation.getMessage());
    assertEquals(0, violation.getStackTrace().length);
    assertEquals(List.of(), log.events);
  }

  @Test
  void unmaskedText_5_7() throws Exception {
    decode(new FrameDecoder(Role.CLIENT), "81 05 48 65 6c 6c 6f");
    assertEquals(List.of("fin text 5", "0: 48656c6c6f end"), log.events);
  }

  @Test
  void maskedText_5_7() throws Exception {
    decode(new FrameDecoder(Role.SERVER), "81 85 37 fa 21 3d 7f 9f 4d 51 58");
    assertEquals(List.of("fin text 5 key 37fa213d", "0: 7f9f4d5158 end"), log.events);
  }

  @Test
  void fragmentedText_5_7() throws Exception {
    decode(new FrameDecoder(Role.CLIENT), "01 03 48 65 6c 80 02 6c 6f");
    assertEquals(
        List.of("text 3", "0: 48656c end", "fin continuation 2", "0: 6c6f end"), log.events);
  }

  @Test
  void pingAndMaskedPong_5_7() throws Exception {
    decode(new FrameDecoder(Role.CLIENT), "89 05 48 65 6c 6c 6f");
    decode(new FrameDecoder(Role.SERVER), "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
    assertEquals(
        List.of("fin ping 5", "0: 48656c6c6f end", "fin pong 5 key 37fa213d", "0: 7f9f4d5158 end"),
        log.events);
  }

  @Test
  void lengthsOf256And65536_5_7() throws Exception {
    decode(new FrameDecoder(Role.CLIENT), "82 7E 01 00");
    decode(new FrameDecoder(Role.CLIENT), "82 7F 00 00 00 00 00 01 00 00");
    assertEquals(List.of("fin binary 256", "fin binary 65536"), log.events);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        125,
        126,
        127,
        255,
        256,
        65535,
        65536,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE
      })
  void everyLengthIsReadInOneGoAndByteByByte(long length) throws Exception {
    for (Role role : Role.values()) {
      for (boolean whole : new boolean[] {true, false}) {
        byte[] header = new Wire(role).header(0x82, length).bytes();
        FrameDecoder decoder = new FrameDecoder(role);
        FrameLog log = new FrameLog();
        int step = whole ? header.length : 1;
        for (int i = 0; i < header.length; i += step) {
          assertEquals(step, decoder.decode(ByteBuffer.wrap(header), i, step, log));
        }
        String key = role == Role.SERVER ? " key 37fa213d" : "";
        assertEquals("fin binary " + length + key, log.events.get(0));
        assertEquals(length == 0 ? 2 : 1, log.events.size());
      }
    }
  }

  @Test
  void runsCarryTheirOffset() throws Exception {
    FrameDecoder decoder = new FrameDecoder(Role.CLIENT);
    decode(decoder, "82 05 00");
    decode(decoder, "01 02");
    decode(decoder, "03 04 89");
    assertEquals(List.of("fin binary 5", "0: 00", "1: 0102", "3: 0304 end"), log.events);
  }

  @Test
  void anEmptyPayloadIsOneEmptyRun() throws Exception {
    decode(new FrameDecoder(Role.CLIENT), "89 00");
    assertEquals(List.of("fin ping 0", "0:  end"), log.events);
  }

  @Test
  void aFalseSinkStopsAfterTheFrame() throws Exception {
    log.proceed = false;
    assertEquals(3, decode(new FrameDecoder(Role.CLIENT), "82 01 AA 82 01 BB"));
    assertEquals(List.of("fin binary 1", "0: aa end"), log.events);
  }

  @Test
  void nothingIsReadOutsideTheRegion() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("FF FF 82 01 AA FF"));
    in.order(java.nio.ByteOrder.LITTLE_ENDIAN);
    assertEquals(3, new FrameDecoder(Role.CLIENT).decode(in, 2, 3, log));
    assertEquals(0, new FrameDecoder(Role.CLIENT).decode(in, 6, 0, log));
    assertEquals(List.of("fin binary 1", "0: aa end"), log.events);
  }

  @Test
  void keyIsReadBigEndianWhateverTheOrderOfTheBuffer() throws Exception {
    byte[] bytes = Wire.hex("82 81 01 02 03 04 AA");
    ByteBuffer in = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    new FrameDecoder(Role.SERVER).decode(in, 0, bytes.length, log);
    assertEquals("fin binary 1 key 1020304", log.events.get(0));
  }

  @Test
  void reservedBitFailsFromTheFirstByte_5_2() {
    for (Role role : Role.values()) {
      for (String b0 : List.of("C1", "A1", "91", "F2", "D2", "B8", "C9", "9A", "C0")) {
        assertViolation(role, b0, "5.2");
      }
    }
  }

  @Test
  void undefinedOpcodeFailsFromTheFirstByte_5_2() {
    for (Role role : Role.values()) {
      for (String opcode : List.of("3", "4", "5", "6", "7", "B", "C", "D", "E", "F")) {
        assertViolation(role, "8" + opcode, "5.2");
        assertViolation(role, "0" + opcode, "5.2");
      }
    }
  }

  @Test
  void allowedRsv1IsReportedOnTheFirstFrameOnly_7692_6() throws Exception {
    decode(new FrameDecoder(Role.CLIENT, FrameDecoder.RSV1), "C1 00 42 00");
    assertEquals(List.of("fin rsv 4 text 0", "0:  end", "rsv 4 binary 0", "0:  end"), log.events);
    for (String b0 : List.of("C0", "C8", "C9", "CA", "E1", "D1", "A1", "91")) {
      ProtocolViolation violation =
          assertThrows(
              ProtocolViolation.class,
              () -> decode(new FrameDecoder(Role.CLIENT, FrameDecoder.RSV1), b0));
      assertEquals(1002, violation.closeCode());
    }
  }

  @Test
  void serverFailsUnmaskedFrame_5_1() {
    assertViolation(Role.SERVER, "81 05", "5.1");
    assertViolation(Role.SERVER, "89 00", "5.1");
    assertViolation(Role.SERVER, "82 7F", "5.1");
  }

  @Test
  void clientFailsMaskedFrame_5_1() {
    assertViolation(Role.CLIENT, "81 85", "5.1");
    assertViolation(Role.CLIENT, "89 80", "5.1");
    assertViolation(Role.CLIENT, "82 FE", "5.1");
  }

  @Test
  void lengthWithTheMostSignificantBitFails_5_2() {
    assertViolation(Role.CLIENT, "82 7F 80 00 00 00 00 00 00 00", "5.2");
    assertViolation(Role.SERVER, "82 FF FF FF FF FF FF FF FF FF", "5.2");
  }

  @Test
  void lengthThatIsNotMinimalFails_5_2() {
    assertViolation(Role.CLIENT, "82 7E 00 00", "5.2");
    assertViolation(Role.CLIENT, "82 7E 00 7D", "5.2");
    assertViolation(Role.SERVER, "82 FE 00 7D", "5.2");
    assertViolation(Role.CLIENT, "82 7F 00 00 00 00 00 00 00 00", "5.2");
    assertViolation(Role.CLIENT, "82 7F 00 00 00 00 00 00 FF FF", "5.2");
    assertViolation(Role.SERVER, "82 FF 00 00 00 00 00 00 00 7E", "5.2");
  }

  @Test
  void fragmentedControlFrameFailsFromTheFirstByte_5_5() {
    assertViolation(Role.CLIENT, "08", "5.5");
    assertViolation(Role.SERVER, "09", "5.5");
    assertViolation(Role.SERVER, "0A", "5.5");
  }

  @Test
  void longControlFrameFailsFromTheSecondByte_5_5() {
    assertViolation(Role.CLIENT, "88 7E", "5.5");
    assertViolation(Role.SERVER, "89 FE", "5.5");
    assertViolation(Role.SERVER, "8A FF", "5.5");
  }
}
