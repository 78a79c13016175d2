package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What every transport does with bytes that are submitted. */
abstract class SendingContract extends TransportFixture {

  private static final int MEBIBYTE = 1024 * 1024;

  @Test
  void theSendArenaIsDirectAndHasItsSize() {
    assertTrue(transport.sendArena().isDirect());
    assertEquals(Transport.SEND_ARENA_BYTES, transport.sendArena().capacity());
  }

  @Test
  void receivedRegionIsEchoedInPlace() throws Exception {
    sink = new EchoSink(transport);
    Pair pair = pair();
    byte[] bytes = noise(1000, 1);
    pair.peer().getOutputStream().write(bytes);
    byte[] echo = turnWhile(() -> read(pair.peer(), bytes.length));
    assertArrayEquals(EchoSink.inverted(bytes), echo);
  }

  @Test
  void manyLargeRegionsAreEchoedInPlaceInOneTurn() throws Exception {
    sink = new EchoSink(transport);
    List<Pair> pairs = new ArrayList<>();
    List<FutureTask<byte[]>> echoes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Pair pair = pair(freshToken(), new SocketSettings(true, MEBIBYTE, 0));
      pairs.add(pair);
    }
    for (int i = 0; i < 8; i++) {
      Socket peer = pairs.get(i).peer();
      byte[] bytes = noise(3 * MEBIBYTE, i);
      FutureTask<Void> writing =
          inBackground(
              () -> {
                peer.getOutputStream().write(bytes);
                return null;
              });
      echoes.add(
          inBackground(
              () -> {
                byte[] echo = read(peer, bytes.length);
                writing.get();
                return echo;
              }));
    }
    for (int i = 0; i < 8; i++) {
      FutureTask<byte[]> echo = echoes.get(i);
      turnUntil(echo::isDone);
      assertArrayEquals(EchoSink.inverted(noise(3 * MEBIBYTE, i)), result(echo), "peer " + i);
    }
  }

  @Test
  void chainedSubmitsLeaveInOrder() throws Exception {
    Pair pair = pair();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int index = 0;
    // More regions than the kernel takes in one call, from several buffers, not adjacent.
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = noise(1 + i % 40, i);
      expected.writeBytes(bytes);
      if (i % 3 == 0) {
        submit(pair.token(), bytes);
      } else {
        transport.sendArena().put(index, bytes);
        transport.submit(pair.token(), transport.sendArena(), index, bytes.length);
        index += bytes.length + i % 2;
      }
    }
    turn();
    assertTrue(sink.unsent.isEmpty(), "the kernel has room for all of it");
    assertArrayEquals(expected.toByteArray(), read(pair.peer(), expected.size()));
  }

  @Test
  void positionAndLimitOfASubmittedBufferAreNeitherReadNorChanged() throws Exception {
    Pair pair = pair();
    ByteBuffer buffer = direct("abcdefgh".getBytes(StandardCharsets.US_ASCII));
    buffer.limit(3).position(2);
    transport.submit(pair.token(), buffer, 4, 4);
    turn();
    assertArrayEquals("efgh".getBytes(StandardCharsets.US_ASCII), read(pair.peer(), 4));
    assertEquals(2, buffer.position());
    assertEquals(3, buffer.limit());
  }

  @Test
  void aRegionOfNoBytesSendsNothing() throws Exception {
    Pair pair = pair();
    transport.submit(pair.token(), transport.sendArena(), 7, 0);
    assertEquals(0, transport.turn(0, sink));
    submit(pair.token(), new byte[] {42});
    turn();
    assertArrayEquals(new byte[] {42}, read(pair.peer(), 1));
  }

  @Test
  void whatALatePeerLeavesUnsentIsSentWhenWritable() throws Exception {
    Pair pair = pair();
    byte[] bytes = noise(8 * MEBIBYTE, 8);
    // Two buffers, so that the order of several regions handed back is seen too.
    ByteBuffer even = direct(bytes);
    ByteBuffer odd = direct(bytes);
    for (int i = 0; i < 8; i++) {
      transport.submit(pair.token(), i % 2 == 0 ? even : odd, i * MEBIBYTE, MEBIBYTE);
    }
    turn();
    assertFalse(sink.unsent.isEmpty(), "8 MiB do not fit into the kernel");
    assertEquals(8 * MEBIBYTE, endOfUnsent());
    FutureTask<byte[]> reading = inBackground(() -> read(pair.peer(), bytes.length));
    int notifications = 0;
    while (!sink.unsent.isEmpty()) {
      transport.awaitWritable(pair.token(), true);
      int before = sink.writableCount(pair.token());
      turnUntil(() -> sink.writableCount(pair.token()) > before);
      notifications++;
      List<RecordingSink.Region> again = List.copyOf(sink.unsent);
      sink.unsent.clear();
      for (RecordingSink.Region region : again) {
        transport.submit(pair.token(), region.buffer(), region.index(), region.length());
      }
      turn();
      if (!sink.unsent.isEmpty()) {
        assertEquals(8 * MEBIBYTE, endOfUnsent());
      }
    }
    turnUntil(reading::isDone);
    assertArrayEquals(bytes, result(reading));
    assertEquals(notifications, sink.writableCount(pair.token()), "each is armed for one");
  }

  /** Checks that the regions handed back follow one another; returns where they end. */
  private int endOfUnsent() {
    int end = sink.unsent.get(0).index();
    for (RecordingSink.Region region : sink.unsent) {
      assertEquals(end, region.index());
      end += region.length();
    }
    return end;
  }

  @Test
  void writableIsReportedOnceAndOnlyWhileArmed() throws Exception {
    Pair pair = pair();
    Pair witness = pair();
    letOthersRun(witness);
    assertEquals(0, sink.writableCount(pair.token()));
    transport.awaitWritable(pair.token(), true);
    turnUntil(() -> sink.writableCount(pair.token()) > 0);
    letOthersRun(witness);
    assertEquals(1, sink.writableCount(pair.token()));
    transport.awaitWritable(pair.token(), true);
    transport.awaitWritable(pair.token(), false);
    letOthersRun(witness);
    assertEquals(1, sink.writableCount(pair.token()));
  }

  @Test
  void submitAndFlushWorkWithinACompletion() throws Exception {
    sink =
        new RecordingSink() {
          @Override
          public void received(long token, ByteBuffer arena, int index, int length) {
            super.received(token, arena, index, length);
            try {
              for (byte round = 1; round <= 3; round++) {
                // The arena is used afresh after each flush.
                transport.sendArena().put(0, round).put(1, round);
                transport.submit(token, transport.sendArena(), 0, 2);
                if (round < 3) {
                  transport.flush(this);
                }
              }
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    Pair pair = pair();
    pair.peer().getOutputStream().write(9);
    turnUntil(() -> sink.receivedCount(pair.token()) == 1);
    assertArrayEquals(new byte[] {1, 1, 2, 2}, read(pair.peer(), 4), "sent within the turn");
    turn();
    assertArrayEquals(new byte[] {3, 3}, read(pair.peer(), 2), "sent by the next turn");
  }

  @Test
  void flushSendsWithoutReceiving() throws Exception {
    Pair pair = pair();
    pair.peer().getOutputStream().write(1);
    submit(pair.token(), new byte[] {2});
    transport.flush(sink);
    assertArrayEquals(new byte[] {2}, read(pair.peer(), 1));
    assertEquals(0, sink.receivedCount(pair.token()));
    turnUntil(() -> sink.receivedCount(pair.token()) == 1);
  }

  @Test
  void sendingIsStillPossibleAfterThePeersEndOfStream() throws Exception {
    Pair pair = pair();
    Pair witness = pair();
    pair.peer().getOutputStream().write(1);
    pair.peer().shutdownOutput();
    turnUntil(() -> !sink.closed(pair.token()).isEmpty());
    assertEquals(1, sink.receivedCount(pair.token()), "the bytes come before the end");
    submit(pair.token(), new byte[] {5, 6});
    letOthersRun(witness);
    assertArrayEquals(new byte[] {5, 6}, read(pair.peer(), 2));
    assertEquals(List.of(0), sink.closed(pair.token()));
  }

  @Test
  void shutdownOutputEndsTheStreamAfterWhatWasSubmitted() throws Exception {
    Pair pair = pair();
    submit(pair.token(), new byte[] {1, 2, 3});
    turn();
    transport.shutdownOutput(pair.token());
    assertArrayEquals(new byte[] {1, 2, 3}, pair.peer().getInputStream().readAllBytes());
    pair.peer().getOutputStream().write(7);
    turnUntil(() -> sink.receivedCount(pair.token()) == 1);
    assertTrue(sink.closed(pair.token()).isEmpty());
  }

  @Test
  void closeSendsWhatWasSubmittedAndThenEndsTheStream() throws Exception {
    Pair pair = pair();
    byte[] bytes = noise(10_000, 3);
    submit(pair.token(), bytes);
    transport.close(pair.token());
    byte[] all = turnWhile(() -> pair.peer().getInputStream().readAllBytes());
    assertArrayEquals(bytes, all);
    assertTrue(sink.closed(pair.token()).isEmpty(), "our own close is not reported");
  }

  @Test
  void abortResetsAndDiscardsWhatWasSubmitted() throws Exception {
    Pair pair = pair();
    submit(pair.token(), new byte[] {1});
    transport.abort(pair.token());
    turn();
    assertThrows(IOException.class, () -> pair.peer().getInputStream().read());
    assertTrue(sink.closed(pair.token()).isEmpty(), "our own abort is not reported");
  }
}
