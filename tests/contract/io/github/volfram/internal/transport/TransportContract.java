package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What every transport does; a backend's test is a subclass that opens it. */
@Timeout(120)
abstract class TransportContract extends WaitingContract {

  @Test
  void listeningOnPortZeroTellsTheRealPort() {
    assertNotEquals(0, ((InetSocketAddress) address).getPort());
    assertEquals(address, transport.localAddress(listener));
  }

  @Test
  void aBusyPortIsAnExceptionThatNamesTheAddress() throws Exception {
    long token = freshToken();
    IOException e = assertThrows(IOException.class, () -> transport.listen(token, address, 16));
    String port = Integer.toString(((InetSocketAddress) address).getPort());
    assertTrue(String.valueOf(e.getMessage()).contains(port), e.toString());
    assertThrows(IllegalStateException.class, () -> transport.localAddress(token));
    transport.listen(token, loopback(0), 16);
  }

  @Test
  void anUnresolvedAddressCannotBeBound() {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
    IOException e =
        assertThrows(IOException.class, () -> transport.listen(freshToken(), unresolved, 16));
    assertTrue(String.valueOf(e.getMessage()).contains("nowhere.invalid"), e.toString());
  }

  @Test
  void anAcceptedConnectionIsAdoptedAndReceives() throws Exception {
    Pair pair = pair();
    byte[] bytes = noise(100_000, 1);
    pair.peer().getOutputStream().write(bytes);
    turnUntil(() -> sink.receivedCount(pair.token()) == bytes.length);
    assertArrayEquals(bytes, sink.received(pair.token()));
  }

  @Test
  void aDiscardedConnectionIsClosed() throws Exception {
    Socket peer = connectPeer();
    AcceptedSocket socket = accept();
    socket.discard();
    socket.discard();
    assertEquals(-1, peer.getInputStream().read());
  }

  @Test
  void discardAfterAdoptionHasNoEffect() throws Exception {
    Socket peer = connectPeer();
    AcceptedSocket socket = accept();
    long token = freshToken();
    transport.adopt(token, socket, SocketSettings.DEFAULT);
    socket.discard();
    peer.getOutputStream().write(1);
    turnUntil(() -> sink.receivedCount(token) == 1);
  }

  @Test
  void severalConnectionsReceiveInOneTurn() throws Exception {
    List<Pair> pairs = List.of(pair(), pair(), pair());
    int most = 0;
    // The kernel may deliver them apart now and then, but not always.
    for (int round = 1; most < 3 && round <= 1000; round++) {
      int expected = round;
      for (Pair pair : pairs) {
        pair.peer().getOutputStream().write(round);
      }
      while (pairs.stream().anyMatch(pair -> sink.receivedCount(pair.token()) < expected)) {
        most = Math.max(most, turn());
      }
    }
    assertEquals(3, most);
  }

  @Test
  void anotherInstanceAdoptsAnAcceptedConnection() throws Exception {
    Transport other = closedLater(open());
    Socket peer = connectPeer();
    AcceptedSocket socket = accept();
    long token = Tokens.of(0, 77);
    RecordingSink others = new RecordingSink();
    other.adopt(token, socket, SocketSettings.DEFAULT);
    peer.getOutputStream().write(5);
    FutureTask<Void> turning =
        inBackground(
            () -> {
              while (others.receivedCount(token) == 0) {
                other.turn(5_000_000, others);
              }
              return null;
            });
    turning.get(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    assertArrayEquals(new byte[] {5}, others.received(token));
    other.submit(token, direct(new byte[] {6}), 0, 1);
    other.flush(others);
    assertArrayEquals(new byte[] {6}, read(peer, 1));
  }

  @Test
  void aResetIsReportedOnce() throws Exception {
    Pair pair = pair();
    Pair witness = pair();
    pair.peer().setSoLinger(true, 0);
    pair.peer().close();
    turnUntil(() -> !sink.closed(pair.token()).isEmpty());
    submit(pair.token(), new byte[100]);
    letOthersRun(witness);
    assertEquals(List.of(Errno.ECONNRESET), sink.closed(pair.token()));
    transport.close(pair.token());
  }

  @Test
  void aResetThatASendFindsIsReportedOnce() throws Exception {
    Pair pair = pair();
    Pair witness = pair();
    transport.pauseReading(pair.token());
    pair.peer().setSoLinger(true, 0);
    pair.peer().close();
    turnUntil(
        () -> {
          if (sink.closed(pair.token()).isEmpty()) {
            submit(pair.token(), new byte[100]);
          }
          return !sink.closed(pair.token()).isEmpty();
        });
    transport.resumeReading(pair.token());
    letOthersRun(witness);
    assertEquals(1, sink.closed(pair.token()).size());
    assertNotEquals(0, sink.closed(pair.token()).get(0));
  }

  @Test
  void connectSucceeds() throws Exception {
    ServerSocket server = closedLater(new ServerSocket(0, 16, loopback(0).getAddress()));
    long token = freshToken();
    transport.connect(token, server.getLocalSocketAddress(), SocketSettings.DEFAULT);
    turnUntil(() -> !sink.connected(token).isEmpty());
    assertEquals(List.of(0), sink.connected(token));
    Socket peer = closedLater(server.accept());
    peer.setSoTimeout(DEADLINE_MILLIS);
    assertEquals(peer.getRemoteSocketAddress(), transport.localAddress(token));
    assertEquals(server.getLocalSocketAddress(), transport.remoteAddress(token));
    submit(token, new byte[] {1, 2});
    turn();
    assertArrayEquals(new byte[] {1, 2}, read(peer, 2));
    peer.getOutputStream().write(3);
    turnUntil(() -> sink.receivedCount(token) == 1);
    assertEquals(0, sink.writableCount(token));
  }

  @Test
  void connectIsRefused() throws Exception {
    SocketAddress nobody;
    try (ServerSocket server = new ServerSocket(0, 1, loopback(0).getAddress())) {
      nobody = server.getLocalSocketAddress();
    }
    long token = freshToken();
    try {
      transport.connect(token, nobody, SocketSettings.DEFAULT);
    } catch (IOException e) {
      // It failed at once, which the loopback may do.
      assertThrows(IllegalStateException.class, () -> transport.close(token));
      return;
    }
    turnUntil(() -> !sink.connected(token).isEmpty());
    turn();
    assertEquals(List.of(Errno.ECONNREFUSED), sink.connected(token));
    assertTrue(sink.closed(token).isEmpty());
    transport.close(token);
  }

  @Test
  void aReusedSlotIsAnotherConnection() throws Exception {
    Pair first = pair(Tokens.of(40, 1), SocketSettings.DEFAULT);
    first.peer().getOutputStream().write(1);
    transport.close(first.token());
    Pair second = pair(Tokens.of(40, 2), SocketSettings.DEFAULT);
    second.peer().getOutputStream().write(2);
    turnUntil(() -> sink.receivedCount(second.token()) == 1);
    assertArrayEquals(new byte[] {2}, sink.received(second.token()));
    assertThrows(IllegalStateException.class, () -> transport.close(first.token()));
    submit(second.token(), new byte[] {3});
    turn();
    assertArrayEquals(new byte[] {3}, read(second.peer(), 1));
  }

  @Test
  void aSlotIsReusedWithinACompletion() throws Exception {
    long renewed = Tokens.of(50, 2);
    sink =
        new RecordingSink() {
          @Override
          public void received(long token, ByteBuffer arena, int index, int length) {
            super.received(token, arena, index, length);
            if (token == Tokens.of(50, 1)) {
              transport.close(token);
              try {
                transport.adopt(renewed, accepted.remove(), SocketSettings.DEFAULT);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }
          }
        };
    Pair old = pair(Tokens.of(50, 1), SocketSettings.DEFAULT);
    Socket peer = connectPeer();
    turnUntil(() -> !sink.accepted.isEmpty());
    old.peer().getOutputStream().write(1);
    peer.getOutputStream().write(2);
    turnUntil(() -> sink.receivedCount(renewed) == 1);
    assertArrayEquals(new byte[] {2}, sink.received(renewed));
  }

  @Test
  void pausedReadingReceivesNothingUntilItIsResumed() throws Exception {
    Pair pair = pair();
    Pair witness = pair();
    transport.pauseReading(pair.token());
    pair.peer().getOutputStream().write(new byte[] {1, 2});
    pair.peer().shutdownOutput();
    letOthersRun(witness);
    assertEquals(0, sink.receivedCount(pair.token()));
    assertTrue(sink.closed(pair.token()).isEmpty());
    transport.resumeReading(pair.token());
    turnUntil(() -> !sink.closed(pair.token()).isEmpty());
    assertArrayEquals(new byte[] {1, 2}, sink.received(pair.token()));
  }

  @Test
  void pausedAcceptingLeavesConnectionsWaiting() throws Exception {
    Pair witness = pair();
    transport.pauseAccepting(listener, true);
    connectPeer();
    letOthersRun(witness);
    assertTrue(sink.accepted.isEmpty());
    transport.pauseAccepting(listener, false);
    accept().discard();
  }

  @Test
  void addressesAreThoseThatThePeerSees() throws Exception {
    Pair pair = pair();
    assertEquals(pair.peer().getRemoteSocketAddress(), transport.localAddress(pair.token()));
    assertEquals(pair.peer().getLocalSocketAddress(), transport.remoteAddress(pair.token()));
  }

  @Test
  void operationsOnATokenThatIsNotOpenAreRejected() throws Exception {
    Pair pair = pair();
    transport.close(pair.token());
    Pair open = pair();
    long otherGeneration = Tokens.of(Tokens.slot(open.token()), 2);
    for (long token : new long[] {pair.token(), otherGeneration, Tokens.of(99_999, 1), -1}) {
      for (Executable operation : operationsOn(token)) {
        assertThrows(IllegalStateException.class, operation, "token " + token);
      }
    }
    open.peer().getOutputStream().write(1);
    turnUntil(() -> sink.receivedCount(open.token()) == 1);
  }

  private List<Executable> operationsOn(long token) {
    return List.of(
        () -> transport.pauseAccepting(token, true),
        () -> transport.submit(token, transport.sendArena(), 0, 1),
        () -> transport.awaitWritable(token, true),
        () -> transport.pauseReading(token),
        () -> transport.resumeReading(token),
        () -> transport.shutdownOutput(token),
        () -> transport.close(token),
        () -> transport.abort(token),
        () -> transport.localAddress(token),
        () -> transport.remoteAddress(token));
  }

  @Test
  void aClosedTransportRejectsEverythingButWakeupAndClose() throws Exception {
    Pair pair = pair();
    connectPeer();
    AcceptedSocket waiting = accept();
    transport.close();
    transport.close();
    transport.wakeup();
    assertEquals(-1, pair.peer().getInputStream().read(), "every socket is closed");
    List<Executable> operations = new ArrayList<>(operationsOn(pair.token()));
    operations.add(transport::sendArena);
    operations.add(() -> transport.turn(0, sink));
    operations.add(() -> transport.flush(sink));
    operations.add(() -> transport.listen(freshToken(), loopback(0), 1));
    operations.add(() -> transport.connect(freshToken(), address, SocketSettings.DEFAULT));
    operations.add(() -> transport.adopt(freshToken(), waiting, SocketSettings.DEFAULT));
    for (Executable operation : operations) {
      assertThrows(IllegalStateException.class, operation);
    }
    waiting.discard();
  }

  @Test
  void twoHundredConnectionsAtOnce() throws Exception {
    sink = new EchoSink(transport);
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      peers.add(connectPeer());
    }
    for (int i = 0; i < 200; i++) {
      transport.adopt(freshToken(), accept(), SocketSettings.DEFAULT);
    }
    for (int i = 0; i < 200; i++) {
      peers.get(i).getOutputStream().write(noise(500 + i, i));
    }
    for (int i = 0; i < 200; i++) {
      Socket peer = peers.get(i);
      int length = 500 + i;
      byte[] bytes = readWhileTurning(peer, length);
      assertArrayEquals(EchoSink.inverted(noise(length, i)), bytes, "peer " + i);
    }
  }

  private byte[] readWhileTurning(Socket peer, int length) throws IOException {
    turnUntil(
        () -> {
          try {
            return peer.getInputStream().available() >= length;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    return read(peer, length);
  }
}
