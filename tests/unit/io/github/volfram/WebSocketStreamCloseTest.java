package io.github.volfram;

import static io.github.volfram.CloseState.ACTIVE;
import static io.github.volfram.CloseState.CLOSED_BY_PEER;
import static io.github.volfram.CloseState.CLOSED_BY_US;
import static io.github.volfram.CloseState.CLOSE_ACKNOWLEDGED;
import static io.github.volfram.CloseState.TERMINATED;
import static io.github.volfram.ReadOutcome.CLOSE;
import static io.github.volfram.ReadOutcome.CLOSED;
import static io.github.volfram.ReadOutcome.PING;
import static io.github.volfram.ReadOutcome.TEXT;
import static io.github.volfram.ReadOutcome.WOULD_BLOCK;
import static io.github.volfram.StreamWire.close;
import static io.github.volfram.StreamWire.shown;
import static io.github.volfram.StreamWire.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketStreamCloseTest {

  private final ScriptedChannel channel = new ScriptedChannel();
  private final FakeClock clock = new FakeClock();

  private WebSocketStream stream(StreamRole role) {
    return WebSocketStream.fromPartiallyRead(
        channel, role, ByteBuffer.allocate(0), StreamOptions.DEFAULT, clock);
  }

  @Test
  void serverThatClosesFirstEndsAtThePeersAnswer_7_1_1() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    assertEquals(ACTIVE, stream.closeState());
    assertEquals(WriteOutcome.QUEUED, stream.writeText("before"));
    assertEquals(WriteOutcome.SENT, stream.close(3001, "tschüß"));
    assertEquals(List.of("81:before", "88:3001tschüß"), shown(channel.written()));
    assertEquals(CLOSED_BY_US, stream.closeState());
    assertTrue(stream.canRead());
    assertFalse(stream.canWrite());
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "crossed"));
    channel.feed(to(StreamRole.SERVER, StreamWire.PING, "crossed"));
    channel.feed(close(StreamRole.SERVER, 3001, ""));
    assertEquals(TEXT, stream.read());
    assertEquals(PING, stream.read());
    assertEquals(CLOSE, stream.read());
    assertEquals(CLOSE_ACKNOWLEDGED, stream.closeState());
    assertEquals(CLOSED, stream.read());
    assertEquals(TERMINATED, stream.closeState());
    assertEquals(3001, stream.closeCode());
    assertEquals(0, channel.written().length, "no frame follows a close frame (RFC 6455 §5.5.1)");
  }

  @Test
  void clientWaitsForTheServerToEndTheConnection_7_1_1() throws IOException {
    WebSocketStream stream = stream(StreamRole.CLIENT);
    assertEquals(WriteOutcome.SENT, stream.close());
    assertEquals("[88:1000]", shown(channel.written()).toString());
    channel.feed(close(StreamRole.CLIENT, 1000, "ok"));
    assertEquals(CLOSE, stream.read());
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(CLOSE_ACKNOWLEDGED, stream.closeState());
    channel.end();
    assertEquals(CLOSED, stream.read());
    assertEquals(1000, stream.closeCode());
    assertEquals("ok", stream.closeReason());
  }

  @Test
  void thePeersCloseIsAnsweredBehindWhatIsPending() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.writeRoom(0).feed(close(StreamRole.SERVER, 4321, "bye"));
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "ignored"));
    assertEquals(WriteOutcome.QUEUED, stream.writeText("pending"));
    assertEquals(CLOSE, stream.read());
    assertEquals(CLOSED_BY_PEER, stream.closeState());
    assertEquals(4321, stream.closeCode());
    assertEquals("bye", stream.closeReason());
    assertEquals(WriteOutcome.CLOSED, stream.writeText("late"));
    assertEquals(WriteOutcome.CLOSED, stream.close());
    assertEquals(WOULD_BLOCK, stream.read());
    assertTrue(stream.wantsWrite());
    channel.writeRoom(100);
    assertEquals(WriteOutcome.SENT, stream.flush());
    assertEquals(CLOSE_ACKNOWLEDGED, stream.closeState());
    assertEquals(List.of("81:pending", "88:4321"), shown(channel.written()));
    assertEquals(CLOSED, stream.read());
  }

  @Test
  void anEmptyCloseIsAnsweredEmptyAndReported1005() throws IOException {
    WebSocketStream stream = stream(StreamRole.CLIENT);
    channel.feed(to(StreamRole.CLIENT, StreamWire.CLOSE, ""));
    assertEquals(CLOSE, stream.read());
    assertEquals(CLOSE_ACKNOWLEDGED, stream.closeState());
    assertEquals("[88:]", shown(channel.written()).toString());
    assertEquals(CloseCode.NO_STATUS_RECEIVED, stream.closeCode());
    channel.end();
    assertEquals(CLOSED, stream.read());
    assertEquals(CloseCode.NO_STATUS_RECEIVED, stream.closeCode());
  }

  @Test
  void aCloseInTheMiddleOfAMessageIsAnswered() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.feed(to(StreamRole.SERVER, 0x01, "frag")).feed(close(StreamRole.SERVER, 1000, ""));
    assertEquals(CLOSE, stream.read());
    assertEquals("[88:1000]", shown(channel.written()).toString());
  }

  @Test
  void aPeerThatNeverAnswersIsGivenUpAtTheDeadline() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    assertEquals(0, stream.selectTimeoutMillis());
    stream.close();
    assertEquals(5000, stream.selectTimeoutMillis());
    clock.advance(Duration.ofMillis(4999));
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(1, stream.selectTimeoutMillis());
    clock.advance(Duration.ofMillis(1));
    channel.feed(to(StreamRole.SERVER, StreamWire.TEXT, "too late"));
    assertEquals(CLOSED, stream.read());
    assertEquals(TERMINATED, stream.closeState());
    assertEquals(CloseCode.ABNORMAL_CLOSURE, stream.closeCode());
    assertEquals(0, stream.selectTimeoutMillis());
  }

  @Test
  void aPeerThatKeepsSendingAfterItsViolationIsGivenUp() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    channel.feed(to(StreamRole.SERVER, 0x83, "opcode"));
    assertThrows(ProtocolException.class, stream::read);
    channel.feed(new byte[60_000]);
    assertEquals(WOULD_BLOCK, stream.read());
    assertEquals(0, channel.unreadBytes());
    channel.feed(new byte[1_000_000]);
    assertEquals(CLOSED, stream.read());
  }

  @Test
  void aViolationAfterOurCloseSendsNoSecondClose_5_5_1() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    stream.close();
    channel.feed(to(StreamRole.SERVER, 0x83, "opcode"));
    assertEquals(1002, assertThrows(ProtocolException.class, stream::read).closeCode());
    assertEquals("[88:1000]", shown(channel.written()).toString());
    channel.end();
    assertEquals(CLOSED, stream.read());
  }

  @Test
  void closingTwiceSendsOneFrame() throws IOException {
    WebSocketStream stream = stream(StreamRole.CLIENT);
    assertEquals(WriteOutcome.SENT, stream.close());
    assertEquals(WriteOutcome.CLOSED, stream.close(4000, "again"));
    assertEquals("[88:1000]", shown(channel.written()).toString());
  }

  @Test
  void closeIsTakenEvenWhenTheWriteBufferIsFull() throws IOException {
    StreamOptions options =
        StreamOptions.builder().writeBufferBytes(0).maxWriteBufferBytes(0).build();
    channel.writeRoom(0);
    WebSocketStream stream =
        WebSocketStream.fromPartiallyRead(
            channel, StreamRole.SERVER, ByteBuffer.allocate(0), options);
    assertEquals(WriteOutcome.WOULD_BLOCK, stream.sendText("x"));
    assertEquals(WriteOutcome.FULL, stream.sendText("x"));
    assertEquals(WriteOutcome.WOULD_BLOCK, stream.close());
    channel.writeRoom(100);
    assertEquals(WriteOutcome.SENT, stream.flush());
    assertEquals(List.of("81:x", "88:1000"), shown(channel.written()));
  }

  @Test
  void codesAndReasonsThatMayNotBeSentAreRefused_7_4() throws IOException {
    WebSocketStream stream = stream(StreamRole.SERVER);
    for (int code : new int[] {0, 999, 1001, 1002, 1005, 1006, 1011, 1015, 2999, 5000, 65536}) {
      assertThrows(IllegalArgumentException.class, () -> stream.close(code, ""), "code " + code);
    }
    String tooLong = "ü".repeat(62);
    assertThrows(IllegalArgumentException.class, () -> stream.close(1000, tooLong));
    assertThrows(IllegalArgumentException.class, () -> stream.close(1000, "\ud800"));
    assertEquals(ACTIVE, stream.closeState());
    assertEquals(WriteOutcome.SENT, stream.close(4999, "x" + "ü".repeat(61)));
  }
}
