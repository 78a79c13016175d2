package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketPartListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
  void whatIsDeliveredAfterCloseHasNoGap() throws IOException {
    RawPeer peer = peer();
    last().pauseReading();
    last().close();
    settle();
    last().resumeReading();
    peer.write(RawPeer.text("a"));
    settle();
    assertEquals(List.of("open", "text a"), events(), "nothing came meanwhile");
    last().pauseReading();
    peer.write(RawPeer.text("b"));
    settle();
    last().resumeReading();
    peer.write(RawPeer.text("c"), RawPeer.ping("c"), RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 1000"), events());
    assertNothingLeft();
  }

  @Test
  void noPartIsMissingFromTheMidstOfAMessage() throws IOException {
    List<String> parts = new ArrayList<>();
    WebSocketPartListener listener =
        new WebSocketPartListener() {
          @Override
          public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
            parts.add(Events.show(utf8) + (last ? " last" : ""));
            webSocket.pauseReading();
            webSocket.close();
          }

          @Override
          public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
            throw new AssertionError("nobody sends one");
          }

          @Override
          public void onClose(
              WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
            parts.add("closed " + code);
          }
        };
    serve(ServerOptions.builder(), request -> UpgradeResponse.accept(listener));
    RawPeer peer = peer();
    peer.write(RawPeer.frame(0x01, new byte[] {'a'}), RawPeer.frame(0x00, new byte[] {'b'}));
    settle();
    peer.write(RawPeer.frame(0x80, new byte[] {'c'}), RawPeer.text("d"), RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("a", "closed 1000"), parts);
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
