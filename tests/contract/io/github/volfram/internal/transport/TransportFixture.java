package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A transport, a listening socket and peers that are plain blocking sockets. */
abstract class TransportFixture {

  /** Longer than anything here takes on a busy machine. */
  static final int DEADLINE_MILLIS = 20_000;

  private static final long TURN_NANOS = 5_000_000;

  private final List<AutoCloseable> resources = new ArrayList<>();
  private int slots;

  Transport transport;
  RecordingSink sink;
  long listener;
  SocketAddress address;

  /** An adopted connection and its peer. */
  record Pair(long token, Socket peer) {}

  abstract Transport open();

  @BeforeEach
  final void listen() throws IOException {
    transport = closedLater(open());
    sink = new RecordingSink();
    listener = freshToken();
    address = transport.listen(listener, loopback(0), 256);
  }

  @AfterEach
  final void closeAll() throws Exception {
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
  }

  final <T extends AutoCloseable> T closedLater(T resource) {
    resources.add(resource);
    return resource;
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  final long freshToken() {
    return Tokens.of(slots++, 1);
  }

  final Socket connectPeer() throws IOException {
    Socket peer = closedLater(new Socket());
    peer.setSoTimeout(DEADLINE_MILLIS);
    peer.connect(address, DEADLINE_MILLIS);
    return peer;
  }

  final AcceptedSocket accept() throws IOException {
    turnUntil(() -> !sink.accepted.isEmpty());
    return sink.accepted.remove();
  }

  final Pair pair() throws IOException {
    return pair(freshToken(), SocketSettings.DEFAULT);
  }

  final Pair pair(long token, SocketSettings settings) throws IOException {
    Socket peer = connectPeer();
    transport.adopt(token, accept(), settings);
    return new Pair(token, peer);
  }

  /** Turns until the condition holds; fails when it does not come to hold in time. */
  final void turnUntil(BooleanSupplier condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > DEADLINE_MILLIS * 1_000_000L) {
        fail("it did not happen within " + DEADLINE_MILLIS + " ms");
      }
      turn();
    }
  }

  /** One short turn; checks the number that it returns. */
  final int turn() throws IOException {
    int before = sink.completions();
    int completions = transport.turn(TURN_NANOS, sink);
    assertEquals(sink.completions() - before, completions, "turn returns the completions");
    return completions;
  }

  /** Turns until another connection has exchanged a few messages, time enough for all else. */
  final void letOthersRun(Pair witness) throws IOException {
    for (int i = 0; i < 5; i++) {
      int before = sink.receivedCount(witness.token());
      witness.peer().getOutputStream().write(i);
      turnUntil(() -> sink.receivedCount(witness.token()) > before);
    }
  }

  /** Runs a peer's part beside the loop and turns until it is done. */
  final <T> T turnWhile(Callable<T> peerPart) throws Exception {
    FutureTask<T> task = inBackground(peerPart);
    turnUntil(task::isDone);
    return result(task);
  }

  static <T> FutureTask<T> inBackground(Callable<T> part) {
    FutureTask<T> task = new FutureTask<>(part);
    Thread thread = new Thread(task, "peer");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  static <T> T result(FutureTask<T> task) throws Exception {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError("the peer failed: " + e.getCause(), e);
    }
  }

  final void submit(long token, byte[] bytes) {
    transport.submit(token, direct(bytes), 0, bytes.length);
  }

  static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
  }

  static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] read(Socket peer, int length) throws IOException {
    byte[] bytes = peer.getInputStream().readNBytes(length);
    assertTrue(bytes.length == length, "expected " + length + " bytes, got " + bytes.length);
    return bytes;
  }
}
