package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.volfram.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent arrives whole and in order, whatever happens to others meanwhile. */
final class OrderTest extends EngineFixture {

  private static String longer(char c, int length) {
    return String.valueOf(c).repeat(length);
  }

  @Test
  void onCloseOfABrokenPeerDoesNotSpoilWhatWasSentToOthersInTheSameTurn() throws IOException {
    RawPeer first = peer();
    WebSocket firstSocket = last();
    RawPeer second = peer();
    WebSocket secondSocket = last();
    events.onClose = webSocket -> secondSocket.offerText(longer('x', 500));

    first.socket.close(); // so that the send fails
    firstSocket.offerText(longer('a', 100));
    secondSocket.offerText(longer('b', 100));
    settle();

    assertEquals(
        List.of(
            "text " + Events.show(longer('b', 100).getBytes()),
            "text " + Events.show(longer('x', 500).getBytes())),
        second.read());
  }

  @Test
  void anOwedPongDoesNotBreakIntoALongFrame() throws IOException {
    RawPeer slow = peer();
    WebSocket slowSocket = last();
    RawPeer other = peer();
    byte[] large = new byte[1 << 20];
    events.onMessage = (webSocket, payload) -> slowSocket.offerBinary(ByteBuffer.wrap(large));

    slow.socket.holdsAtMost(1000);
    slowSocket.offerBinary(ByteBuffer.wrap(new byte[2000]));
    settle();
    slow.write(RawPeer.ping("late"));
    settle();
    slow.socket.holdsAtMost(300_000); // enough for the backlog, not for the next message
    other.write(RawPeer.text("go"));
    settle();
    slow.socket.holdsAtMost(2 << 20);
    settle();

    assertEquals(
        List.of(
            "binary " + Events.show(new byte[2000]), "pong late", "binary " + Events.show(large)),
        slow.read());
  }
}
