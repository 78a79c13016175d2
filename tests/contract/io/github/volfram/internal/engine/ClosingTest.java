package io.github.volfram.internal.engine;

import static io.github.volfram.internal.engine.RawPeer.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClosedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The closing handshake, from both sides. */
final class ClosingTest extends EngineFixture {

  @Test
  void anEmptyCloseIsAnsweredAndReportedAs1005_F12() throws IOException {
    RawPeer peer = peer().write(frame(0x88, new byte[0]));
    settle();
    assertEquals(List.of("close", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 1005"), events());
    assertNull(events.cause);
    assertNothingLeft();
  }

  @Test
  void aCloseWithinAMessageIsAnsweredWithItsCode_F12() throws IOException {
    RawPeer peer = peer().write(frame(0x01, new byte[] {'a'}), RawPeer.close(1000));
    settle();
    assertEquals(List.of("close 1000", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 1000"), events());
    assertNothingLeft();
  }

  @Test
  void whatFollowsACloseIsIgnored_F13() throws IOException {
    RawPeer peer = peer();
    peer.write(RawPeer.close(4000), RawPeer.ping("x"), RawPeer.text("x"), RawPeer.close(1000));
    settle();
    peer.write(RawPeer.ping("y"));
    settle();
    assertEquals(List.of("close 4000", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 4000"), events());
    assertNothingLeft();
  }

  @Test
  void afterOurCloseNothingIsSentAndThePeersMessagesStillArrive_F14() throws IOException {
    RawPeer peer = peer();
    WebSocket webSocket = last();
    webSocket.offerText("first");
    webSocket.close(3000, "bye");
    assertFalse(webSocket.isOpen());
    assertFalse(webSocket.offerText("no"));
    assertFalse(webSocket.offerPing(ByteBuffer.allocate(0)));
    List<Throwable> failures = new ArrayList<>();
    webSocket.sendText("no", failures::add);
    webSocket.close(4000, "again");
    peer.write(RawPeer.text("late"), RawPeer.ping("late"));
    settle();
    assertEquals(1, failures.size());
    assertInstanceOf(WebSocketClosedException.class, failures.get(0));
    assertEquals(List.of("text first", "close 3000"), peer.read());
    assertEquals(List.of("open", "text late", "ping late"), events());

    peer.write(RawPeer.close(3000));
    settle();
    assertEquals(List.of("end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 3000"), events());
    assertNull(events.cause);
    assertNothingLeft();
  }

  @Test
  void onlyTheApplicationsCodesAreTaken_F14() throws IOException {
    peer();
    WebSocket webSocket = last();
    for (int code : new int[] {0, 999, 1001, 1002, 1005, 1006, 1011, 2999, 5000}) {
      assertThrows(IllegalArgumentException.class, () -> webSocket.close(code, ""), "" + code);
    }
    assertThrows(IllegalArgumentException.class, () -> webSocket.close(1000, "ä".repeat(62)));
    assertThrows(IllegalArgumentException.class, () -> webSocket.offerText("\uD800"));
    assertThrows(
        IllegalArgumentException.class,
        () -> webSocket.offerTextUtf8(ByteBuffer.wrap(new byte[] {(byte) 0xC0})));
    assertThrows(
        IllegalArgumentException.class, () -> webSocket.offerPing(ByteBuffer.allocate(126)));
    assertTrue(webSocket.isOpen());
  }

  @Test
  void aPingIsAnsweredBeforeLaterDataAndAPongIsNot_F15() throws IOException {
    events.echoing();
    RawPeer peer = peer();
    peer.write(RawPeer.text("a"), RawPeer.ping("1"), frame(0x8A, new byte[0]), RawPeer.text("b"));
    settle();
    assertEquals(List.of("text a", "pong 1", "text b"), peer.read());
    assertEquals(List.of("open", "text a", "ping 1", "pong ", "text b"), events());
  }

  @Test
  void aPeerThatNeverAnswersOurCloseIsDroppedAtItsDeadline_F19() throws IOException {
    RawPeer peer = peer();
    last().close();
    for (int i = 0; i < 49; i++) {
      peer.write(RawPeer.ping("x"));
      advance(100 * MILLI);
    }
    assertFalse(events.log.contains("closed 1006"));
    advance(100 * MILLI + TICK);
    assertTrue(events.log.contains("closed 1006"));
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void aStalledWriteDoesNotShortenTheClosingHandshake() throws IOException {
    serve(
        ServerOptions.builder()
            .writeTimeout(Duration.ofSeconds(1))
            .closeTimeout(Duration.ofSeconds(5)));
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    last().offerBinary(ByteBuffer.allocate(100));
    last().close();
    settle();
    peer.socket.holdsAtMost(1000);
    settle();
    advanceSlowly(4 * SECOND);
    peer.write(RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 1000"), events());
    assertNothingLeft();
  }

  @Test
  void aViolationAfterOurCloseSendsNoSecondCloseFrame() throws IOException {
    RawPeer peer = peer();
    last().close();
    settle();
    peer.write(frame(0xC1, new byte[0]));
    settle();
    assertEquals(List.of("close 1000", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 1002"), events());
    assertNothingLeft();
  }

  @Test
  void anEndOfStreamWithoutACloseFrameIs1006() throws IOException {
    RawPeer peer = peer();
    peer.write(RawPeer.text("last"));
    peer.socket.shutdownOutput();
    settle();
    assertEquals(List.of("open", "text last", "closed 1006"), events());
    assertInstanceOf(java.io.EOFException.class, events.cause);
    assertNothingLeft();
  }

  @Test
  void aResetIs1006AndComesOnce_R4() throws IOException {
    RawPeer peer = peer();
    last().offerText("x");
    peer.socket.reset();
    settle();
    assertEquals(List.of("open", "closed 1006"), events());
    assertInstanceOf(IOException.class, events.cause);
    assertNothingLeft();
  }

  @Test
  void goAwaySends1001() throws IOException {
    RawPeer peer = peer();
    RawPeer silent = silentPeer();
    loop.registry().forEach(Connection::goAway);
    settle();
    assertEquals(List.of("close 1001"), peer.read());
    assertTrue(silent.socket.isReset());
    peer.write(RawPeer.close(1001));
    peer.socket.shutdownOutput();
    settle();
    assertEquals(List.of("open", "closed 1001"), events());
    assertNothingLeft();
  }

  @Test
  void bothSidesClosingAtOnceIsInGoodOrder() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.close(3001, "");
    peer.write(RawPeer.text("x"), RawPeer.close(3002));
    settle();
    assertEquals(List.of("close 3001", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "text x", "closed 3002"), events());
    assertNothingLeft();
  }
}
