package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeTransportTest extends TransportContract {

  @Override
  FakeNetwork newNetwork() {
    return new FakeNetwork();
  }

  private FakeNetwork fake() {
    return (FakeNetwork) network;
  }

  @Test
  void deliveriesAreSplitAsAsked() throws IOException {
    Connection connection = connection();
    ((FakePeer) connection.peer()).deliversAtMost(3).writeAll(random(10, 1));

    turns(2);
    assertEquals(6, sink.receivedLength(connection.token()));
    turns(2);
    assertArrayEquals(random(10, 1), sink.received(connection.token()));
  }

  @Test
  void writesAreShortAsAsked() throws IOException {
    Connection connection = connection();
    FakePeer peer = ((FakePeer) connection.peer()).takesPerWrite(1);
    submit(connection.token(), random(3, 2));
    transport.turn(0, sink);

    assertEquals(1, peer.readAll().length);
    assertEquals(2, sink.unsent(connection.token()).length);
  }

  @Test
  void aFullPeerMakesNothingWritableUntilItReads() throws IOException {
    Connection connection = connection();
    FakePeer peer = ((FakePeer) connection.peer()).holdsAtMost(5);
    submit(connection.token(), random(8, 3));
    transport.turn(0, sink);
    transport.awaitWritable(connection.token(), true);
    turns(2);
    assertEquals(List.of(), sink.writable);

    assertEquals(5, peer.readAll().length);
    turns(1);
    assertEquals(List.of(connection.token()), sink.writable);
  }

  @Test
  void acceptingFailsAsAsked() throws IOException {
    ((FakeTransport) transport).failAccepting(LISTENER, 24);
    network.connect(listening);
    turns(1);
    assertEquals(List.of(24), sink.acceptErrors);

    ((FakeTransport) transport).failAccepting(LISTENER, 0);
    turns(1);
    assertEquals(1, sink.accepted.size());
  }

  @Test
  void connectingEndsAsAskedOrNever() throws IOException {
    SocketAddress slow = fake().refusingAddress();
    fake().refuse(slow, Errno.ETIMEDOUT);
    SocketAddress never = fake().refusingAddress();
    fake().refuse(never, -1);
    long first = newToken();
    long second = newToken();
    transport.connect(first, slow, SocketSettings.DEFAULT);
    transport.connect(second, never, SocketSettings.DEFAULT);
    turns(5);

    assertEquals(List.of(Errno.ETIMEDOUT), sink.connected(first));
    assertEquals(List.of(), sink.connected(second));
  }

  @Test
  void onlyAnIdleTurnMovesTheClock() throws IOException {
    Connection connection = connection();
    long start = fake().nanoTime();
    connection.peer().write(new byte[1], 0, 1);
    transport.turn(MILLI, sink);
    assertEquals(start, fake().nanoTime());

    fake().after(400, () -> transport.wakeup());
    transport.turn(MILLI, sink);
    assertEquals(start + 400, fake().nanoTime());
    transport.turn(MILLI, sink);
    assertEquals(start + 400 + MILLI, fake().nanoTime());
  }

  @Test
  void aWaitThatWouldNeverEndIsAnError() {
    assertThrows(IllegalStateException.class, () -> transport.turn(-1, sink));
  }

  @Test
  void receivedBytesAreSpoiledWhenTheyAreNoLongerValid() throws IOException {
    Connection connection = connection();
    ByteBuffer[] arena = {null};
    int[] at = {0};
    sink.onReceived =
        (token, buffer, index, length) -> {
          arena[0] = buffer;
          at[0] = index;
          transport.submit(token, buffer, index + 1, 1);
        };
    write(connection.peer(), new byte[] {1, 2, 3});
    turns(1);

    assertArrayEquals(new byte[] {(byte) 0xDD, 2, (byte) 0xDD}, Recorder.bytes(arena[0], at[0], 3));
    assertArrayEquals(new byte[] {2}, read(connection.peer(), 1));
  }
}
