package io.github.volfram;

import static io.github.volfram.ReadOutcome.BINARY;
import static io.github.volfram.ReadOutcome.CLOSE;
import static io.github.volfram.ReadOutcome.CLOSED;
import static io.github.volfram.ReadOutcome.PING;
import static io.github.volfram.ReadOutcome.TEXT;
import static io.github.volfram.ReadOutcome.WOULD_BLOCK;
import static io.github.volfram.StreamWire.close;
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
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WebSocketStreamReadTest {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ScriptedChannel channel = new ScriptedChannel();

  private WebSocketStream stream(StreamRole role) {
    return stream(role, StreamOptions.DEFAULT);
  }

  private WebSocketStream stream(StreamRole role, StreamOptions options) {
    return WebSocketStream.fromPartiallyRead(channel, role, NOTHING, options);
  }

  /** Messages, control frames between fragments, and the peer's close. */
  private static byte[] conversation(StreamRole role) {
    return concat(
        to(role, StreamWire.TEXT, "grüße"),
        to(role, 0x02, "frag"),
        to(role, StreamWire.PING, "p1"),
        to(role, 0x00, "men"),
        to(role, StreamWire.PONG, "p2"),
        to(role, 0x80, "ted"),
        to(role, StreamWire.TEXT, ""),
        to(role, StreamWire.BINARY, "x".repeat(300)),
        close(role, 4000, "bye"));
  }

  private static final List<String> CONVERSATION =
      List.of(
          "TEXT grüße",
          "PING p1",
          "PONG p2",
          "BINARY fragmented",
          "TEXT ",
          "BINARY " + "x".repeat(300),
          "CLOSE ");

  private static void readInto(List<String> log, WebSocketStream stream) throws IOException {
    ReadOutcome outcome = stream.read();
    while (outcome != WOULD_BLOCK && outcome != CLOSED) {
      log.add(outcome + " " + stream.text());
      outcome = stream.read();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anySplitGivesTheSameMessages(StreamRole role) throws IOException {
    byte[] wire = conversation(role);
    for (int split = 0; split <= wire.length; split++) {
      ScriptedChannel one = new ScriptedChannel().feed(wire, 0, split);
      WebSocketStream stream =
          WebSocketStream.fromPartiallyRead(one, role, NOTHING, StreamOptions.DEFAULT);
      List<String> log = new ArrayList<>();
      if (split > 0) {
        readInto(log, stream);
      }
      one.feed(wire, split, wire.length).end();
      readInto(log, stream);
      assertEquals(CONVERSATION, log, "split " + split);
      assertEquals(4000, stream.closeCode());
      assertEquals("bye", stream.closeReason());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyReadSizeGivesTheSameMessages(StreamRole role) throws IOException {
    for (int size : new int[] {1, 2, 3, 7, 16, 64, 5000}) {
      StreamOptions options = StreamOptions.builder().readBufferBytes(size).build();
      ScriptedChannel one = new ScriptedChannel().feed(conversation(role)).end();
      List<String> log = new ArrayList<>();
      readInto(log, WebSocketStream.fromPartiallyRead(one, role, NOTHING, options));
      assertEquals(CONVERSATION, log, "read buffer " + size);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesReadBeforeComeFirstHoweverManyTheyAre(StreamRole role) throws IOException {
    byte[] wire = conversation(role);
    StreamOptions options = StreamOptions.builder().readBufferBytes(8).build();
    for (int split = 0; split <= wire.length; split++) {
      ByteBuffer before = ByteBuffer.allocate(wire.length + 3).position(3);
      before.put(wire, 0, split).flip().position(3);
      ScriptedChannel one = new ScriptedChannel().feed(wire, split, wire.length).end();
      WebSocketStream stream = WebSocketStream.fromPartiallyRead(one, role, before, options);
      before.clear().put(new byte[before.capacity()]);
      List<String> log = new ArrayList<>();
      readInto(log, stream);
      assertEquals(CONVERSATION, log, "split " + split);
    }
  }

  @Test
  void payloadIsAReadOnlyViewThatLastsUntilTheNextRead() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    WebSocketStream other =
        WebSocketStream.fromPartiallyRead(
            new ScriptedChannel().feed(to(StreamRole.SERVER, StreamWire.TEXT, "other!")),
            StreamRole.SERVER,
            NOTHING,
            StreamOptions.DEFAULT);
    channel.feed(to(StreamRole.SERVER, 0x01, "fir")).feed(to(StreamRole.SERVER, 0x80, "st"));
    assertEquals(TEXT, stream.read());
    ByteBuffer view = stream.payload();
    assertEquals(5, view.remaining());
    assertThrows(ReadOnlyBufferException.class, () -> view.put((byte) 0));
    assertEquals(TEXT, other.read());
    assertEquals(WriteOutcome.SENT, other.sendText("something else"));
    assertEquals("first", StandardCharsets.UTF_8.decode(view).toString());
    assertEquals("first", stream.text());
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(0, stream.payload().remaining());
    assertEquals("", stream.text());
    assertTrue(TEXT.isMessage() && BINARY.isMessage() && !PING.isMessage());
  }

  @Test
  void aSocketThatGaveLessThanItCouldIsNotAskedAgainAtOnce() throws IOException {
    WebSocketStream stream =
        WebSocketStream.fromPartiallyRead(
            new ScriptedSocket(channel), StreamRole.SERVER, NOTHING, StreamOptions.DEFAULT);
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "one"));
    assertEquals(TEXT, stream.read());
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(1, channel.reads());
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "two"));
    assertEquals(TEXT, stream.read());
    assertEquals(2, channel.reads());
  }

  @Test
  void anotherChannelIsReadUntilItGivesNothing() throws IOException {
    channel.bytesPerRead(1).feed(to(StreamRole.SERVER, StreamWire.TEXT, "one"));
    assertEquals(TEXT, stream(StreamRole.SERVER).read());
  }

  @Test
  void pingsAreAnsweredInOrderAndInOneWrite() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    for (int i = 0; i < 10; i++) {
      channel.feed(to(StreamRole.SERVER, StreamWire.PING, "p" + i));
    }
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      assertEquals(PING, stream.read());
      assertEquals("p" + i, stream.text());
      expected.add("8a:p" + i);
    }
    assertTrue(stream.wantsWrite());
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(1, channel.writes());
    assertFalse(stream.wantsWrite());
    assertEquals(expected, shown(channel.written()));
  }

  @Test
  void pongsBehindABlockedChannelAreCoalescedAndLeaveTheUsersAlone_5_5_3() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.writeRoom(0);
    assertEquals(WriteOutcome.WOULD_BLOCK, stream.pong(StreamWire.buffer("mine")));
    for (int i = 0; i < 1000; i++) {
      channel.feed(to(StreamRole.SERVER, StreamWire.PING, "p" + i));
    }
    for (int i = 0; i < 1000; i++) {
      assertEquals(PING, stream.read());
    }
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(2 + 4 + 2 + 4, stream.pendingBytes());
    assertEquals(WriteOutcome.QUEUED, stream.writeText("after"));
    channel.writeRoom(1000);
    assertEquals(WriteOutcome.SENT, stream.flush());
    assertEquals(List.of("8a:mine", "8a:p999", "81:after"), shown(channel.written()));
  }

  @Test
  void theLatestPongIsSentWhenTheChannelTakesBytesAgain() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.writeRoom(3);
    assertEquals(WriteOutcome.WOULD_BLOCK, stream.sendText("text"));
    channel.feed(to(StreamRole.SERVER, StreamWire.PING, "a"));
    assertEquals(PING, stream.read());
    assertTrue(stream.wantsWrite());
    channel.writeRoom(1000);
    assertEquals(WOULD_BLOCK, stream.read());
    assertFalse(stream.wantsWrite());
    assertEquals(List.of("81:text", "8a:a"), shown(channel.written()));
  }

  @Test
  void aViolationIsThrownOnceAfterTheMessagesBeforeIt() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "good"));
    channel.feed(to(StreamRole.SERVER, 0xC1, "reserved bit"));
    channel.feed(to(StreamRole.SERVER, StreamWire.PING, "late"));
    assertEquals(TEXT, stream.read());
    assertEquals(WriteOutcome.SENT, stream.sendText(stream.text()));
    ProtocolException violation = assertThrows(ProtocolException.class, stream::read);
    assertEquals(1002, violation.closeCode());
    assertEquals("RFC 6455 §5.2", violation.rfcSection());
    assertEquals(List.of("81:good", "88:1002"), shown(channel.written()));
    assertEquals(CloseState.CLOSED_BY_US, stream.closeState());
    assertEquals(1002, stream.closeCode());
    assertEquals(WriteOutcome.CLOSED, stream.sendText("too late"));
    assertEquals(WOULD_BLOCK, stream.read());
    channel.end();
    assertEquals(CLOSED, stream.read());
    assertEquals(1002, stream.closeCode());
    assertEquals(0, channel.written().length);
  }

  @ParameterizedTest
  @EnumSource
  void eachKindOfViolationHasItsCloseCode(StreamRole role) throws IOException {
    StreamRole wrong = role == StreamRole.CLIENT ? StreamRole.SERVER : StreamRole.CLIENT;
    assertCloseCode(1002, role, to(wrong, StreamWire.TEXT, "mask")); // §5.1
    assertCloseCode(1002, role, to(role, 0x83, "opcode")); // §5.2
    assertCloseCode(1002, role, to(role, 0x80, "nothing to continue")); // §5.4
    assertCloseCode(1002, role, to(role, 0x09, "fragmented ping")); // §5.5
    assertCloseCode(1002, role, to(role, StreamWire.CLOSE, "x")); // §5.5.1
    assertCloseCode(1002, role, close(role, 1005, "")); // §7.4.1
    assertCloseCode(1007, role, to(role, StreamWire.TEXT, new byte[] {'a', (byte) 0xFF}));
    assertCloseCode(1007, role, to(role, StreamWire.TEXT, new byte[] {(byte) 0xC3}));
    assertCloseCode(1009, role, to(role, StreamWire.BINARY, new byte[101]));
    byte[] fragment = to(role, 0x02, new byte[60]);
    assertCloseCode(1009, role, concat(fragment, to(role, 0x80, new byte[60])));
    assertCloseCode(1009, role, to(role, 0x02, new byte[81]));
  }

  private static void assertCloseCode(int code, StreamRole role, byte[] wire) throws IOException {
    StreamOptions options = StreamOptions.builder().maxMessageBytes(100).maxFrameBytes(80).build();
    ScriptedChannel one = new ScriptedChannel().feed(wire);
    WebSocketStream stream = WebSocketStream.fromPartiallyRead(one, role, NOTHING, options);
    assertEquals(code, assertThrows(ProtocolException.class, stream::read).closeCode());
    List<StreamWire.Sent> sent = StreamWire.frames(one.written());
    assertEquals("[88:" + code + "]", sent.toString());
    assertEquals(role == StreamRole.CLIENT, sent.get(0).masked());
  }

  @Test
  void badTextIsRefusedAtTheByteWithoutWaitingForTheRest_8_1() {
    byte[] frame = to(StreamRole.SERVER, StreamWire.TEXT, new byte[] {'a', (byte) 0xFF, 'b', 'c'});
    channel.feed(frame, 0, frame.length - 2);
    WebSocketStream stream = stream(StreamRole.SERVER);
    assertEquals(1007, assertThrows(ProtocolException.class, stream::read).closeCode());
  }

  @Test
  void aLengthAboveTheLimitIsRefusedBeforeItsPayload() {
    byte[] frame = to(StreamRole.SERVER, StreamWire.BINARY, new byte[(1 << 20) + 1]);
    channel.feed(frame, 0, 14);
    WebSocketStream stream = stream(StreamRole.SERVER);
    assertEquals(1009, assertThrows(ProtocolException.class, stream::read).closeCode());
  }

  @Test
  void aMessageOfExactlyTheLimitArrives() throws IOException {
    channel.feed(to(StreamRole.CLIENT, StreamWire.BINARY, new byte[1 << 20]));
    WebSocketStream stream = stream(StreamRole.CLIENT);
    assertEquals(BINARY, stream.read());
    assertEquals(1 << 20, stream.payload().remaining());
  }

  @Test
  void theCloseFrameOfAViolationMayBeSentLater() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.writeRoom(0).feed(to(StreamRole.SERVER, 0x83, "opcode"));
    assertThrows(ProtocolException.class, stream::read);
    assertTrue(stream.wantsWrite());
    channel.writeRoom(100);
    assertEquals(WriteOutcome.SENT, stream.flush());
    assertEquals("[88:1002]", shown(channel.written()).toString());
  }

  @Test
  void theEndWithoutACloseFrameIs1006() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "last")).end();
    assertEquals(TEXT, stream.read());
    assertEquals(CLOSED, stream.read());
    assertEquals(CLOSED, stream.read());
    assertEquals(CloseState.TERMINATED, stream.closeState());
    assertEquals(CloseCode.ABNORMAL_CLOSURE, stream.closeCode());
    assertFalse(stream.canRead() || stream.canWrite());
    assertEquals(0, stream.interestOps());
    assertEquals(WriteOutcome.CLOSED, stream.sendText("too late"));
    assertEquals(WriteOutcome.CLOSED, stream.flush());
  }

  @Test
  void aFailureOfTheChannelIsThrownOnceAndEndsTheStream() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    IOException reset = new IOException("reset");
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "last")).failReads(reset);
    assertEquals(TEXT, stream.read());
    assertSame(reset, assertThrows(IOException.class, stream::read));
    assertEquals(CLOSED, stream.read());
    assertEquals(CloseCode.ABNORMAL_CLOSURE, stream.closeCode());
  }

  @Test
  void whatThePeerSentIsReadEvenWhenWritingToItFails() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel
        .feed(to(StreamRole.SERVER, StreamWire.PING, "p"))
        .bytesPerRead(to(StreamRole.SERVER, StreamWire.PING, "p").length)
        .feed(to(StreamRole.SERVER, StreamWire.TEXT, "t"))
        .feed(close(StreamRole.SERVER, 1000, ""))
        .failWrites(new IOException("broken pipe"));
    assertEquals(PING, stream.read());
    assertEquals(TEXT, stream.read());
    assertFalse(stream.canWrite());
    assertEquals(CLOSE, stream.read());
    assertEquals(CLOSED, stream.read());
    assertEquals(1000, stream.closeCode());
  }
}
