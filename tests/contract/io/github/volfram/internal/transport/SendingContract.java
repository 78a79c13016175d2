package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Part of {@link TransportContract}: what goes out. */
abstract class SendingContract extends ReceivingContract {

  @Test
  void theSendArenaIsDirectAndHasItsSize() {
    assertTrue(transport.sendArena().isDirect());
    assertEquals(Transport.SEND_ARENA_BYTES, transport.sendArena().capacity());
  }

  @Test
  void receivedBytesAreEchoedFromWhereTheyLie() throws IOException {
    Connection a = connection();
    Connection b = connection();
    echo();
    Random lengths = new Random(1);
    for (int round = 0; round < 200; round++) {
      byte[] fromA = random(1 + lengths.nextInt(20_000), round);
      byte[] fromB = random(1 + lengths.nextInt(200), -round);
      write(a.peer(), fromA);
      write(b.peer(), fromB);
      // More arrives for the arena before the echo of what lies there has left.
      transport.turn(0, sink);
      write(a.peer(), fromB);
      assertArrayEquals(fromB, read(b.peer(), fromB.length));
      assertArrayEquals(fromA, read(a.peer(), fromA.length));
      assertArrayEquals(fromB, read(a.peer(), fromB.length));
    }
  }

  @Test
  void echoesAreWholeWhenOneTurnReceivesMoreThanAnArenaHolds() throws IOException {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      connections.add(connection());
    }
    keepUnsent();
    sink.onReceived = (token, arena, index, length) -> sendInOrder(token, arena, index, length);
    for (int round = 0; round < 3; round++) {
      for (Connection connection : connections) {
        byte[] sent = random(100_000, connection.token());
        assertEquals(sent.length, writeWithoutTurning(connection.peer(), sent));
      }
      for (Connection connection : connections) {
        assertArrayEquals(random(100_000, connection.token()), read(connection.peer(), 100_000));
      }
    }
  }

  private int writeWithoutTurning(Peer peer, byte[] bytes) throws IOException {
    int written = peer.write(bytes, 0, bytes.length);
    if (written < bytes.length) {
      write(peer, Arrays.copyOfRange(bytes, written, bytes.length));
    }
    return bytes.length;
  }

  @Test
  void regionsOfOneTurnLeaveInOrder() throws IOException {
    Connection connection = connection();
    for (int count : new int[] {2, 3, 20, 300, 3000}) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      ByteBuffer arena = transport.sendArena();
      int at = 0;
      for (int i = 0; i < count; i++) {
        byte[] bytes = random(1 + i % 40, i);
        expected.writeBytes(bytes);
        if (i % 3 == 0) {
          submit(connection.token(), bytes);
        } else {
          arena.clear().put(at, bytes);
          transport.submit(connection.token(), arena, at, bytes.length);
          // Some regions adjoin, others do not.
          at += bytes.length + i % 2;
        }
        arena.clear().limit(7).position(3);
      }
      assertArrayEquals(expected.toByteArray(), read(connection.peer(), expected.size()));
      assertEquals(7, arena.limit(), "position and limit are neither read nor changed");
      assertEquals(3, arena.position());
    }
  }

  @Test
  void emptyRegionsSendNothing() throws IOException {
    Connection connection = connection();
    transport.submit(connection.token(), direct(new byte[4]), 4, 0);
    submit(connection.token(), random(5, 5));

    assertArrayEquals(random(5, 5), read(connection.peer(), 5));
    assertEquals(0, sink.unsent(connection.token()).length);
  }

  @Test
  void whatTheKernelDoesNotTakeIsHandedBackInOrder() throws IOException {
    Connection connection = connection();
    byte[] sent = random(8 << 20, 10);
    int piece = 1 << 20;
    for (int i = 0; i < 8; i++) {
      submit(connection.token(), Arrays.copyOfRange(sent, i * piece, (i + 1) * piece));
    }

    transport.turn(0, sink);

    byte[] unsent = sink.unsent(connection.token());
    assertTrue(unsent.length > 0, "8 MiB fit; this test needs a larger message");
    assertArrayEquals(Arrays.copyOfRange(sent, sent.length - unsent.length, sent.length), unsent);
    assertEquals("unsent", sink.kinds.get(sink.kinds.size() - 1));
  }

  @Test
  void aLongMessageArrivesWholeThoughThePeerStopsReading() throws IOException {
    Connection connection = connection();
    byte[] sent = random(8 << 20, 11);
    keepUnsent();
    submit(connection.token(), Arrays.copyOfRange(sent, 0, 5 << 20));
    submit(connection.token(), Arrays.copyOfRange(sent, 5 << 20, sent.length));

    turns(3);
    assertIdle("nothing was read, so nothing is writable");

    assertArrayEquals(sent, read(connection.peer(), sent.length));
    assertTrue(sink.writable.size() > 0);
  }

  private final Map<Long, Deque<ByteBuffer>> kept = new HashMap<>();

  /** Keeps what was not sent, as an outbox does, and sends it when the socket is writable. */
  private void keepUnsent() {
    sink.onUnsent =
        (token, buffer, index, length) -> {
          kept.computeIfAbsent(token, any -> new ArrayDeque<>())
              .add(direct(Recorder.bytes(buffer, index, length)));
          transport.awaitWritable(token, true);
        };
    sink.onWritable =
        token -> {
          for (ByteBuffer bytes : kept.remove(token)) {
            transport.submit(token, bytes, 0, bytes.capacity());
          }
        };
  }

  private void sendInOrder(long token, ByteBuffer arena, int index, int length) {
    if (kept.containsKey(token)) {
      kept.get(token).add(direct(Recorder.bytes(arena, index, length)));
    } else {
      transport.submit(token, arena, index, length);
    }
  }

  @Test
  void writableIsReportedOncePerArming() throws IOException {
    Connection connection = connection();
    transport.awaitWritable(connection.token(), true);
    until("writable", () -> !sink.writable.isEmpty());
    turns(3);
    assertEquals(List.of(connection.token()), sink.writable);

    transport.awaitWritable(connection.token(), true);
    transport.awaitWritable(connection.token(), false);
    turns(3);
    assertEquals(List.of(connection.token()), sink.writable);
  }

  @Test
  void flushWithinACompletionSendsAtOnce() throws IOException {
    Connection connection = connection();
    byte[] answer = random(50, 12);
    byte[][] read = {null};
    sink.onReceived =
        (token, arena, index, length) -> {
          try {
            ByteBuffer sends = transport.sendArena();
            sends.clear().put(0, answer);
            transport.submit(token, sends, 0, answer.length);
            transport.flush(sink);
            // The arena is free again.
            sends.put(0, new byte[answer.length]);
            read[0] = readWithoutTurning(connection.peer(), answer.length);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    write(connection.peer(), new byte[] {1});
    until("received", () -> read[0] != null);

    assertArrayEquals(answer, read[0]);
  }

  private static byte[] readWithoutTurning(Peer peer, int length) throws IOException {
    byte[] bytes = new byte[length];
    long deadline = System.nanoTime() + 10_000 * MILLI;
    int read = 0;
    while (read < length && System.nanoTime() < deadline) {
      read += peer.read(bytes, read, length - read);
    }
    assertEquals(length, read);
    return bytes;
  }

  @Test
  void flushOutsideOfATurnSendsAndReceivesNothing() throws IOException {
    Connection connection = connection();
    write(connection.peer(), random(10, 13));
    submit(connection.token(), random(10, 14));

    transport.flush(sink);

    assertArrayEquals(random(10, 14), readWithoutTurning(connection.peer(), 10));
    assertEquals(0, sink.receivedLength(connection.token()));
  }

  @Test
  void closingSendsWhatWasSubmittedFirst() throws IOException {
    Connection connection = connection();
    submit(connection.token(), random(3000, 15));
    transport.submit(connection.token(), direct(random(100, 16)), 0, 100);

    transport.close(connection.token());

    assertThrows(IllegalStateException.class, () -> transport.close(connection.token()));
    assertArrayEquals(random(3000, 15), read(connection.peer(), 3000));
    assertArrayEquals(random(100, 16), read(connection.peer(), 100));
    readEnd(connection.peer());
  }

  @Test
  void abortingResets() throws IOException {
    Connection connection = connection();
    transport.abort(connection.token());
    assertThrows(IllegalStateException.class, () -> transport.abort(connection.token()));
    turns(2);

    byte[] one = new byte[1];
    assertThrows(
        IOException.class, () -> until("reset", () -> connection.peer().read(one, 0, 1) < 0));
  }

  @Test
  void shuttingDownEndsTheStreamAfterWhatWasSubmitted() throws IOException {
    Connection connection = connection();
    submit(connection.token(), random(500, 17));
    transport.shutdownOutput(connection.token());

    assertArrayEquals(random(500, 17), read(connection.peer(), 500));
    readEnd(connection.peer());

    write(connection.peer(), random(10, 18));
    until("received", () -> sink.receivedLength(connection.token()) == 10);
    assertArrayEquals(random(10, 18), sink.received(connection.token()));
  }

  @Test
  void sendingToABrokenConnectionReportsItOnce() throws IOException {
    Connection connection = connection();
    transport.pauseReading(connection.token());
    connection.peer().reset();
    for (int i = 0; i < 5; i++) {
      submit(connection.token(), random(100, i));
      transport.turn(MILLI, sink);
    }

    assertEquals(1, sink.closed(connection.token()).size(), sink.kinds.toString());
    assertNotEquals(0, sink.closed(connection.token()).get(0));
    assertEquals(0, sink.unsent(connection.token()).length);
  }

  @Test
  void whatArrivedBeforeAResetIsReceivedBeforeAFailedSendIsReported() throws IOException {
    Connection connection = connection();
    write(connection.peer(), random(10, 19));
    connection.peer().reset();
    submit(connection.token(), random(100, 20));
    until("closed", () -> sink.closed(connection.token()).size() == 1);

    assertArrayEquals(random(10, 19), sink.received(connection.token()));
    assertNotEquals(0, sink.closed(connection.token()).get(0));
    submit(connection.token(), random(100, 21));
    turns(3);
    assertEquals(1, sink.closed(connection.token()).size(), sink.kinds.toString());
  }

  @Test
  void aSmallSendBufferTakesLess() throws IOException {
    int small = takenAtOnce(new SocketSettings(true, 0, 8 * 1024));
    int large = takenAtOnce(new SocketSettings(true, 0, 200 * 1024));

    assertTrue(small < large, small + " against " + large);
  }

  private int takenAtOnce(SocketSettings settings) throws IOException {
    Connection connection = connection(settings);
    submit(connection.token(), new byte[8 << 20]);
    transport.turn(0, sink);
    return (8 << 20) - sink.unsent(connection.token()).length;
  }
}
