package io.github.volfram;

import static io.github.volfram.StreamWire.buffer;
import static io.github.volfram.StreamWire.shown;
import static io.github.volfram.StreamWire.to;
import static io.github.volfram.WriteOutcome.CLOSED;
import static io.github.volfram.WriteOutcome.FULL;
import static io.github.volfram.WriteOutcome.QUEUED;
import static io.github.volfram.WriteOutcome.SENT;
import static io.github.volfram.WriteOutcome.WOULD_BLOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WebSocketStreamWriteTest {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ScriptedChannel channel = new ScriptedChannel();

  private WebSocketStream server(int writeBufferBytes, int maxWriteBufferBytes) {
    return stream(StreamRole.SERVER, writeBufferBytes, maxWriteBufferBytes);
  }

  private WebSocketStream stream(StreamRole role, int writeBufferBytes, int maxWriteBufferBytes) {
    StreamOptions options =
        StreamOptions.builder()
            .writeBufferBytes(writeBufferBytes)
            .maxWriteBufferBytes(maxWriteBufferBytes)
            .build();
    return WebSocketStream.fromPartiallyRead(channel, role, NOTHING, options);
  }

  @Test
  void writeQueuesAndFlushSends() throws IOException {
    WebSocketStream stream = server(1000, 1000);
    assertEquals(QUEUED, stream.writeText("grüße"));
    assertEquals(QUEUED, stream.writeTextUtf8(buffer("utf8")));
    assertEquals(QUEUED, stream.writeBinary(buffer("binary")));
    assertEquals(0, channel.writes());
    assertTrue(stream.wantsWrite());
    assertEquals(2 + 7 + 2 + 4 + 2 + 6, stream.pendingBytes());
    assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, stream.interestOps());
    assertEquals(SENT, stream.flush());
    assertEquals(1, channel.writes());
    assertFalse(stream.wantsWrite());
    assertEquals(0, stream.pendingBytes());
    assertEquals(SelectionKey.OP_READ, stream.interestOps());
    assertEquals(SENT, stream.flush());
    assertEquals(1, channel.writes());
    assertEquals(List.of("81:grüße", "81:utf8", "82:binary"), shown(channel.written()));
  }

  @Test
  void sendSendsAtOnce() throws IOException {
    WebSocketStream stream = server(1000, 1000);
    assertEquals(SENT, stream.sendText("a"));
    assertEquals(SENT, stream.sendTextUtf8(buffer("b")));
    assertEquals(SENT, stream.sendBinary(buffer("c")));
    assertEquals(SENT, stream.ping(buffer("d")));
    assertEquals(SENT, stream.pong(buffer("e")));
    assertEquals(List.of("81:a", "81:b", "82:c", "89:d", "8a:e"), shown(channel.written()));
  }

  @Test
  void aWriteAboveTheWriteBufferFlushesByItself() throws IOException {
    WebSocketStream stream = server(10, 1000);
    assertEquals(QUEUED, stream.writeText("12345678"));
    assertEquals(SENT, stream.writeText("9"));
    assertEquals(1, channel.writes());
    assertEquals(SENT, server(0, 0).writeText(""));
  }

  @Test
  void aChannelThatTakesNothingGivesWouldBlockAndThenFull() throws IOException {
    WebSocketStream stream = server(10, 20);
    channel.writeRoom(0);
    assertEquals(WOULD_BLOCK, stream.sendText("12345678"));
    assertEquals(WOULD_BLOCK, stream.sendText("12345678"));
    assertEquals(20, stream.pendingBytes());
    assertEquals(FULL, stream.sendText(""));
    assertEquals(FULL, stream.writeBinary(NOTHING));
    assertEquals(FULL, stream.ping(NOTHING));
    assertEquals(WOULD_BLOCK, stream.flush());
    assertEquals(20, stream.pendingBytes());
    channel.writeRoom(2);
    assertEquals(WOULD_BLOCK, stream.writeText(""), "a write without room flushes first");
    channel.writeRoom(100);
    assertEquals(SENT, stream.flush());
    assertEquals(List.of("81:12345678", "81:12345678", "81:"), shown(channel.written()));
    assertTrue(SENT.isTaken() && QUEUED.isTaken() && WOULD_BLOCK.isTaken());
    assertFalse(FULL.isTaken() || CLOSED.isTaken());
  }

  @Test
  void anEmptyQueueTakesOneMessageHoweverLarge() throws IOException {
    WebSocketStream stream = server(10, 20);
    channel.writeRoom(0);
    byte[] large = new byte[300_000];
    assertEquals(WOULD_BLOCK, stream.sendBinary(ByteBuffer.wrap(large)));
    assertEquals(FULL, stream.sendText("more"));
    channel.writeRoom(Integer.MAX_VALUE);
    assertEquals(SENT, stream.flush());
    assertArrayEquals(large, StreamWire.frames(channel.written()).get(0).payload());
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostRepeatedOrReorderedHoweverLittleTheChannelTakes(StreamRole role)
      throws IOException {
    for (int step : new int[] {1, 3, 50, 4096}) {
      WebSocketStream stream = stream(role, 100, 1 << 20);
      channel.writeRoom(0);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = "message " + i + "-".repeat(i * 7);
        expected.add("81:" + (text.length() > 200 ? text.length() + " bytes" : text));
        assertTrue(stream.writeText(text).isTaken());
        channel.writeRoom(step);
        stream.flush();
        channel.writeRoom(0);
      }
      while (stream.wantsWrite()) {
        channel.writeRoom(step);
        stream.flush();
      }
      assertEquals(expected, shown(channel.written()), "step " + step);
    }
  }

  @Test
  void aChannelThatTakesOneByteAtATimeGetsAll() throws IOException {
    channel.bytesPerWrite(1);
    assertEquals(SENT, server(10, 20).sendText("all of it"));
    assertEquals(List.of("81:all of it"), shown(channel.written()));
  }

  @Test
  void aSocketThatTookLessThanOfferedIsNotAskedAgain() throws IOException {
    WebSocketStream stream =
        WebSocketStream.fromPartiallyRead(
            new ScriptedSocket(channel), StreamRole.SERVER, NOTHING, StreamOptions.DEFAULT);
    channel.bytesPerWrite(3);
    assertEquals(WOULD_BLOCK, stream.sendText("four"));
    assertEquals(1, channel.writes());
    assertEquals(SENT, stream.flush());
    assertEquals(2, channel.writes());
  }

  @Test
  void clientFramesAreMaskedEachWithAnotherKey_5_3() throws IOException {
    WebSocketStream stream = stream(StreamRole.CLIENT, 0, 0);
    Set<String> wires = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      assertEquals(SENT, stream.sendText("same text"));
      byte[] wire = channel.written();
      assertEquals("[81:same text]", shown(wire).toString());
      assertTrue(StreamWire.frames(wire).get(0).masked());
      wires.add(StreamWire.text(wire));
    }
    assertEquals(8, wires.size());
  }

  @Test
  void lengthsOnBothSidesOfEachBoundArriveAtTheOtherEnd() throws IOException {
    for (int length : new int[] {0, 1, 125, 126, 127, 65535, 65536, 200_000}) {
      for (StreamRole role : StreamRole.values()) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
          payload[i] = (byte) (i * 31);
        }
        ByteBuffer given = ByteBuffer.wrap(payload);
        assertEquals(SENT, stream(role, 0, 0).sendBinary(given));
        assertEquals(length, given.remaining());
        StreamRole other = role == StreamRole.CLIENT ? StreamRole.SERVER : StreamRole.CLIENT;
        ScriptedChannel back = new ScriptedChannel().feed(channel.written());
        WebSocketStream peer =
            WebSocketStream.fromPartiallyRead(back, other, NOTHING, StreamOptions.DEFAULT);
        assertEquals(ReadOutcome.BINARY, peer.read());
        assertEquals(ByteBuffer.wrap(payload), peer.payload());
      }
    }
  }

  @Test
  void whatMayNotBeSentIsRefusedAtOnce() throws IOException {
    WebSocketStream stream = server(10, 20);
    ByteBuffer tooLong = ByteBuffer.allocate(126);
    assertThrows(IllegalArgumentException.class, () -> stream.ping(tooLong));
    assertThrows(IllegalArgumentException.class, () -> stream.pong(tooLong));
    assertThrows(IllegalArgumentException.class, () -> stream.writeText("lone \ud800"));
    assertThrows(IllegalArgumentException.class, () -> stream.sendText("\udc00 lone"));
    ByteBuffer latin1 = ByteBuffer.wrap(new byte[] {'a', (byte) 0xE9});
    assertThrows(IllegalArgumentException.class, () -> stream.sendTextUtf8(latin1));
    assertEquals(0, stream.pendingBytes());
    assertEquals(SENT, stream.ping(ByteBuffer.allocate(125)));
  }

  @Test
  void aFailureOfTheChannelIsThrownAndNothingMoreIsTaken() throws IOException {
    WebSocketStream stream = server(10, 20);
    IOException broken = new IOException("broken pipe");
    channel.failWrites(broken);
    assertSame(broken, assertThrows(IOException.class, () -> stream.sendText("x")));
    assertEquals(CLOSED, stream.sendText("x"));
    assertEquals(CLOSED, stream.flush());
    assertEquals(CLOSED, stream.close());
    assertFalse(stream.wantsWrite() || stream.canWrite());
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "sent before"));
    assertEquals(ReadOutcome.TEXT, stream.read());
  }
}
