package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.OutboundFullException;
import io.github.volfram.OverflowPolicy;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Watermarks, and what becomes of messages for which there is no room. */
final class OverflowTest extends EngineFixture {

  private static final int CAP = 1000;

  private static ServerOptions.Builder policy(OverflowPolicy policy) {
    return ServerOptions.builder()
        .outboundHardCapBytes(CAP)
        .outboundSoftMarkBytes(CAP)
        .overflowPolicy(policy);
  }

  /** A text of this length that begins with a number. */
  private static String text(int number, int length) {
    char[] text = new char[length];
    Arrays.fill(text, '.');
    String digits = Integer.toString(number);
    digits.getChars(0, digits.length(), text, 0);
    return new String(text);
  }

  private static String shown(String text) {
    return "text " + Events.show(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends one message of 100 bytes on the wire, of which the kernel takes the first ten. */
  private void begin(RawPeer peer) throws IOException {
    peer.socket.holdsAtMost(10);
    assertTrue(last().offerText(text(0, 98)));
    settle();
    assertEquals(90, last().bufferedBytes());
  }

  /** Lets the peer read everything. */
  private List<String> release(RawPeer peer) throws IOException {
    peer.socket.holdsAtMost(1 << 20);
    settle();
    return peer.read();
  }

  @Test
  void theMarksAreToldInTurns_R7() throws IOException {
    serve(ServerOptions.builder().outboundSoftMarkBytes(1000).outboundLowMarkBytes(300));
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    events();
    last().offerBinary(ByteBuffer.allocate(996)); // 1000 bytes
    settle();
    assertEquals(List.of(), events(), "as much as the mark is not above it");
    last().offerBinary(ByteBuffer.allocate(200));
    settle();
    assertEquals(List.of("backpressure"), events());
    last().offerBinary(ByteBuffer.allocate(200));
    settle();
    assertEquals(List.of(), events(), "told once");
    peer.socket.holdsAtMost(1404 - 301);
    settle();
    assertEquals(301, last().bufferedBytes() - 4);
    assertEquals(List.of(), events());
    peer.socket.holdsAtMost(1404 - 296);
    settle();
    assertEquals(300, last().bufferedBytes());
    assertEquals(List.of("drained"), events());
    last().offerBinary(ByteBuffer.allocate(1000));
    settle();
    assertEquals(List.of("backpressure"), events());
    peer.socket.holdsAtMost(10_000);
    settle();
    assertEquals(List.of("drained"), events());
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void readingPausesAboveTheSoftMarkWhereThatIsAskedFor_R8() throws IOException {
    serve(
        ServerOptions.builder()
            .outboundSoftMarkBytes(1000)
            .outboundLowMarkBytes(500)
            .pauseReadingAboveSoftMark(true));
    events.echoing();
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    byte[] payload = new byte[500];
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      peer.write(RawPeer.binary(payload));
      expected.add("binary " + Events.show(payload));
      settle();
      assertTrue(last().bufferedBytes() < 2000, "buffered " + last().bufferedBytes());
    }
    WebSocket webSocket = last();
    webSocket.pauseReading();
    peer.socket.holdsAtMost(1 << 20);
    settle();
    assertEquals(0, webSocket.bufferedBytes());
    assertTrue(peer.read().size() < 100, "the application's own pause still holds");
    webSocket.resumeReading();
    settle();
    peer.write(RawPeer.binary(payload));
    settle();
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void everythingIsEchoedToASlowPeerWhereReadingPauses_R8() throws IOException {
    serve(
        ServerOptions.builder()
            .outboundSoftMarkBytes(1000)
            .outboundHardCapBytes(5000)
            .pauseReadingAboveSoftMark(true));
    events.echoing();
    RawPeer peer = peer();
    peer.socket.holdsAtMost(700);
    peer.socket.deliversAtMost(600);
    byte[] sent = new byte[0];
    for (int i = 0; i < 200; i++) {
      sent = RawPeer.join(sent, RawPeer.text(text(100 + i, 500).replace('.', 'z')));
    }
    peer.write(sent);
    List<String> echoed = new ArrayList<>();
    for (int round = 0; round < 1000 && echoed.size() < 200; round++) {
      settle();
      echoed.addAll(peer.read());
    }
    assertEquals(200, echoed.size());
  }

  @Test
  void closeGivesUpAPeerThatReadsTooSlowly_R7() throws IOException {
    serve(policy(OverflowPolicy.CLOSE));
    RawPeer peer = peer();
    begin(peer);
    assertTrue(last().offerText(text(1, 800)));
    List<Throwable> told = new ArrayList<>();
    last().sendText(text(2, 200), told::add);
    assertFalse(last().offerText("x"), "it is given up, though this one would fit");
    settle();
    OutboundFullException full = assertInstanceOf(OutboundFullException.class, told.get(0));
    assertEquals(OverflowPolicy.CLOSE, full.policy());
    assertEquals(204, full.messageBytes());
    assertEquals(894, full.bufferedBytes());
    assertEquals(CAP, full.capBytes());
    assertEquals(
        List.of(shown(text(0, 98)), shown(text(1, 800)), "close 1008", "end"), release(peer));
    peer.socket.close();
    settle();
    assertEquals(List.of("open", "closed 1008"), events());
    assertInstanceOf(OutboundFullException.class, events.cause);
    assertNothingLeft();
  }

  @Test
  void dropNewestDropsWhatDoesNotFitAndSaysNothingToTheCaller() throws IOException {
    serve(policy(OverflowPolicy.DROP_NEWEST));
    RawPeer peer = peer();
    begin(peer);
    assertTrue(last().offerText(text(1, 800)));
    List<Throwable> told = new ArrayList<>();
    last().sendText(text(2, 200), told::add);
    assertTrue(last().offerText(text(3, 200)));
    assertTrue(last().offerText(text(4, 50)), "this one fits");
    assertFalse(last().offerBinaryPart(ByteBuffer.allocate(900), false), "no part is dropped");
    settle();
    assertInstanceOf(OutboundFullException.class, told.get(0));
    assertEquals(1, told.size());
    assertEquals(
        List.of(shown(text(0, 98)), shown(text(1, 800)), shown(text(4, 50))), release(peer));
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void dropOldestKeepsTheNewestAndWhatHasBegunToLeave() throws IOException {
    serve(policy(OverflowPolicy.DROP_OLDEST));
    RawPeer peer = peer();
    begin(peer);
    List<String> told = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      String name = i + " ";
      last().sendText(text(i, 98), failure -> told.add(name + (failure == null ? "+" : "-")));
      assertTrue(last().bufferedBytes() <= CAP, "buffered " + last().bufferedBytes());
      settle();
    }
    assertEquals(990, last().bufferedBytes());
    assertEquals(91, told.size());
    assertEquals("1 -", told.get(0));
    assertEquals("91 -", told.get(90));
    assertTrue(last().offerPing(ByteBuffer.wrap(new byte[] {'p'})), "it has priority");
    List<String> expected = new ArrayList<>(List.of(shown(text(0, 98)), "ping p"));
    for (int i = 92; i <= 100; i++) {
      expected.add(shown(text(i, 98)));
    }
    assertEquals(expected, release(peer));
    assertEquals(100, told.size());
    assertEquals("100 +", told.get(99));
    assertEquals(0, last().bufferedBytes());
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void dropOldestDropsTheNewestWhereWhatHasBegunToLeaveFillsTheBuffer() throws IOException {
    serve(policy(OverflowPolicy.DROP_OLDEST));
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    assertTrue(last().offerText(text(0, 2000)));
    settle();
    List<Throwable> told = new ArrayList<>();
    last().sendText("x", told::add);
    settle();
    assertInstanceOf(OutboundFullException.class, told.get(0));
    peer.socket.holdsAtMost(1900);
    settle();
    assertTrue(last().offerText("y"));
    assertEquals(List.of(shown(text(0, 2000)), "text y"), release(peer));
  }

  @Test
  void anyMixOfSlownessSendsASubsequenceThatEndsWithTheLast() throws IOException {
    serve(policy(OverflowPolicy.DROP_OLDEST));
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      RawPeer peer = peer();
      List<Integer> sent = new ArrayList<>();
      List<Integer> lost = new ArrayList<>();
      List<Integer> read = new ArrayList<>();
      int count = 200;
      for (int i = 0; i < count; i++) {
        int number = 1000 + i;
        last()
            .sendText(
                text(number, 4 + random.nextInt(28)),
                failure -> (failure == null ? sent : lost).add(number));
        assertTrue(last().bufferedBytes() <= CAP, "buffered " + last().bufferedBytes());
        if (random.nextInt(4) == 0) {
          peer.socket.holdsAtMost(random.nextInt(60));
          loop.poll();
          numbers(peer.read(), read);
        }
      }
      numbers(release(peer), read);
      assertEquals(sent, read, "seed " + seed);
      assertEquals(count, sent.size() + lost.size(), "seed " + seed);
      assertEquals(1000 + count - 1, read.get(read.size() - 1), "seed " + seed);
      assertFalse(lost.isEmpty(), "seed " + seed);
      peer.socket.close();
      settle();
    }
    assertNothingLeft();
  }

  @Test
  void anotherThreadReplacesWhatWaitsInAFullBuffer() throws Exception {
    serve(policy(OverflowPolicy.REJECT));
    RawPeer peer = peer();
    begin(peer);
    WebSocket webSocket = last();
    for (int key = 0; key < 9; key++) {
      assertTrue(webSocket.offerLatestText(key, text(key, 98)));
    }
    assertEquals(990, webSocket.bufferedBytes());
    List<Boolean> taken = new ArrayList<>();
    Thread feed =
        new Thread(
            () -> {
              for (int key = 0; key < 9; key++) {
                taken.add(webSocket.offerLatestText(key, text(100 + key, 98)));
              }
              taken.add(webSocket.offerLatestText("another", text(9, 98)));
              taken.add(webSocket.offerText(text(9, 98)));
            });
    feed.start();
    feed.join();
    assertEquals(9, Collections.frequency(taken, true), taken.toString());
    assertEquals(List.of(false, false), taken.subList(9, 11), "there is no room for more");
    settle();
    assertEquals(990, webSocket.bufferedBytes());
    List<String> expected = new ArrayList<>(List.of(shown(text(0, 98))));
    for (int key = 0; key < 9; key++) {
      expected.add(shown(text(100 + key, 98)));
    }
    assertEquals(expected, release(peer));
    peer.socket.close();
    assertNothingLeft();
  }

  private static void numbers(List<String> frames, List<Integer> into) {
    for (String frame : frames) {
      into.add(Integer.parseInt(frame.substring(5, 9)));
    }
  }

  @Test
  void aLaterMessageOfTheSameKeyTakesThePlaceOfOneThatWaits() throws IOException {
    RawPeer peer = peer();
    begin(peer);
    WebSocket webSocket = last();
    assertTrue(webSocket.offerLatestText("a", "a1"));
    assertTrue(webSocket.offerLatestText("b", "b1"));
    assertTrue(webSocket.offerText("between"));
    long before = webSocket.bufferedBytes();
    assertTrue(webSocket.offerLatestText("a", "a2!"));
    assertEquals(before + 1, webSocket.bufferedBytes());
    assertTrue(webSocket.offerLatestBinary("b", ByteBuffer.wrap(new byte[] {'B'})));
    assertEquals(before, webSocket.bufferedBytes());
    assertEquals(
        List.of(shown(text(0, 98)), "text a2!", "binary B", "text between"), release(peer));
    assertTrue(webSocket.offerLatestText("a", "a3"));
    assertTrue(webSocket.offerLatestText("a", "a4"));
    settle();
    assertEquals(List.of("text a3", "text a4"), peer.read(), "nothing waits, so all are sent");
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void aReplacementNeedsNoMoreRoomThanItsDifference() throws IOException {
    serve(policy(OverflowPolicy.REJECT));
    RawPeer peer = peer();
    begin(peer);
    assertTrue(last().offerLatestText("k", text(1, 900)));
    assertFalse(last().offerText(text(2, 90)));
    assertTrue(last().offerLatestText("k", text(3, 904)));
    assertFalse(last().offerLatestText("k", text(4, 907)), "one byte more than the cap");
    assertEquals(List.of(shown(text(0, 98)), shown(text(3, 904))), release(peer));
  }

  @Test
  void closingAndMessagesInPartsComeAfterWhatWaits() throws IOException {
    serve(policy(OverflowPolicy.DROP_OLDEST));
    RawPeer peer = peer();
    begin(peer);
    assertTrue(last().offerText("one"));
    assertTrue(last().offerTextPart(ByteBuffer.wrap(new byte[] {'p'}), false));
    assertTrue(last().offerText("two"));
    assertTrue(last().offerTextPart(ByteBuffer.wrap(new byte[] {'q'}), true));
    assertTrue(last().offerText("three"));
    last().close(3000, "");
    assertEquals(
        List.of(
            shown(text(0, 98)),
            "text one",
            "frame 0x1",
            "frame 0x80",
            "text two",
            "text three",
            "close 3000"),
        release(peer));
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void whatWaitsFailsWhenTheConnectionEnds() throws IOException {
    serve(policy(OverflowPolicy.DROP_OLDEST));
    RawPeer peer = peer();
    begin(peer);
    List<Throwable> told = new ArrayList<>();
    last().sendText("one", told::add);
    last().sendText("two", told::add);
    last().abort();
    settle();
    assertEquals(2, told.size());
    assertNothingLeft();
  }

  @Test
  void theKernelIsAskedBeforeAMessageIsRefused() throws IOException {
    serve(policy(OverflowPolicy.REJECT));
    RawPeer peer = peer();
    for (int i = 0; i < 20; i++) { // in one turn, and more than the cap
      assertTrue(last().offerText(text(i, 300)), "message " + i);
    }
    settle();
    assertEquals(20, peer.read().size());
  }
}
