package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.OutboundFullException;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClosedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Backlogs, marks and caps, and who is told what of a send. */
final class SendingTest extends EngineFixture {

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void singleBytesKeepTheirOrder_R5() throws IOException {
    RawPeer peer = peer();
    peer.socket.takesPerWrite(1);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] payload = random(i * 10, i);
      assertTrue(last().offerBinary(ByteBuffer.wrap(payload)));
      expected.add("binary " + Events.show(payload));
    }
    settle();
    assertEquals(expected, peer.read());
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void anyShortWritesKeepTheOrderOfMessagesOfEverySize_R5() throws IOException {
    serve(ServerOptions.builder().outboundHardCapBytes(64 << 20));
    for (int seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      RawPeer peer = peer();
      WebSocket webSocket = last();
      List<String> expected = new ArrayList<>();
      List<String> read = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        if (random.nextInt(3) == 0) {
          peer.socket.holdsAtMost(1 + random.nextInt(random.nextBoolean() ? 100 : 200_000));
        }
        int length = random.nextInt(random.nextInt(4) == 0 ? 400_000 : 3000);
        byte[] payload = random(length, i);
        switch (random.nextInt(3)) {
          case 0 -> {
            ByteBuffer direct = ByteBuffer.allocateDirect(length).put(payload).flip();
            assertTrue(webSocket.offerBinary(direct));
            for (int at = 0; at < length; at++) {
              direct.put(at, (byte) 0xEE); // it may be reused at once
            }
            expected.add("binary " + Events.show(payload));
          }
          case 1 -> {
            assertTrue(webSocket.offerBinary(ByteBuffer.wrap(payload)));
            expected.add("binary " + Events.show(payload));
          }
          default -> {
            String text = "ä".repeat(length / 2);
            assertTrue(webSocket.offerText(text));
            expected.add("text " + Events.show(text.getBytes()));
          }
        }
        if (random.nextInt(3) == 0) {
          loop.poll();
        }
        if (random.nextBoolean()) {
          read.addAll(peer.read());
        }
      }
      peer.socket.holdsAtMost(64 << 20);
      settle();
      read.addAll(peer.read());
      assertEquals(expected, read, "seed " + seed);
      assertEquals(0, webSocket.bufferedBytes(), "seed " + seed);
      peer.socket.close();
      settle();
    }
    assertNothingLeft();
  }

  @Test
  void echoesOfEverySizeInPlaceAndNotSurviveAnyShortWrite() throws IOException {
    serve(ServerOptions.builder().outboundHardCapBytes(64 << 20));
    for (int seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      RawPeer first = peer();
      WebSocket one = last();
      RawPeer second = peer();
      WebSocket two = last();
      events.onMessage =
          (webSocket, payload) -> {
            assertTrue(one.offerBinary(payload));
            assertTrue(two.offerBinary(payload));
            assertTrue(one.offerBinary(payload));
          };
      List<String> toOne = new ArrayList<>();
      List<String> toTwo = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        first.socket.holdsAtMost(1 + random.nextInt(20_000));
        second.socket.holdsAtMost(1 + random.nextInt(20_000));
        byte[] payload = random(random.nextInt(10_000), i);
        byte[] sent = RawPeer.binary(payload);
        if (random.nextBoolean()) { // in fragments, so that it lies in a buffer of the pool
          int cut = random.nextInt(payload.length + 1);
          sent =
              RawPeer.join(
                  RawPeer.frame(0x02, java.util.Arrays.copyOf(payload, cut)),
                  RawPeer.frame(0x80, java.util.Arrays.copyOfRange(payload, cut, payload.length)));
        }
        (random.nextBoolean() ? first : second).write(sent);
        settle();
        String shown = "binary " + Events.show(payload);
        toOne.add(shown);
        toOne.add(shown);
        toTwo.add(shown);
      }
      first.socket.holdsAtMost(64 << 20);
      second.socket.holdsAtMost(64 << 20);
      settle();
      assertEquals(toOne, first.read(), "seed " + seed);
      assertEquals(toTwo, second.read(), "seed " + seed);
      first.socket.close();
      second.socket.close();
      settle();
    }
    assertNothingLeft();
  }

  @Test
  void pongsAreCoalescedWhileOutputIsBacklogged_R8() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    byte[] payload = new byte[1000];
    last().offerBinary(ByteBuffer.wrap(payload));
    settle();
    for (int i = 0; i < 10_000; i++) {
      peer.write(RawPeer.ping("" + i));
      if (i % 1000 == 999) {
        settle();
      }
    }
    assertTrue(last().bufferedBytes() < 2000, "buffered " + last().bufferedBytes());
    peer.socket.holdsAtMost(1 << 20);
    settle();
    assertEquals(List.of("binary " + Events.show(payload), "pong 9999"), peer.read());
  }

  @Test
  void aPingFloodOfAPeerThatNeverReadsStaysBounded_R8() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    byte[] pings = new byte[0];
    for (int i = 0; i < 1000; i++) {
      pings = RawPeer.join(pings, RawPeer.ping("x".repeat(100)));
    }
    for (int i = 0; i < 20; i++) {
      peer.write(pings);
      settle();
    }
    assertTrue(last().bufferedBytes() <= 256 * 1024, "buffered " + last().bufferedBytes());
  }

  @Test
  void theHardCapRefusesAndAnEmptyBufferTakesAnySize_R7() throws IOException {
    serve(ServerOptions.builder().outboundHardCapBytes(1000).outboundSoftMarkBytes(100));
    RawPeer peer = peer();
    WebSocket webSocket = last();
    peer.socket.holdsAtMost(100);
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(5000)));
    settle();
    assertFalse(webSocket.offerBinary(ByteBuffer.allocate(0)));
    assertFalse(webSocket.offerText("x"));
    List<Throwable> told = new ArrayList<>();
    webSocket.sendText("x", told::add);
    assertEquals(List.of(), told, "not within the call");
    settle();
    assertInstanceOf(OutboundFullException.class, told.get(0));
    assertTrue(webSocket.isOpen());
    peer.socket.holdsAtMost(10_000);
    settle();
    assertEquals(List.of("binary " + Events.show(new byte[5000])), peer.read());
    assertEquals(List.of("open", "backpressure", "drained"), events());

    peer.socket.holdsAtMost(0);
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(496)), "500 bytes with its header");
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(496)));
    assertFalse(webSocket.offerBinary(ByteBuffer.allocate(0)));
    assertEquals(1000, webSocket.bufferedBytes());
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void onDrainedComesOnceEvenWhenTheNextTurnTakesEverything() throws IOException {
    serve(ServerOptions.builder().outboundSoftMarkBytes(1000));
    RawPeer peer = peer();
    last().offerBinary(ByteBuffer.allocate(997)); // 1001 bytes
    settle();
    assertEquals(List.of("open", "drained"), events());
    last().offerBinary(ByteBuffer.allocate(996));
    settle();
    assertEquals(List.of(), events());
    assertEquals(2, peer.read().size());
  }

  @Test
  void onDrainedMayFillTheBufferAgainForEver() throws IOException {
    serve(ServerOptions.builder().outboundSoftMarkBytes(1000));
    RawPeer peer = peer();
    int[] left = {100};
    events.onDrained =
        webSocket -> {
          if (left[0]-- > 0) {
            webSocket.offerBinary(ByteBuffer.allocate(2000));
          }
        };
    last().offerBinary(ByteBuffer.allocate(2000));
    for (int turn = 0; turn < 110; turn++) {
      loop.poll();
    }
    assertEquals(101, peer.read().size());
    assertEquals(102, events().size());
  }

  @Test
  void sendCallbacksComeOnceInOrderWhenTheKernelHasTheBytes() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String name = "" + i;
      last()
          .sendBinary(
              ByteBuffer.allocate(48), failure -> told.add(name + (failure == null ? "" : "!")));
    }
    assertEquals(List.of(), told);
    settle();
    assertEquals(List.of("0", "1"), told);
    peer.read();
    settle();
    assertEquals(List.of("0", "1", "2", "3"), told);
    peer.socket.holdsAtMost(1000);
    settle();
    assertEquals(10, told.size());
    assertEquals("9", told.get(9));
  }

  @Test
  void sendCallbacksFailOnceWhenTheConnectionEnds() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    List<Throwable> told = new ArrayList<>();
    List<Boolean> nested = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      last()
          .sendBinary(
              ByteBuffer.allocate(94),
              failure -> {
                told.add(failure);
                nested.add(events.inCallback());
              });
    }
    events.onMessage = (webSocket, payload) -> webSocket.abort();
    peer.write(RawPeer.text("x"));
    settle();
    assertEquals(5, told.size());
    assertEquals(null, told.get(0));
    for (Throwable failure : told.subList(1, 5)) {
      assertInstanceOf(WebSocketClosedException.class, failure);
    }
    assertFalse(nested.contains(true), "a callback within a callback");
    assertNothingLeft();
    assertEquals(5, told.size());
  }

  @Test
  void aSendCallbackThatAbortsAnotherDoesNotMakeItsSendsSucceed() throws IOException {
    RawPeer first = peer();
    WebSocket one = last();
    RawPeer second = peer();
    WebSocket two = last();
    second.socket.holdsAtMost(10);
    List<Throwable> told = new ArrayList<>();
    events.onMessage =
        (webSocket, payload) -> {
          one.sendText("x", failure -> two.abort());
          two.sendBinary(ByteBuffer.allocate(1000), told::add);
        };
    first.write(RawPeer.text("go"));
    settle();
    assertEquals(1, told.size());
    assertInstanceOf(WebSocketClosedException.class, told.get(0));
  }

  @Test
  void aSendCallbackMaySendAndClose() throws IOException {
    RawPeer peer = peer();
    WebSocket webSocket = last();
    webSocket.sendText(
        "one", failure -> webSocket.sendText("two", second -> webSocket.close(3000, "")));
    settle();
    assertEquals(List.of("text one", "text two", "close 3000"), peer.read());
  }

  @Test
  void memoryOfABacklogGoesBackToThePool() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    last().offerBinary(ByteBuffer.allocate(1 << 20));
    settle();
    long before = loop.pool().retainedBytes();
    last().abort();
    settle();
    assertTrue(loop.pool().retainedBytes() >= before + (1 << 20) - 65536);
    assertNothingLeft();
  }

  @Test
  void sendsOfOneCallbackLeaveTogether() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(4);
    events.onMessage =
        (webSocket, payload) -> {
          webSocket.offerText("a");
          webSocket.offerText("b");
        };
    peer.write(RawPeer.text("x"));
    loop.poll(); // receives
    assertEquals("", peer.readText());
    loop.poll(); // sends
    String text = peer.readText();
    assertEquals(4, text.length());
    settle();
    assertEquals("\u0081\u0001a\u0081\u0001b", text + peer.readText());
  }
}
