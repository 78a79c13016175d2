package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the native transport has: tables that grow, records that chain, arenas that swap. */
class JnaTransportEdgeTest {

  private static final long LISTENER = Tokens.of(0, 1);
  private static final long SECOND = 1_000_000_000L;

  private JnaTransport transport;
  private InetSocketAddress address;
  private final Sink sink = new Sink();
  private final List<SocketChannel> peers = new ArrayList<>();

  /** Echoes in place and remembers the rest. */
  private final class Sink implements CompletionSink {
    final List<String> events = new ArrayList<>();
    final List<ByteBuffer> unsent = new ArrayList<>();
    int nextSlot = 1;
    SocketSettings settings = SocketSettings.DEFAULT;
    boolean echo;
    Runnable onReceived = () -> {};

    @Override
    public void accepted(long listenerToken, AcceptedSocket socket) {
      try {
        transport.adopt(Tokens.of(nextSlot++, 1), socket, settings);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void acceptFailed(long listenerToken, int errno) {
      events.add("acceptFailed " + errno);
    }

    @Override
    public void connected(long token, int errno) {
      events.add("connected " + errno);
    }

    @Override
    public void received(long token, ByteBuffer arena, int index, int length) {
      byte[] bytes = new byte[length];
      arena.get(index, bytes);
      events.add(Tokens.slot(token) + " received " + length);
      onReceived.run();
      if (echo) {
        transport.submit(token, arena, index, length);
      }
    }

    @Override
    public void unsent(long token, ByteBuffer buffer, int index, int length) {
      ByteBuffer copy = ByteBuffer.allocate(length);
      copy.put(0, buffer, index, length);
      unsent.add(copy);
    }

    @Override
    public void writable(long token) {
      events.add("writable");
    }

    @Override
    public void closed(long token, int errno) {
      events.add(Tokens.slot(token) + " closed " + errno);
    }
  }

  JnaTransport newTransport() {
    return new JnaTransport();
  }

  @BeforeEach
  void open() throws IOException {
    NativeTests.requireLibrary();
    transport = newTransport();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    address = (InetSocketAddress) transport.listen(LISTENER, any, 64);
  }

  @AfterEach
  void close() throws IOException {
    if (transport != null) {
      transport.close();
    }
    for (SocketChannel peer : peers) {
      peer.close();
    }
  }

  private SocketChannel connect() throws IOException {
    int before = sink.nextSlot;
    SocketChannel peer = SocketChannel.open(address);
    peers.add(peer);
    for (int i = 0; i < 20 && sink.nextSlot == before; i++) {
      transport.turn(SECOND, sink);
    }
    transport.turn(0, sink); // registers it
    return peer;
  }

  private static byte[] read(SocketChannel peer, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      assertTrue(peer.read(bytes) >= 0, "end of stream at " + bytes.position());
    }
    return bytes.array();
  }

  private static ByteBuffer numbered(int length, int first) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      bytes.put(i, (byte) (first + i));
    }
    return bytes;
  }

  private static void assertNumbered(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      assertEquals((byte) i, bytes[i], "byte " + i);
    }
  }

  @Test
  void slotsFarApartGrowTheTable() throws IOException {
    sink.nextSlot = 5000;
    sink.echo = true;
    SocketChannel far = connect();
    sink.nextSlot = 100_000;
    SocketChannel farther = connect();
    for (SocketChannel peer : List.of(far, farther)) {
      peer.write(ByteBuffer.wrap(new byte[] {0, 1, 2}));
      transport.turn(SECOND, sink);
      transport.turn(0, sink);
      assertNumbered(read(peer, 3));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> transport.connect(Tokens.of(1 << 24, 1), address, SocketSettings.DEFAULT));
    assertThrows(
        IllegalArgumentException.class,
        () -> transport.connect(Tokens.of(-1, 1), address, SocketSettings.DEFAULT));
  }

  @Test
  void manySubmissionsGrowTheRingAndKeepTheirOrder() throws IOException {
    SocketChannel one = connect();
    SocketChannel two = connect();
    ByteBuffer bytes = numbered(10_000, 0);
    for (int i = 0; i < 10_000; i++) { // alternating, so that nothing merges
      transport.submit(Tokens.of(1, 1), bytes, i, 1);
      transport.submit(Tokens.of(2, 1), i % 2 == 0 ? bytes : numbered(1, i), i % 2 == 0 ? i : 0, 1);
    }
    transport.turn(0, sink);
    assertNumbered(read(one, 10_000));
    assertNumbered(read(two, 10_000));
  }

  @Test
  void anEchoInPlaceThatFallsShortSurvivesTheNextReceive() throws IOException {
    sink.settings = new SocketSettings(true, 0, 64 * 1024); // of a size that does not adapt
    SocketChannel stuck = connect();
    SocketChannel busy = connect();
    ByteBuffer fill = ByteBuffer.allocateDirect(8 << 20);
    // More than the socket holds goes first, so nothing of the echo behind it is taken.
    sink.onReceived = () -> transport.submit(Tokens.of(1, 1), fill, 0, fill.capacity());
    sink.echo = true;
    stuck.write(numbered(1000, 0));
    transport.turn(SECOND, sink); // received, and submitted where it lies
    assertEquals(List.of("1 received 1000"), sink.events);
    sink.onReceived = () -> {};
    sink.echo = false;
    busy.write(ByteBuffer.wrap(new byte[1000]));
    transport.turn(SECOND, sink);
    assertEquals("2 received 1000", sink.events.get(1));
    assertEquals(2, sink.unsent.size());
    assertTrue(sink.unsent.get(0).capacity() < fill.capacity(), "the fill was begun");
    assertNumbered(sink.unsent.get(1).array());
  }

  @Test
  void aFlushWithinACompletionDoesNotDisturbTheOthers() throws IOException {
    SocketChannel one = connect();
    SocketChannel two = connect();
    ByteBuffer large = ByteBuffer.allocateDirect(8 << 20);
    sink.onReceived =
        () -> {
          try {
            transport.submit(Tokens.of(1, 1), large, 0, large.capacity());
            transport.flush(sink);
            assertThrows(IllegalStateException.class, () -> transport.turn(0, sink));
            assertThrows(IllegalStateException.class, () -> transport.close());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    one.write(numbered(10, 0));
    two.write(numbered(20, 0));
    assertEquals(2, transport.turn(SECOND, sink));
    assertEquals(List.of("1 received 10", "2 received 20"), sink.events);
    assertEquals(2, sink.unsent.size());
  }

  @Test
  void aSinkThatThrowsLosesNothing() throws IOException {
    SocketChannel one = connect();
    SocketChannel two = connect();
    sink.onReceived =
        () -> {
          sink.onReceived = () -> {};
          throw new IllegalArgumentException("on purpose");
        };
    one.write(numbered(10, 0));
    two.write(numbered(20, 0));
    assertThrows(IllegalArgumentException.class, () -> transport.turn(SECOND, sink));
    assertEquals(1, transport.turn(SECOND, sink));
    assertEquals(List.of("1 received 10", "2 received 20"), sink.events);
  }

  @Test
  void aClosedTokenIsRefusedAndItsSlotReusable() throws IOException {
    connect();
    long first = Tokens.of(1, 1);
    transport.close(first);
    assertThrows(IllegalStateException.class, () -> transport.close(first));
    assertThrows(IllegalStateException.class, () -> transport.submit(first, numbered(1, 0), 0, 1));
    assertThrows(IllegalStateException.class, () -> transport.pauseReading(first));
    assertThrows(IllegalStateException.class, () -> transport.localAddress(first));
    transport.connect(Tokens.of(1, 2), address, SocketSettings.DEFAULT);
    assertThrows(
        IllegalStateException.class,
        () -> transport.connect(Tokens.of(1, 3), address, SocketSettings.DEFAULT));
    assertThrows(IllegalStateException.class, () -> transport.abort(first));
    transport.turn(SECOND, sink);
    transport.localAddress(Tokens.of(1, 2));
  }

  @Test
  void everythingIsRefusedAfterClose() {
    transport.close();
    transport.close();
    transport.wakeup();
    assertThrows(IllegalStateException.class, () -> transport.turn(0, sink));
    assertThrows(IllegalStateException.class, () -> transport.flush(sink));
    assertThrows(IllegalStateException.class, () -> transport.close(LISTENER));
    assertThrows(IllegalStateException.class, () -> transport.listen(LISTENER, address, 1));
  }

  @Test
  void badSubmissionsNeverReachC() throws IOException {
    connect();
    long token = Tokens.of(1, 1);
    ByteBuffer bytes = numbered(10, 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> transport.submit(token, ByteBuffer.allocate(10), 0, 10));
    for (int[] range : new int[][] {{-1, 1}, {0, 11}, {10, 1}, {0, -1}, {Integer.MAX_VALUE, 2}}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> transport.submit(token, bytes, range[0], range[1]));
    }
    assertThrows(IllegalStateException.class, () -> transport.submit(LISTENER, bytes, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> transport.adopt(Tokens.of(9, 1), () -> {}, SocketSettings.DEFAULT));
  }

  @Test
  void anOccupiedAddressIsNamed() {
    IOException thrown =
        assertThrows(IOException.class, () -> transport.listen(Tokens.of(7, 1), address, 1));
    assertTrue(thrown.getMessage().contains(address.toString()), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("Address already in use"), thrown.getMessage());
  }

  @Test
  void unixSocketsWork(@TempDir Path directory) throws IOException {
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("v.sock"));
    assertEquals(path, transport.listen(Tokens.of(7, 1), path, 4));
    sink.nextSlot = 8;
    sink.echo = true;
    try (SocketChannel peer = SocketChannel.open(path)) {
      peer.write(ByteBuffer.wrap(new byte[] {0, 1, 2}));
      for (int i = 0; i < 4; i++) {
        transport.turn(SECOND / 100, sink);
      }
      assertNumbered(read(peer, 3));
      assertEquals(path, transport.localAddress(Tokens.of(8, 1)));
    }
    assertTrue(Files.exists(path.getPath()));
    UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of("/" + "x".repeat(107));
    assertThrows(IOException.class, () -> transport.listen(Tokens.of(9, 1), tooLong, 4));
  }
}
