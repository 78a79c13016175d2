package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.OverflowPolicy;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions, and messages for many. */
final class TopicsTest extends EngineFixture {

  private boolean publish(String topic, String text) {
    return acceptor.publisher().text(topic, any -> true, text);
  }

  @Test
  void subscribersGetWhatIsPublishedAndOthersDoNot() throws IOException {
    RawPeer one = peer();
    last().subscribe("a");
    last().subscribe("a");
    RawPeer two = peer();
    last().subscribe("a");
    last().subscribe("b");
    RawPeer three = peer();
    assertTrue(publish("a", "to a"));
    assertTrue(publish("b", "to b"));
    assertTrue(publish("nobody", "x"));
    settle();
    assertEquals(List.of("text to a"), one.read());
    assertEquals(List.of("text to a", "text to b"), two.read());
    assertEquals(List.of(), three.read());
    events.opened.get(1).unsubscribe("a");
    events.opened.get(1).unsubscribe("never");
    publish("a", "again");
    settle();
    assertEquals(List.of("text again"), one.read());
    assertEquals(List.of(), two.read());
  }

  @Test
  void aPublishingConnectionIsExcluded() throws IOException {
    events.onOpen = webSocket -> webSocket.subscribe("room");
    events.onMessage = (webSocket, payload) -> webSocket.publishBinary("room", payload);
    RawPeer one = peer();
    RawPeer two = peer();
    byte[] payload = new byte[3000];
    one.write(RawPeer.binary(payload));
    settle();
    assertEquals(List.of(), one.read());
    assertEquals(List.of("binary " + Events.show(payload)), two.read());
  }

  @Test
  void subscriptionsEndWithTheirConnection() throws IOException {
    RawPeer one = peer();
    last().subscribe("a");
    assertEquals(1, loop.topics.size());
    one.socket.close();
    settle();
    assertEquals(0, loop.topics.size());
    last().subscribe("a");
    assertEquals(0, loop.topics.size(), "a connection that has ended subscribes to nothing");
    assertNothingLeft();
  }

  @Test
  void aBroadcastReachesThoseThatThePredicateAccepts() throws IOException {
    RawPeer one = peer();
    WebSocket first = last();
    RawPeer two = peer();
    RawPeer silent = silentPeer();
    acceptor.publisher().text(null, webSocket -> webSocket == first, "first");
    acceptor.publisher().binary(null, webSocket -> true, ByteBuffer.wrap(new byte[] {'x'}));
    acceptor
        .publisher()
        .text(
            null,
            webSocket -> {
              throw new IllegalStateException("test");
            },
            "nobody");
    settle();
    assertEquals(List.of("text first", "binary x"), one.read());
    assertEquals(List.of("binary x"), two.read());
    assertEquals(List.of(), silent.read());
  }

  @Test
  void aSlowSubscriberIsBoundedAndHoldsUpNobody_R7() throws IOException {
    for (OverflowPolicy policy : OverflowPolicy.values()) {
      serve(
          ServerOptions.builder()
              .outboundHardCapBytes(1000)
              .outboundSoftMarkBytes(1000)
              .overflowPolicy(policy));
      RawPeer slow = peer();
      WebSocket slowEnd = last();
      slowEnd.subscribe("a");
      slow.socket.holdsAtMost(10);
      RawPeer quick = peer();
      last().subscribe("a");
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String text = 100 + i + ".".repeat(27); // 32 bytes on the wire
        assertTrue(publish("a", text));
        expected.add("text " + text);
        // a close frame comes on top
        assertTrue(slowEnd.bufferedBytes() <= 1000 + 127, policy + " " + slowEnd.bufferedBytes());
        settle();
      }
      assertEquals(expected, quick.read(), policy.toString());
      slow.socket.holdsAtMost(1 << 20);
      settle();
      List<String> read = slow.read();
      switch (policy) {
        case CLOSE -> assertTrue(read.contains("close 1008"), read.toString());
        case DROP_OLDEST -> {
          assertEquals(expected.get(0), read.get(0), "it had begun to leave");
          assertEquals(expected.subList(20, 50), read.subList(1, read.size()));
        }
        default -> assertEquals(expected.subList(0, 31), read, policy.toString());
      }
      if (policy != OverflowPolicy.CLOSE) { // with which what waits goes when the connection does
        assertEquals(0, slowEnd.bufferedBytes(), policy.toString());
      }
      slow.socket.close();
      quick.socket.close();
      assertNothingLeft();
      events.opened.clear();
      events.closed.clear();
    }
  }

  @Test
  void aPublicationWaitsForAMessageInParts() throws IOException {
    RawPeer peer = peer();
    last().subscribe("a");
    assertTrue(last().offerTextPart(ByteBuffer.wrap(new byte[] {'p'}), false));
    assertTrue(publish("a", "published"));
    assertTrue(last().offerTextPart(ByteBuffer.wrap(new byte[] {'q'}), true));
    settle();
    assertEquals(List.of("frame 0x1", "frame 0x80", "text published"), peer.read());
  }

  @Test
  void whatALoopHasNotLookedAtIsBounded() {
    assertTrue(loop.topics.reserve(2000, 1000), "one message of any size");
    assertFalse(loop.topics.reserve(1, 1000));
    loop.topics.release(2000);
    assertTrue(loop.topics.reserve(600, 1000));
    assertFalse(loop.topics.reserve(600, 1000));
    assertTrue(loop.topics.reserve(400, 1000));
  }
}
