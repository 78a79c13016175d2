package io.github.volfram;

import static io.github.volfram.FrameStream.Outcome.CLOSED;
import static io.github.volfram.FrameStream.Outcome.FRAME;
import static io.github.volfram.FrameStream.Outcome.WOULD_BLOCK;
import static io.github.volfram.StreamWire.buffer;
import static io.github.volfram.StreamWire.bytes;
import static io.github.volfram.StreamWire.concat;
import static io.github.volfram.StreamWire.shown;
import static io.github.volfram.StreamWire.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameStreamTest {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ScriptedChannel channel = new ScriptedChannel();

  private static String next(FrameStream stream) {
    return (stream.fin() ? "fin " : "") + stream.opcode() + " " + text(stream.payload());
  }

  private static String text(ByteBuffer payload) {
    return StandardCharsets.UTF_8.decode(payload).toString();
  }

  @ParameterizedTest
  @EnumSource
  void eachFrameIsDeliveredWholeHoweverTheBytesAreSplit(StreamRole role) throws IOException {
    byte[] wire =
        concat(
            to(role, 0x01, "frag"),
            to(role, StreamWire.PING, ""),
            to(role, 0x80, "x".repeat(200)),
            to(role, StreamWire.CLOSE, "??"));
    List<String> expected = List.of("1 frag", "fin 9 ", "fin 0 " + "x".repeat(200), "fin 8 ??");
    for (int split = 0; split <= wire.length; split++) {
      ScriptedChannel one = new ScriptedChannel().feed(wire, 0, split);
      FrameStream stream = FrameStream.fromPartiallyRead(one, role, NOTHING, StreamOptions.DEFAULT);
      List<String> log = new ArrayList<>();
      while (stream.read() == FRAME) {
        log.add(next(stream));
      }
      one.feed(wire, split, wire.length).end();
      FrameStream.Outcome outcome = stream.read();
      while (outcome == FRAME) {
        log.add(next(stream));
        outcome = stream.read();
      }
      assertEquals(CLOSED, outcome);
      assertEquals(expected, log, "split " + split);
    }
    assertEquals(0, channel.written().length);
  }

  @Test
  void anyFrameCanBeWritten() throws IOException {
    FrameStream stream =
        FrameStream.fromPartiallyRead(channel, StreamRole.CLIENT, NOTHING, StreamOptions.DEFAULT);
    assertEquals(WriteOutcome.QUEUED, stream.write(false, 1, buffer("a")));
    assertTrue(stream.wantsWrite());
    assertEquals(7, stream.pendingBytes());
    assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, stream.interestOps());
    assertEquals(WriteOutcome.SENT, stream.send(true, 0, buffer("b")));
    assertEquals(WriteOutcome.SENT, stream.send(true, 9, buffer("c")));
    assertEquals(WriteOutcome.SENT, stream.flush());
    assertFalse(stream.wantsWrite());
    assertEquals(List.of("1:a", "80:b", "89:c"), shown(channel.written()));
    assertSame(channel, stream.channel());
  }

  @Test
  void framesThatNoPeerMayAcceptAreRefused() {
    FrameStream stream =
        FrameStream.fromPartiallyRead(channel, StreamRole.SERVER, NOTHING, StreamOptions.DEFAULT);
    for (int opcode : new int[] {-1, 3, 7, 11, 15, 16, 33}) {
      assertThrows(IllegalArgumentException.class, () -> stream.write(true, opcode, NOTHING));
    }
    assertThrows(IllegalArgumentException.class, () -> stream.write(false, 8, NOTHING));
    ByteBuffer tooLong = ByteBuffer.allocate(126);
    assertThrows(IllegalArgumentException.class, () -> stream.write(true, 10, tooLong));
    assertEquals(0, stream.pendingBytes());
  }

  @Test
  void aBadFrameIsAnsweredWithACloseFrameAfterTheFramesBeforeIt() throws IOException {
    StreamOptions options = StreamOptions.builder().maxFrameBytes(10).build();
    for (byte[] bad :
        List.of(
            to(StreamRole.SERVER, 0x83, "opcode"), to(StreamRole.SERVER, 0x82, "too long..."))) {
      ScriptedChannel one = new ScriptedChannel().feed(to(StreamRole.SERVER, 0x82, "good"));
      FrameStream stream =
          FrameStream.fromPartiallyRead(one.feed(bad), StreamRole.SERVER, NOTHING, options);
      assertEquals(FRAME, stream.read());
      ProtocolException violation = assertThrows(ProtocolException.class, stream::read);
      assertEquals("[88:" + violation.closeCode() + "]", shown(one.written()).toString());
      assertEquals(bad[0] == (byte) 0x83 ? 1002 : 1009, violation.closeCode());
      assertEquals(CLOSED, stream.read());
      assertEquals(WriteOutcome.CLOSED, stream.send(true, 2, NOTHING));
      assertEquals(0, stream.interestOps());
    }
  }

  @Test
  void aHandshakeMayBeFollowedByFramesInsteadOfMessages() throws IOException {
    channel.feed(bytes(StreamWire.REQUEST)).feed(to(StreamRole.SERVER, 0x02, "first fragment"));
    StreamHandshake handshake = WebSocketStream.accept(channel);
    assertEquals(StreamHandshake.Outcome.COMPLETE, handshake.resume());
    FrameStream stream = handshake.frames();
    assertSame(stream, handshake.frames());
    assertThrows(IllegalStateException.class, handshake::stream);
    assertEquals(FRAME, stream.read());
    assertEquals("2 first fragment", next(stream));
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(0, stream.payload().remaining());
  }
}
