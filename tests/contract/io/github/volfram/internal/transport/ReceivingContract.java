package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Part of {@link TransportContract}: listening, connecting and what comes in. */
abstract class ReceivingContract extends TransportFixture {

  @Test
  void portZeroIsReplacedByTheRealPort() {
    assertNotEquals(0, ((InetSocketAddress) listening).getPort());
    assertEquals(listening, transport.localAddress(LISTENER));
  }

  @Test
  void anAddressInUseIsAnErrorThatNamesIt() {
    IOException e =
        assertThrows(IOException.class, () -> transport.listen(newToken(), listening, 10));

    String port = String.valueOf(((InetSocketAddress) listening).getPort());
    assertTrue(e.getMessage().contains(port), e.getMessage());
  }

  @Test
  void anUnresolvedAddressCannotBeBound() {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
    IOException e =
        assertThrows(IOException.class, () -> transport.listen(newToken(), unresolved, 10));

    assertTrue(e.getMessage().contains("nowhere.invalid"), e.getMessage());
  }

  @Test
  void anAcceptedConnectionReceives() throws IOException {
    Connection connection = connection();
    assertEquals(List.of(LISTENER), sink.acceptedBy);

    byte[] sent = random(1000, 1);
    write(connection.peer(), sent);
    until("received", () -> sink.receivedLength(connection.token()) == sent.length);

    assertArrayEquals(sent, sink.received(connection.token()));
  }

  @Test
  void addressesAreThoseThatThePeerSees() throws IOException {
    Connection connection = connection();

    assertEquals(connection.peer().remoteAddress(), transport.localAddress(connection.token()));
    assertEquals(connection.peer().localAddress(), transport.remoteAddress(connection.token()));
  }

  @Test
  void aDiscardedConnectionIsClosed() throws IOException {
    Peer peer = network.connect(listening);
    until("accepted", () -> !sink.accepted.isEmpty());

    AcceptedSocket socket = sink.accepted.remove();
    socket.discard();
    socket.discard();

    readEnd(peer);
  }

  @Test
  void discardingAfterAdoptionHasNoEffect() throws IOException {
    Peer peer = network.connect(listening);
    until("accepted", () -> !sink.accepted.isEmpty());
    AcceptedSocket socket = sink.accepted.remove();
    long token = newToken();
    transport.adopt(token, socket, SocketSettings.DEFAULT);

    socket.discard();

    write(peer, random(10, 11));
    until("received", () -> sink.receivedLength(token) == 10);
    assertArrayEquals(random(10, 11), sink.received(token));
    assertThrows(
        IllegalStateException.class,
        () -> transport.adopt(newToken(), socket, SocketSettings.DEFAULT));
  }

  @Test
  void bytesWrittenOneByOneArriveInOrder() throws IOException {
    Connection connection = connection();
    byte[] sent = random(300, 2);

    for (int i = 0; i < sent.length; i++) {
      write(connection.peer(), new byte[] {sent[i]});
      transport.turn(0, sink);
    }
    until("received", () -> sink.receivedLength(connection.token()) == sent.length);

    assertArrayEquals(sent, sink.received(connection.token()));
  }

  @Test
  void noSocketDeliversMoreThanItsShareInOneTurn() throws IOException {
    Connection connection = connection();
    byte[] sent = random(4 << 20, 3);

    write(connection.peer(), sent);
    until("received", () -> sink.receivedLength(connection.token()) == sent.length);

    assertArrayEquals(sent, sink.received(connection.token()));
    assertTrue(sink.largestReceived <= Transport.MAX_RECEIVE_BYTES, "" + sink.largestReceived);
  }

  @Test
  void oneTurnServesEverySocketThatIsReady() throws IOException {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      connections.add(connection());
    }
    for (Connection connection : connections) {
      write(connection.peer(), random(100, connection.token()));
    }
    sink.receivedFrom.clear();

    int completions = transport.turn(1000 * MILLI, sink);

    assertEquals(20, completions);
    assertEquals(20, new HashSet<>(sink.receivedFrom).size());
  }

  @Test
  void theRoomBeforeReceivedBytesIsTheSinks() throws IOException {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      connections.add(connection());
    }
    sink.onReceived =
        (token, arena, index, length) -> {
          for (int i = 1; i <= 16; i++) {
            arena.put(index - i, (byte) i);
          }
          transport.submit(token, arena, index - 16, length + 16);
        };
    for (int i = 0; i < 8; i++) {
      write(connections.get(i).peer(), random(1 + 5 * i, i));
    }
    for (int i = 0; i < 8; i++) {
      byte[] expected = new byte[16 + 1 + 5 * i];
      for (int j = 0; j < 16; j++) {
        expected[j] = (byte) (16 - j);
      }
      System.arraycopy(random(1 + 5 * i, i), 0, expected, 16, 1 + 5 * i);
      assertArrayEquals(expected, read(connections.get(i).peer(), expected.length));
    }
  }

  @Test
  void aFloodDoesNotStarveAnotherConnection() throws IOException {
    List<Connection> floods = List.of(connection(), connection(), connection(), connection());
    Connection quiet = connection();
    byte[] flood = random(1 << 20, 4);

    for (int round = 1; round <= 20; round++) {
      for (Connection connection : floods) {
        int written = connection.peer().write(flood, 0, flood.length);
        assertTrue(written >= 0);
      }
      assertEquals(1, quiet.peer().write(new byte[] {1}, 0, 1));
      for (int turn = 0; turn < 3 && sink.receivedLength(quiet.token()) < round; turn++) {
        transport.turn(100 * MILLI, sink);
      }
      assertEquals(round, sink.receivedLength(quiet.token()), "not served within three turns");
    }
  }

  @Test
  void aPausedConnectionReceivesNothingUntilItIsResumed() throws IOException {
    Connection connection = connection();
    transport.pauseReading(connection.token());
    write(connection.peer(), random(10, 5));

    connection.peer().shutdownOutput();
    turns(3);
    assertEquals(0, sink.receivedLength(connection.token()));
    assertEquals(List.of(), sink.closed(connection.token()));

    transport.resumeReading(connection.token());
    until("closed", () -> !sink.closed(connection.token()).isEmpty());
    assertArrayEquals(random(10, 5), sink.received(connection.token()));
  }

  @Test
  void aPausedListenerAcceptsNothingUntilItIsResumed() throws IOException {
    transport.pauseAccepting(LISTENER, true);
    network.connect(listening);

    turns(3);
    assertTrue(sink.accepted.isEmpty());

    transport.pauseAccepting(LISTENER, false);
    until("accepted", () -> sink.accepted.size() == 1);
    assertEquals(List.of(LISTENER), sink.acceptedBy);
  }

  @Test
  void aClosedListenerRefusesConnections() throws IOException {
    transport.close(LISTENER);
    turns(1);

    assertThrows(IOException.class, () -> network.connect(listening));
  }

  @Test
  void theEndOfTheStreamIsReportedOnceAndSendingGoesOn() throws IOException {
    Connection connection = connection();
    write(connection.peer(), random(10, 6));
    connection.peer().shutdownOutput();
    until("closed", () -> !sink.closed(connection.token()).isEmpty());
    assertArrayEquals(random(10, 6), sink.received(connection.token()));

    assertIdle("an ended stream must not keep the loop busy");
    assertEquals(List.of(0), sink.closed(connection.token()));

    submit(connection.token(), random(2000, 7));
    assertArrayEquals(random(2000, 7), read(connection.peer(), 2000));
  }

  @Test
  void aResetIsReportedOnceWithItsErrno() throws IOException {
    Connection connection = connection();
    connection.peer().reset();
    until("closed", () -> !sink.closed(connection.token()).isEmpty());

    assertIdle("a broken connection must not keep the loop busy");
    assertEquals(List.of(Errno.ECONNRESET), sink.closed(connection.token()));
    transport.close(connection.token());
  }

  @Test
  void aResetWhileReadingIsPausedDoesNotSpin() throws IOException {
    Connection connection = connection();
    transport.pauseReading(connection.token());
    connection.peer().reset();

    int before = sink.completions;
    turns(20);
    // A backend may report it at once.
    assertTrue(sink.completions - before <= 1, sink.kinds.toString());
    assertIdle("a broken connection that is paused must not keep the loop busy");

    transport.resumeReading(connection.token());
    until("closed", () -> !sink.closed(connection.token()).isEmpty());
    turns(3);
    assertEquals(List.of(Errno.ECONNRESET), sink.closed(connection.token()));
  }

  @Test
  void connectingSucceeds() throws IOException {
    Network.PeerListener listener = network.listen();
    long token = newToken();
    transport.connect(token, listener.address(), SocketSettings.DEFAULT);
    until("connected", () -> !sink.connected(token).isEmpty());
    assertEquals(List.of(0), sink.connected(token));
    assertEquals(listener.address(), transport.remoteAddress(token));

    Peer[] peer = {null};
    until("accepted by the peer", () -> (peer[0] = listener.accept()) != null);
    echo();
    write(peer[0], random(500, 8));
    assertArrayEquals(random(500, 8), read(peer[0], 500));
    assertEquals(List.of(0), sink.connected(token));
  }

  @Test
  void aRefusedConnectIsReportedAndStillToBeClosed() throws IOException {
    long token = newToken();
    transport.connect(token, network.refusingAddress(), SocketSettings.DEFAULT);
    until("refused", () -> !sink.connected(token).isEmpty());
    turns(3);

    assertEquals(List.of(Errno.ECONNREFUSED), sink.connected(token));
    assertEquals(List.of(), sink.closed(token));
    transport.close(token);
    assertThrows(IllegalStateException.class, () -> transport.close(token));
  }

  @Test
  void fiveHundredConnectionsAtOnce() throws IOException {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      peers.add(network.connect(listening));
    }
    for (int i = 0; i < 500; i++) {
      adopt(SocketSettings.DEFAULT);
    }
    echo();
    for (int i = 0; i < 500; i++) {
      write(peers.get(i), random(20 + i, i));
    }
    for (int i = 0; i < 500; i++) {
      assertArrayEquals(random(20 + i, i), read(peers.get(i), 20 + i));
    }
  }

  @Test
  void anotherTransportAdoptsTheConnection() throws IOException {
    Transport second = network.open();
    Peer peer = network.connect(listening);
    until("accepted", () -> !sink.accepted.isEmpty());
    long token = newToken();
    second.adopt(token, sink.accepted.remove(), SocketSettings.DEFAULT);
    assertThrows(IllegalStateException.class, () -> transport.pauseReading(token));

    sink.onReceived = (from, arena, index, length) -> second.submit(from, arena, index, length);
    transport = second;
    write(peer, random(3000, 9));
    assertArrayEquals(random(3000, 9), read(peer, 3000));
  }
}
