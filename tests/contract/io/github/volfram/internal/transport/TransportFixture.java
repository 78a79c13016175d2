package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the parts of the contract share: one thread that turns the loop and plays the peers. */
@Timeout(60)
abstract class TransportFixture {

  static final long LISTENER = Tokens.of(0, 1);
  static final long MILLI = 1_000_000;

  Network network;
  Transport transport;
  Recorder sink;
  SocketAddress listening;

  private int slots = 1;

  /** The network with the backend under test. */
  abstract Network newNetwork();

  @BeforeEach
  void open() throws IOException {
    network = newNetwork();
    transport = network.open();
    sink = new Recorder();
    listening = transport.listen(LISTENER, network.anyAddress(), 1024);
  }

  @AfterEach
  void close() throws IOException {
    Thread.interrupted();
    if (network != null) { // null when the backend is absent and the test was skipped
      network.close();
    }
  }

  /** A connection that the transport has accepted, and its other end. */
  record Connection(long token, Peer peer) {}

  /** Something that may become true. */
  interface Condition {
    boolean holds() throws IOException;
  }

  long newToken() {
    return Tokens.of(slots++, 1);
  }

  Connection connection() throws IOException {
    return connection(SocketSettings.DEFAULT);
  }

  Connection connection(SocketSettings settings) throws IOException {
    Peer peer = network.connect(listening);
    return new Connection(adopt(settings), peer);
  }

  long adopt(SocketSettings settings) throws IOException {
    until("accepted", () -> !sink.accepted.isEmpty());
    long token = newToken();
    transport.adopt(token, sink.accepted.remove(), settings);
    return token;
  }

  /** Turns until the condition holds; fails after a while. */
  void until(String what, Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        fail("has not happened: " + what + "; so far " + sink.kinds);
      }
      turn();
    }
  }

  /** One short turn, which returns the number of completions. */
  private void turn() throws IOException {
    int before = sink.completions;
    int completions = transport.turn(MILLI, sink);
    assertEquals(sink.completions - before, completions, "completions returned by a turn");
  }

  void turns(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      turn();
    }
  }

  /** Nothing happens, and the loop sleeps meanwhile. */
  void assertIdle(String why) throws IOException {
    int before = sink.completions;
    long start = network.nanoTime();
    for (int i = 0; i < 3; i++) {
      assertEquals(0, transport.turn(10 * MILLI, sink), why);
    }
    assertEquals(before, sink.completions, why);
    assertTrue(network.nanoTime() - start >= 30 * MILLI, why);
  }

  /** Writes everything, turning when the connection is full. */
  void write(Peer peer, byte[] bytes) throws IOException {
    int[] written = {0};
    until(
        "written",
        () -> {
          written[0] += peer.write(bytes, written[0], bytes.length - written[0]);
          return written[0] == bytes.length;
        });
  }

  /** Reads exactly so many bytes, turning meanwhile. */
  byte[] read(Peer peer, int length) throws IOException {
    byte[] bytes = new byte[length];
    int[] read = {0};
    until(
        "read " + length,
        () -> {
          read[0] += some(peer.read(bytes, read[0], length - read[0]), read[0]);
          return read[0] == length;
        });
    return bytes;
  }

  private static int some(int read, int before) {
    return read >= 0 ? read : fail("end of stream after " + before + " bytes");
  }

  /** Turns until the peer reads the end of the stream, and fails when a byte comes before it. */
  void readEnd(Peer peer) throws IOException {
    byte[] one = new byte[1];
    until(
        "end of stream",
        () -> {
          int read = peer.read(one, 0, 1);
          if (read > 0) {
            fail("a byte in place of the end of the stream");
          }
          return read < 0;
        });
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).clear();
  }

  void submit(long token, byte[] bytes) {
    transport.submit(token, direct(bytes), 0, bytes.length);
  }

  /** Sends back every received byte from where it lies. */
  void echo() {
    sink.onReceived =
        (token, arena, index, length) -> transport.submit(token, arena, index, length);
  }
}
