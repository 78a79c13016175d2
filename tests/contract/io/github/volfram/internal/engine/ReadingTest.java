package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pausing and resuming, silence, and callbacks that misbehave. */
final class ReadingTest extends EngineFixture {

  @Test
  void pausingWithinABatchHoldsTheRestAndLosesNothing() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.pauseReading();
    peer.write(RawPeer.text("a"), RawPeer.text("b"), RawPeer.ping("p"), RawPeer.text("c"));
    settle();
    assertEquals(List.of("open", "text a"), events());
    peer.write(RawPeer.text("d"));
    settle();
    assertEquals(List.of(), events());
    last().resumeReading();
    assertEquals(List.of(), events(), "not within the call");
    settle();
    assertEquals(List.of("text b"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("ping p", "text c"), events());
    assertEquals(List.of("pong p"), peer.read());
    last().resumeReading();
    settle();
    assertEquals(List.of("text d"), events());
    peer.socket.close();
    last().resumeReading();
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertNothingLeft();
  }

  @Test
  void theEndOfTheStreamWaitsBehindWhatIsHeld() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.pauseReading();
    peer.write(RawPeer.text("a"), RawPeer.text("b"), RawPeer.text("c"));
    peer.socket.shutdownOutput();
    settle();
    assertEquals(List.of("open", "text a"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("text b"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("text c"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertNothingLeft();
  }

  @Test
  void aCloseFrameWaitsBehindWhatIsHeld() throws IOException {
    RawPeer peer = peer();
    events.onMessage = (webSocket, payload) -> webSocket.pauseReading();
    peer.write(RawPeer.text("a"), RawPeer.text("b"), RawPeer.close(4001));
    settle();
    last().resumeReading();
    settle();
    assertEquals(List.of("open", "text a", "text b"), events());
    last().resumeReading();
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 4001"), events());
    assertNothingLeft();
  }

  @Test
  void pausingAndResumingInOneCallbackChangesNothing() throws IOException {
    RawPeer peer = peer();
    events.onMessage =
        (webSocket, payload) -> {
          webSocket.pauseReading();
          webSocket.resumeReading();
        };
    peer.write(RawPeer.text("a"), RawPeer.text("b"));
    settle();
    assertEquals(List.of("open", "text a", "text b"), events());
  }

  @Test
  void anyPausingAndSplittingGivesTheSameMessages() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<String> expected = new ArrayList<>(List.of("open"));
      List<byte[]> parts = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String text = "m" + i + "x".repeat(random.nextInt(random.nextBoolean() ? 10 : 5000));
        byte[] payload = text.getBytes();
        expected.add("text " + Events.show(payload));
        int cut = random.nextInt(payload.length + 1);
        if (random.nextInt(3) == 0) {
          parts.add(RawPeer.frame(0x01, java.util.Arrays.copyOf(payload, cut)));
          parts.add(
              RawPeer.frame(0x80, java.util.Arrays.copyOfRange(payload, cut, payload.length)));
        } else {
          parts.add(RawPeer.frame(0x81, payload));
        }
      }
      byte[] all = RawPeer.join(parts.toArray(byte[][]::new));
      events.onMessage =
          (webSocket, payload) -> {
            webSocket.offerTextUtf8(payload);
            if (random.nextInt(3) == 0) {
              webSocket.pauseReading();
            }
          };
      RawPeer peer = peer();
      peer.socket.deliversAtMost(1 + random.nextInt(6000));
      peer.write(all);
      peer.socket.shutdownOutput();
      List<String> echoed = new ArrayList<>();
      for (int turns = 0; !events.log.contains("closed 1006"); turns++) {
        assertTrue(turns < 100_000, "seed " + seed + ": " + events.log);
        loop.poll();
        if (random.nextInt(4) == 0 && events.closed.isEmpty()) {
          last().resumeReading();
        }
        echoed.addAll(peer.read());
      }
      echoed.addAll(peer.read());
      expected.add("closed 1006");
      assertEquals(expected, events(), "seed " + seed);
      List<String> texts = expected.subList(1, expected.size() - 1);
      assertEquals(texts, echoed.subList(0, texts.size()), "seed " + seed);
      events.closed.clear();
      events.opened.clear();
    }
    events.onMessage = (webSocket, payload) -> {};
    assertNothingLeft();
  }

  @Test
  void aSilentPeerIsPingedThenDropped_R6() throws IOException {
    RawPeer peer = peer();
    advanceSlowly(60 * SECOND - TICK);
    assertEquals(List.of(), peer.read());
    advanceSlowly(2 * TICK);
    assertEquals(List.of("keepalive"), peer.read());
    advanceSlowly(20 * SECOND - 3 * TICK);
    assertEquals(List.of("open"), events());
    advanceSlowly(5 * TICK);
    assertEquals(List.of("closed 1006"), events());
    assertInstanceOf(IOException.class, events.cause);
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void aPeerThatAnswersPingsIsKept() throws IOException {
    RawPeer peer = peer();
    for (int minute = 0; minute < 10; minute++) {
      advanceSlowly(60 * SECOND + TICK);
      assertEquals(List.of("keepalive"), peer.read(), "minute " + minute);
      peer.write(RawPeer.frame(0x8A, new byte[0]));
      settle();
    }
    assertFalse(events.log.contains("closed 1006"));
  }

  @Test
  void everyByteCountsAsALifeSign() throws IOException {
    RawPeer peer = peer();
    byte[] text = RawPeer.text("slow");
    for (byte b : text) {
      advanceSlowly(59 * SECOND);
      peer.write(new byte[] {b});
      settle();
    }
    assertEquals(List.of("open", "text slow"), events());
    assertEquals(List.of(), peer.read());
  }

  @Test
  void aPongThatWaitsInTheKernelWhileReadingIsPausedCounts() throws IOException {
    RawPeer peer = peer();
    RawPeer other = peer();
    WebSocket paused = events.opened.get(0);
    advanceSlowly(60 * SECOND + TICK);
    assertEquals(List.of("keepalive"), peer.read());
    paused.pauseReading();
    peer.write(RawPeer.frame(0x8A, new byte[0]));
    for (int i = 0; i < 10; i++) {
      other.write(RawPeer.text("tick"));
      advanceSlowly(30 * SECOND);
    }
    events();
    events.onMessage = (webSocket, payload) -> paused.resumeReading();
    other.write(RawPeer.text("tick"));
    network.advance(30 * SECOND); // its deadline comes in the turn in which it is resumed
    settle();
    assertEquals(List.of("text tick", "pong "), events());
  }

  @Test
  void aSlowReaderOfALongMessageIsNotTakenForDead() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(1000);
    byte[] payload = new byte[200_000];
    last().offerBinary(java.nio.ByteBuffer.wrap(payload));
    List<String> read = new ArrayList<>();
    for (int second = 0; second < 190; second++) {
      advanceSlowly(SECOND);
      read.addAll(peer.read());
    }
    assertEquals(List.of("open", "backpressure"), events());
  }

  @Test
  void aPeerThatTakesNothingIsDropped() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(1000);
    last().offerBinary(java.nio.ByteBuffer.wrap(new byte[2000]));
    for (int second = 0; second < 29; second++) {
      peer.write(RawPeer.text("x")); // alive, but it does not read
      advanceSlowly(SECOND);
    }
    assertFalse(events.log.contains("closed 1006"));
    advanceSlowly(SECOND + 2 * TICK);
    assertTrue(events.log.contains("closed 1006"));
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void noTimeoutsMeansForEver() throws IOException {
    serve(ServerOptions.builder().idleTimeout(Duration.ZERO).writeTimeout(Duration.ZERO));
    RawPeer peer = peer();
    advance(100_000 * SECOND);
    advance(100_000 * SECOND);
    assertEquals(List.of("open"), events());
    assertEquals(List.of(), peer.read());
  }

  @Test
  void aCallbackThatThrowsEndsItsConnectionWith1011AndNoOther_R14() throws IOException {
    RawPeer good = peer();
    for (Throwable thrown :
        List.of(new IllegalStateException("test"), new StackOverflowError("test"))) {
      RawPeer bad = peer();
      WebSocket badSocket = last();
      events.onMessage =
          (webSocket, payload) -> {
            if (webSocket == badSocket) {
              sneak(thrown);
            }
            webSocket.offerTextUtf8(payload);
          };
      bad.write(RawPeer.text("boom"), RawPeer.text("never"));
      good.write(RawPeer.text("good"));
      settle();
      assertEquals(List.of("close 1011", "end"), bad.read());
      assertEquals(List.of("text good"), good.read());
      bad.socket.close();
      settle();
      assertFalse(events.log.contains("text never"));
      assertTrue(events.log.contains("closed 1011"));
      assertEquals(thrown, events.cause);
      events();
    }
    good.socket.close();
    assertNothingLeft();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void everyKindOfCallbackMayThrow() throws IOException {
    serve(ServerOptions.builder().outboundSoftMarkBytes(10));
    RuntimeException thrown = new RuntimeException("test");
    events.onOpen =
        webSocket -> {
          throw thrown;
        };
    RawPeer peer = peer();
    assertEquals(List.of("close 1011", "end"), peer.read());
    peer.socket.close();
    events.onOpen = webSocket -> {};
    events.onPing =
        (webSocket, payload) -> {
          throw thrown;
        };
    peer = peer().write(RawPeer.ping("p"));
    settle();
    assertEquals(List.of("pong p", "close 1011", "end"), peer.read());
    peer.socket.close();
    events.onDrained =
        webSocket -> {
          throw thrown;
        };
    peer = peer();
    last().offerText("longer than ten bytes");
    settle();
    assertEquals(List.of("text longer than ten bytes", "close 1011", "end"), peer.read());
    peer.socket.close();
    events.onClose =
        webSocket -> {
          throw thrown;
        };
    assertNothingLeft();
  }

  @Test
  void aThrowingSendCallbackHarmsNobody() throws IOException {
    RawPeer peer = peer();
    last()
        .sendText(
            "x",
            failure -> {
              throw new IllegalStateException("test");
            });
    settle();
    assertEquals(List.of("text x"), peer.read());
    assertTrue(last().isOpen());
  }

  @Test
  void noEventFollowsOnCloseWhenACallbackAbortsAnother_R12() throws IOException {
    RawPeer first = peer();
    RawPeer second = peer();
    List<WebSocket> both = List.copyOf(events.opened);
    events.onMessage = (webSocket, payload) -> both.forEach(WebSocket::abort);
    first.write(RawPeer.text("a"), RawPeer.text("never"));
    second.write(RawPeer.text("never"));
    settle();
    assertEquals(List.of("open", "open", "text a", "closed 1006", "closed 1006"), events());
    assertTrue(first.socket.isReset());
    assertTrue(second.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void noEventFollowsOnCloseWhenAnOnCloseAbortsAnother_R12() throws IOException {
    RawPeer first = peer();
    RawPeer second = peer();
    WebSocket other = last();
    events.onClose = webSocket -> other.abort();
    first.socket.reset();
    second.write(RawPeer.text("perhaps"));
    second.socket.shutdownOutput();
    settle();
    List<String> log = events();
    assertEquals(2, log.stream().filter("closed 1006"::equals).count(), log.toString());
    assertEquals("closed 1006", log.get(log.size() - 1));
    assertNothingLeft();
  }

  @Test
  void aReusedSlotHearsNothingOfItsPredecessor_R11() throws IOException {
    RawPeer first = peer();
    Connection before = (Connection) last();
    long token = before.token;
    before.abort();
    settle();
    RawPeer second = peer();
    Connection after = (Connection) last();
    assertEquals((int) token, (int) after.token, "the slot is reused");
    assertFalse(token == after.token);
    assertFalse(before.offerText("x"));
    before.close();
    before.resumeReading();
    before.pauseReading();
    loop.writable(token);
    loop.closed(token, 5);
    loop.received(token, transport.sendArena(), 0, 1);
    second.write(RawPeer.text("a"));
    settle();
    assertEquals(List.of("open", "closed 1006", "open", "text a"), events());
    first.socket.close();
    second.socket.close();
    assertNothingLeft();
  }
}
