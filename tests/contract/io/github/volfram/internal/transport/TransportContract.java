package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every {@link Transport} does. One subclass per backend; the parts on receiving and on
 * sending are its superclasses, waiting and the lives of tokens stand here.
 */
abstract class TransportContract extends SendingContract {

  @Test
  void aTurnWaitsAtLeastItsTimeout() throws IOException {
    for (long timeout : new long[] {50_000, 999_999, MILLI, 1_500_000, 20 * MILLI}) {
      long start = network.nanoTime();
      assertEquals(0, transport.turn(timeout, sink));
      long waited = network.nanoTime() - start;
      assertTrue(waited >= timeout, "waited " + waited + " ns of " + timeout);
    }
    assertEquals(0, transport.turn(0, sink));
  }

  @Test
  void aWakeupBeforeTheWaitIsNotLost() throws IOException {
    transport.wakeup();
    transport.wakeup();
    assertEquals(0, transport.turn(-1, sink));

    long start = network.nanoTime();
    until("a wait without a wakeup", () -> waitsFullTime(start));
  }

  private boolean waitsFullTime(long start) {
    return network.nanoTime() - start >= 5 * MILLI;
  }

  @Test
  void wakeupsFromAnotherThreadEndAWaitWithoutLimit() throws IOException {
    AtomicInteger wakeups = new AtomicInteger();
    for (int round = 1; round <= 300; round++) {
      network.later(
          () -> {
            wakeups.incrementAndGet();
            transport.wakeup();
          });
      // Returns early by a wakeup only; a late wakeup of an earlier round may be one too many.
      while (wakeups.get() < round) {
        assertEquals(0, transport.turn(-1, sink));
      }
    }
    assertEquals(300, wakeups.get());
  }

  @Test
  void bytesEndAWaitWithoutLimit() throws IOException {
    Connection connection = connection();
    network.later(
        () -> {
          try {
            connection.peer().write(new byte[] {1}, 0, 1);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });

    assertEquals(1, transport.turn(-1, sink));
    assertEquals(List.of(connection.token()), sink.receivedFrom);
  }

  @Test
  void anInterruptHarmsNoConnection() throws IOException {
    Connection connection = connection();
    sink.onReceived =
        (token, arena, index, length) -> {
          transport.submit(token, arena, index, length);
          Thread.currentThread().interrupt();
        };
    for (int i = 0; i < 3; i++) {
      write(connection.peer(), random(100, i));
      until("received", () -> sink.receivedFrom.size() > 0);
      sink.receivedFrom.clear();
      transport.turn(0, sink);
      Thread.interrupted();
      assertArrayEquals(random(100, i), read(connection.peer(), 100));
    }
    Thread.currentThread().interrupt();
    long start = network.nanoTime();
    transport.turn(20 * MILLI, sink);
    assertTrue(network.nanoTime() - start >= 20 * MILLI, "an old interrupt ended the wait");
    assertEquals(List.of(), sink.closed(connection.token()));
  }

  @Test
  void aConnectionClosedByAnEarlierEventOfTheBatchHarmsNobody() throws IOException {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      connections.add(connection());
    }
    List<Long> closed = new ArrayList<>();
    sink.onReceived =
        (token, arena, index, length) -> {
          for (Connection other : connections) {
            if (other.token() != token && closed.isEmpty()) {
              closed.add(other.token());
              transport.close(other.token());
            }
          }
        };
    for (Connection connection : connections) {
      write(connection.peer(), random(10, connection.token()));
    }
    turns(3);

    assertEquals(1, closed.size());
    for (Connection connection : connections) {
      if (connection.token() == closed.get(0)) {
        assertThrows(IllegalStateException.class, () -> transport.pauseReading(connection.token()));
      } else {
        assertArrayEquals(random(10, connection.token()), sink.received(connection.token()));
      }
    }
  }

  @Test
  void aSlotIsUsedAgainWithAnotherGeneration() throws IOException {
    Connection first = connection();
    write(first.peer(), random(10, 1));
    transport.close(first.token());
    long token = Tokens.of(Tokens.slot(first.token()), Tokens.generation(first.token()) + 1);
    Peer peer = network.connect(listening);
    until("accepted", () -> !sink.accepted.isEmpty());
    transport.adopt(token, sink.accepted.remove(), SocketSettings.DEFAULT);

    write(peer, random(20, 2));
    until("received", () -> sink.receivedLength(token) == 20);

    assertArrayEquals(random(20, 2), sink.received(token));
    assertThrows(IllegalStateException.class, () -> submit(first.token(), new byte[1]));
    assertThrows(IllegalStateException.class, () -> transport.close(first.token()));
    transport.close(token);
  }

  @Test
  void aSlotIsUsedAgainWithinACompletion() throws IOException {
    Connection old = connection();
    long renewed = Tokens.of(Tokens.slot(old.token()), 2);
    Peer peer = network.connect(listening);
    until("accepted", () -> !sink.accepted.isEmpty());
    sink.onReceived =
        (token, arena, index, length) -> {
          if (token == old.token()) {
            transport.close(token);
            try {
              transport.adopt(renewed, sink.accepted.remove(), SocketSettings.DEFAULT);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    write(old.peer(), new byte[] {1});
    write(peer, new byte[] {2});
    until("received", () -> sink.receivedLength(renewed) > 0);

    assertArrayEquals(new byte[] {2}, sink.received(renewed));
    assertEquals(1, sink.receivedLength(old.token()));
  }

  @Test
  void descriptorsAreFreed() throws IOException {
    assumeTrue(network.openDescriptors() >= 0, "descriptors cannot be counted here");
    connection().peer().close();
    turns(2);
    long before = network.openDescriptors();
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      connections.add(connection());
    }
    assertTrue(network.openDescriptors() >= before + 100);
    for (Connection connection : connections) {
      if (connection.token() % 2 == 0) {
        transport.close(connection.token());
      } else {
        transport.abort(connection.token());
      }
    }
    transport.turn(0, sink);
    assertEquals(before + 50, network.openDescriptors(), "one turn later ours are free");

    for (Connection connection : connections) {
      connection.peer().close();
    }
    assertEquals(before, network.openDescriptors());
  }

  @Test
  void failedAttemptsKeepNoDescriptor() throws IOException {
    assumeTrue(network.openDescriptors() >= 0, "descriptors cannot be counted here");
    long refused = newToken();
    transport.connect(refused, network.refusingAddress(), SocketSettings.DEFAULT);
    until("refused", () -> !sink.connected(refused).isEmpty());
    transport.close(refused);
    turns(1);
    long before = network.openDescriptors();
    for (int i = 0; i < 10; i++) {
      long token = newToken();
      transport.connect(token, network.refusingAddress(), SocketSettings.DEFAULT);
      until("refused", () -> !sink.connected(token).isEmpty());
      transport.close(token);
      assertThrows(IOException.class, () -> transport.listen(token, listening, 1));
    }
    turns(1);
    assertEquals(before, network.openDescriptors());
  }

  @Test
  void exhaustedDescriptorsAreReportedAndAcceptingRecovers() throws Exception {
    assumeTrue(network instanceof LoopbackNetwork, "a fake has no limit");
    assumeTrue(new File("/dev/null").exists(), "a Unix shell sets the limit");
    String java = System.getProperty("java.home") + "/bin/java";
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "ulimit -n 120 && exec \"$@\"", "sh", java, "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(DescriptorLimit.class.getName());
    command.addAll(List.of(transportForAnotherProcess()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(
        List.of("failed with [24], accepted 0", "paused: 0, slept true", "resumed: accepted 1"),
        output.lines().toList());
    assertEquals(0, process.waitFor());
  }

  /** The class of the backend and, where its constructor takes one, the name of a poller. */
  String[] transportForAnotherProcess() {
    return new String[] {transport.getClass().getName()};
  }

  @Test
  void closingTheTransportClosesItsConnections() throws IOException {
    Connection connection = connection();
    transport.close();
    transport.close();

    byte[] one = new byte[1];
    assertEquals(-1, connection.peer().read(one, 0, 1));
    assertDoesNotThrow(transport::wakeup);
  }

  @Test
  void nothingWorksOnAnUnknownToken() {
    long unknown = Tokens.of(77_777, 1);
    for (Executable call : operations(unknown)) {
      assertThrows(IllegalStateException.class, call);
    }
    long otherGeneration = Tokens.of(Tokens.slot(LISTENER), 9);
    for (Executable call : operations(otherGeneration)) {
      assertThrows(IllegalStateException.class, call);
    }
  }

  @Test
  void nothingWorksOnAClosedTransport() throws IOException {
    Connection connection = connection();
    transport.close();

    for (Executable call : operations(connection.token())) {
      assertThrows(IllegalStateException.class, call);
    }
    assertThrows(IllegalStateException.class, () -> transport.sendArena());
    assertThrows(IllegalStateException.class, () -> transport.turn(0, sink));
    assertThrows(IllegalStateException.class, () -> transport.flush(sink));
    assertThrows(
        IllegalStateException.class, () -> transport.listen(newToken(), network.anyAddress(), 1));
    assertThrows(
        IllegalStateException.class,
        () -> transport.connect(newToken(), listening, SocketSettings.DEFAULT));
  }

  private List<Executable> operations(long token) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(8);
    return List.of(
        () -> transport.submit(token, bytes, 0, 8),
        () -> transport.awaitWritable(token, true),
        () -> transport.pauseReading(token),
        () -> transport.resumeReading(token),
        () -> transport.pauseAccepting(token, true),
        () -> transport.shutdownOutput(token),
        () -> transport.localAddress(token),
        () -> transport.remoteAddress(token),
        () -> transport.abort(token),
        () -> transport.close(token));
  }
}
