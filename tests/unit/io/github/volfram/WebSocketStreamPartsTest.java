package io.github.volfram;

import static io.github.volfram.StreamWire.concat;
import static io.github.volfram.StreamWire.shown;
import static io.github.volfram.StreamWire.to;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WebSocketStreamPartsTest {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static StreamOptions.Builder parts() {
    return StreamOptions.builder()
        .messageParts(true)
        .maxMessageBytes(ConnectionOptions.UNLIMITED)
        .maxFrameBytes(ConnectionOptions.UNLIMITED);
  }

  private final ScriptedChannel channel = new ScriptedChannel();

  private WebSocketStream server(StreamOptions options) {
    return WebSocketStream.fromPartiallyRead(channel, StreamRole.SERVER, NOTHING, options);
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void aMessageIsSentInParts_5_4() throws IOException {
    WebSocketStream stream = server(StreamOptions.DEFAULT);
    byte[] umlaut = "ü".getBytes(UTF_8);
    assertEquals(WriteOutcome.QUEUED, stream.writeTextPart(ByteBuffer.wrap(umlaut, 0, 1), false));
    stream.ping(utf8("p"));
    stream.writeTextPart(ByteBuffer.wrap(umlaut, 1, 1), false);
    stream.writeTextPart(NOTHING, true);
    stream.writeBinaryPart(utf8("b"), true);
    stream.writeText("whole");
    stream.flush();
    byte[] wire = channel.written();
    assertEquals(List.of("1", "89", "0", "80", "82", "81"), firstBytes(wire));
    WebSocketStream client =
        WebSocketStream.fromPartiallyRead(
            new ScriptedChannel().feed(wire), StreamRole.CLIENT, NOTHING, StreamOptions.DEFAULT);
    assertEquals(ReadOutcome.PING, client.read());
    assertEquals(ReadOutcome.TEXT, client.read());
    assertEquals("ü", client.text());
    assertTrue(client.isLast());
  }

  private static List<String> firstBytes(byte[] wire) {
    return shown(wire).stream().map(frame -> frame.substring(0, frame.indexOf(':'))).toList();
  }

  @Test
  void partsOfTwoMessagesDoNotMix_5_4() throws IOException {
    WebSocketStream stream = server(StreamOptions.DEFAULT);
    stream.writeTextPart(utf8("a"), false);
    assertThrows(IllegalStateException.class, () -> stream.writeText("b"));
    assertThrows(IllegalStateException.class, () -> stream.writeTextUtf8(utf8("b")));
    assertThrows(IllegalStateException.class, () -> stream.writeBinary(utf8("b")));
    assertThrows(IllegalStateException.class, () -> stream.writeBinaryPart(utf8("b"), true));
    stream.writeTextPart(utf8("c"), true);
    stream.sendText("d");
    assertEquals(List.of("1:a", "80:c", "81:d"), shown(channel.written()));
    stream.writeTextPart(utf8("e"), false);
    stream.close();
    assertEquals(WriteOutcome.CLOSED, stream.writeText("f"));
    assertEquals(WriteOutcome.CLOSED, stream.writeTextPart(utf8("f"), true));
  }

  @Test
  void partsThatDoNotGoOnAsUtf8AreRefusedAndNothingIsSent_8_1() throws IOException {
    WebSocketStream stream = server(StreamOptions.DEFAULT);
    byte[] umlaut = "ü".getBytes(UTF_8);
    assertThrows(
        IllegalArgumentException.class,
        () -> stream.writeTextPart(ByteBuffer.wrap(umlaut, 0, 1), true));
    stream.writeTextPart(ByteBuffer.wrap(umlaut, 0, 1), false);
    assertThrows(IllegalArgumentException.class, () -> stream.writeTextPart(utf8("x"), false));
    stream.writeTextPart(ByteBuffer.wrap(umlaut, 1, 1), true);
    stream.flush();
    assertEquals(List.of("1", "80"), firstBytes(channel.written()));
  }

  @Test
  void aPartThatFindsNoRoomIsNotTaken() throws IOException {
    WebSocketStream stream =
        server(StreamOptions.builder().writeBufferBytes(0).maxWriteBufferBytes(10).build());
    channel.writeRoom(0);
    assertEquals(WriteOutcome.FULL, after(WriteOutcome.WOULD_BLOCK, stream, "0123456"));
    channel.writeRoom(Integer.MAX_VALUE);
    assertEquals(WriteOutcome.SENT, stream.writeBinaryPart(utf8("789"), true));
    assertEquals(List.of("2:0123456", "80:789"), shown(channel.written()));
  }

  private static WriteOutcome after(WriteOutcome first, WebSocketStream stream, String part)
      throws IOException {
    assertEquals(first, stream.writeBinaryPart(utf8(part), false));
    return stream.writeBinaryPart(utf8("789"), true);
  }

  /** What was read, with a bar behind what ends a message. */
  private static String readAll(WebSocketStream stream) throws IOException {
    StringBuilder log = new StringBuilder();
    for (ReadOutcome read = stream.read();
        read != ReadOutcome.WOULD_BLOCK && read != ReadOutcome.CLOSED;
        read = stream.read()) {
      byte[] bytes = new byte[stream.payload().remaining()];
      stream.payload().get(bytes);
      log.append(StreamWire.text(bytes)).append(stream.isLast() ? "|" : "");
    }
    return log.toString();
  }

  @ParameterizedTest
  @EnumSource
  void partsArriveAsTheirBytesDoHoweverTheyAreSplit(StreamRole role) throws IOException {
    byte[] wire =
        concat(
            to(role, 0x01, "frag"),
            to(role, 0x00, "men"),
            to(role, 0x80, "ted"),
            to(role, StreamWire.BINARY, "whole"),
            to(role, StreamWire.TEXT, ""));
    for (int split = 0; split <= wire.length; split++) {
      for (int size : new int[] {1, 5, 1000}) {
        ScriptedChannel one = new ScriptedChannel().feed(wire, 0, split);
        WebSocketStream stream =
            WebSocketStream.fromPartiallyRead(
                one, role, NOTHING, parts().readBufferBytes(size).build());
        String before = readAll(stream);
        one.feed(wire, split, wire.length);
        assertEquals("fragmented|whole||", before + readAll(stream), "split " + split);
      }
    }
  }

  @Test
  void aPartIsReadBeforeTheRestOfItsFrameIsThere() throws IOException {
    byte[] wire = to(StreamRole.SERVER, StreamWire.TEXT, "abcdef");
    WebSocketStream stream = server(parts().build());
    channel.feed(wire, 0, wire.length - 2);
    assertEquals(ReadOutcome.TEXT, stream.read());
    assertEquals(utf8("abcd"), stream.payload());
    assertThrows(IllegalStateException.class, stream::text);
    assertEquals(false, stream.isLast());
    assertEquals(ReadOutcome.WOULD_BLOCK, stream.read());
    channel.feed(wire, wire.length - 2, wire.length);
    assertEquals(ReadOutcome.TEXT, stream.read());
    assertEquals(utf8("ef"), stream.payload());
    assertTrue(stream.isLast());
  }

  @Test
  void theLimitHoldsForMessagesInPartsToo() throws IOException {
    WebSocketStream stream = server(parts().maxMessageBytes(5).build());
    channel.feed(concat(to(StreamRole.SERVER, 0x02, "abc"), to(StreamRole.SERVER, 0x80, "def")));
    assertEquals(ReadOutcome.BINARY, stream.read());
    ProtocolException failure = assertThrows(ProtocolException.class, stream::read);
    assertEquals(CloseCode.MESSAGE_TOO_BIG, failure.closeCode());
  }

  @ParameterizedTest
  @EnumSource
  void compressedPartsBecomePartsOfTheSameMessage(StreamRole sender) throws IOException {
    StreamOptions options = parts().deflate(DeflateOptions.DEFAULT).build();
    StreamPair pair = new StreamPair(options, options);
    WebSocketStream from = pair.stream(sender);
    WebSocketStream to = pair.stream(StreamPair.other(sender));
    Random random = new Random(3);
    for (int message = 0; message < 5; message++) {
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      List<Boolean> lasts = new ArrayList<>();
      int count = 1 + random.nextInt(10);
      for (int i = 1; i <= count; i++) {
        byte[] part = new byte[random.nextInt(60_000) + (i == 1 ? 2000 : 0)];
        for (int at = 0; at < part.length; at++) {
          part[at] = (byte) (random.nextInt(3) + at / 1000);
        }
        sent.writeBytes(part);
        assertTrue(from.writeBinaryPart(ByteBuffer.wrap(part), i == count).isTaken());
        from.flush();
        byte[] wire = pair.carryFrom(sender);
        assertEquals(i == 1 ? 0x40 : 0, wire[0] & 0x40, "RSV1 is on the first frame only");
        for (ReadOutcome outcome = to.read();
            outcome != ReadOutcome.WOULD_BLOCK;
            outcome = to.read()) {
          byte[] bytes = new byte[to.payload().remaining()];
          to.payload().get(bytes);
          assertTrue(bytes.length <= 20_000, "a part has " + bytes.length + " bytes");
          read.writeBytes(bytes);
          lasts.add(to.isLast());
        }
      }
      assertEquals(ByteBuffer.wrap(sent.toByteArray()), ByteBuffer.wrap(read.toByteArray()));
      assertEquals(lasts.size() - 1, lasts.indexOf(true), "only the last one says so");
    }
  }
}
