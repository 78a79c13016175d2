package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The closing handshake of a connection that is not being read: the peer's close frame is found.
 */
final class ClosingWhilePausedTest extends EngineFixture {

  @Test
  void whatWaitsIsDiscardedAndThePeersCodeIsHeard_7_1_2() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.pauseReading();
    peer.write(RawPeer.text("a"), RawPeer.text("b"), RawPeer.ping("b"));
    settle();
    peer.write(RawPeer.text("in the kernel"));
    last().close(4000, "");
    settle();
    assertEquals(List.of("close 4000"), peer.read());
    peer.write(RawPeer.text("c"), RawPeer.frame(0x8A, new byte[0]), RawPeer.close(4001));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "text a", "closed 4001"), events());
    assertNull(events.cause);
    assertNothingLeft();
  }

  @Test
  void theCallbackThatHasPausedMayClose() throws IOException {
    RawPeer peer = peer();
    events.onMessage =
        (webSocket, payload) -> {
          webSocket.pauseReading();
          webSocket.close();
        };
    peer.write(RawPeer.text("a"), RawPeer.text("b"), RawPeer.close(4001));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "text a", "closed 4001"), events());
    assertNothingLeft();
  }

  @Test
  void resumingAfterCloseDeliversAgainAndPausingDiscards() throws IOException {
    RawPeer peer = peer();
    last().pauseReading();
    last().close();
    peer.write(RawPeer.text("discarded"));
    settle();
    last().resumeReading();
    peer.write(RawPeer.text("a"));
    settle();
    assertEquals(List.of("open", "text a"), events());
    last().pauseReading();
    peer.write(RawPeer.text("discarded"), RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 1000"), events());
    assertNothingLeft();
  }

  @Test
  void theEndOfTheStreamBehindWhatWaitsIsNoticed() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.pauseReading();
    peer.write(RawPeer.text("a"), RawPeer.text("b"));
    peer.socket.shutdownOutput();
    settle();
    last().close();
    settle();
    assertEquals(List.of("open", "text a", "closed 1006"), events());
    assertNothingLeft();
  }

  @Test
  void aPauseForBackpressureEndsAndNothingIsDiscarded() throws IOException {
    serve(ServerOptions.builder().outboundSoftMarkBytes(1000).pauseReadingAboveSoftMark(true));
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    last().offerBinary(ByteBuffer.allocate(2000));
    settle();
    last().close();
    peer.write(RawPeer.text("a"), RawPeer.close(4001));
    settle();
    assertEquals(List.of("open", "backpressure", "text a"), events());
    peer.socket.holdsAtMost(1 << 20);
    settle();
    assertEquals(
        List.of("binary " + Events.show(new byte[2000]), "close 1000", "end"), peer.read());
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 4001"), events());
    assertNothingLeft();
  }

  @Test
  void whatWaitsForTheApplicationsOwnThreadsIsNotDiscarded() throws IOException {
    RawPeer peer = peer();
    WebSocket webSocket = last();
    ((Connection) webSocket).holdBack(true);
    webSocket.close();
    peer.write(RawPeer.text("a"), RawPeer.close(4001));
    settle();
    assertEquals(List.of("open"), events());
    ((Connection) webSocket).holdBack(false);
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("text a", "closed 4001"), events());
    assertNothingLeft();
  }
}
