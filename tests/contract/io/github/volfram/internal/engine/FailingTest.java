package io.github.volfram.internal.engine;

import static io.github.volfram.internal.engine.RawPeer.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ProtocolException;
import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that breaks the protocol is told so by a close frame, after what it got before. */
final class FailingTest extends EngineFixture {

  private static byte[] hex(String spaced) {
    return HexFormat.of().parseHex(spaced.replace(" ", ""));
  }

  private static Arguments row(String name, int code, byte[] bytes) {
    return Arguments.of(name, code, bytes);
  }

  static Stream<Arguments> violations() {
    byte[] nothing = new byte[0];
    List<Arguments> rows = new ArrayList<>();
    rows.add(row("F1 RSV1", 1002, frame(0xC1, nothing)));
    rows.add(row("F1 RSV2", 1002, frame(0xA1, nothing)));
    rows.add(row("F1 RSV3 on a ping", 1002, frame(0x99, nothing)));
    for (int opcode : new int[] {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
      rows.add(row("F2 opcode " + opcode, 1002, new byte[] {(byte) (0x80 | opcode)}));
    }
    rows.add(row("F3 unmasked", 1002, hex("81 01")));
    rows.add(row("F4 most significant bit", 1002, hex("82 FF 80 00 00 00 00 00 00 00")));
    rows.add(row("F4 16-bit length below 126", 1002, hex("82 FE 00 7D")));
    rows.add(row("F4 64-bit length below 65536", 1002, hex("82 FF 00 00 00 00 00 00 FF FF")));
    rows.add(row("F5 frame too long", 1009, hex("82 FF 00 00 00 00 00 10 00 01 00 00 00 00")));
    rows.add(row("F6 fragmented ping", 1002, hex("09")));
    rows.add(row("F6 long ping", 1002, hex("89 FE")));
    rows.add(row("F7 continuation of nothing", 1002, frame(0x80, nothing)));
    rows.add(
        row("F7 text within text", 1002, RawPeer.join(frame(0x01, nothing), frame(0x81, nothing))));
    rows.add(row("F9 overlong", 1007, frame(0x81, hex("C0 AF"))));
    rows.add(row("F9 surrogate, not final", 1007, frame(0x01, hex("ED A0 80"))));
    rows.add(row("F9 truncated", 1007, frame(0x81, hex("E2 82"))));
    rows.add(row("F10 one byte", 1002, frame(0x88, hex("03"))));
    for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
      rows.add(row("F10 code " + code, 1002, RawPeer.close(code)));
    }
    rows.add(row("F11 reason", 1007, frame(0x88, hex("03E8 FF"))));
    byte[] empties = frame(0x01, nothing);
    for (int i = 0; i < 1000; i++) {
      empties = RawPeer.join(empties, frame(0x00, nothing));
    }
    rows.add(row("F8 empty fragments", 1008, empties));
    return rows.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("violations")
  void theEchoComesFirstThenTheCloseFrameThenTheEnd_F16_F18(String name, int code, byte[] bytes)
      throws IOException {
    events.echoing();
    RawPeer bystander = peer();
    RawPeer peer = peer();
    peer.write(RawPeer.text("before"), bytes, RawPeer.ping("after"), RawPeer.text("after"));
    settle();
    assertEquals(List.of("text before", "close " + code, "end"), peer.read());
    assertFalse(peer.socket.isReset());
    assertEquals(List.of("open", "open", "text before"), events(), "not closed yet: it lingers");

    peer.socket.close();
    settle();
    assertEquals(List.of("closed " + code), events());
    ProtocolException cause = assertInstanceOf(ProtocolException.class, events.cause);
    assertEquals(code, cause.closeCode());

    bystander.write(RawPeer.text("still"));
    settle();
    assertEquals(List.of("text still"), bystander.read());
    bystander.socket.close();
    assertNothingLeft();
  }

  @Test
  void theSameInSingleBytes() throws IOException {
    events.echoing();
    RawPeer peer = peer();
    peer.socket.deliversAtMost(1);
    peer.write(RawPeer.text("before"), frame(0xC1, new byte[0]), RawPeer.text("after"));
    settle();
    assertEquals(List.of("text before", "close 1002", "end"), peer.read());
  }

  @Test
  void aMessageLongerThanAllowedIsRefusedBeforeItsPayload_F5() throws IOException {
    serve(ServerOptions.builder().maxMessageBytes(1000));
    RawPeer peer = peer();
    peer.write(frame(0x02, new byte[600]), hex("80 FE 01 91"), new byte[4]);
    settle();
    assertEquals(List.of("close 1009", "end"), peer.read());
  }

  @Test
  void afterTheCloseFrameItReadsForASecondAndNoLonger_F18() throws IOException {
    RawPeer peer = peer();
    peer.write(frame(0xC1, new byte[0]));
    settle();
    assertEquals(List.of("close 1002", "end"), peer.read());
    advance(900 * MILLI);
    assertEquals(List.of("open"), events());
    advance(100 * MILLI + TICK);
    assertEquals(List.of("closed 1002"), events());
    assertFalse(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void afterTheCloseFrameItDiscardsSoMuchAndNoMore_F18() throws IOException {
    RawPeer peer = peer();
    peer.write(frame(0xC1, new byte[0]));
    settle();
    peer.write(new byte[64 * 1024]);
    settle();
    assertEquals(List.of("open"), events());
    peer.write(new byte[1]);
    settle();
    assertEquals(List.of("closed 1002"), events());
    assertNothingLeft();
  }

  @Test
  void theCloseFrameWaitsBehindABacklog_F16() throws IOException {
    RawPeer peer = peer();
    byte[] payload = new byte[100_000];
    peer.socket.holdsAtMost(1000);
    last().offerBinary(java.nio.ByteBuffer.wrap(payload));
    settle();
    peer.write(frame(0xC1, new byte[0]));
    settle();
    peer.socket.holdsAtMost(1 << 20);
    settle();
    assertEquals(List.of("binary " + Events.show(payload), "close 1002", "end"), peer.read());
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void aPeerThatDoesNotReadTheCloseFrameIsGivenUp_F19() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(1);
    peer.write(frame(0xC1, new byte[0]));
    settle();
    advanceSlowly(5 * SECOND + 2 * TICK);
    assertEquals(List.of("open", "closed 1002"), events());
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }
}
