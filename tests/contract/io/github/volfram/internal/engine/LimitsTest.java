package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Counters;
import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many connections a server takes, from whom and how fast. */
final class LimitsTest extends EngineFixture {

  private int population() {
    return acceptor.population().count();
  }

  private Counters counters() {
    return LoopCounters.sum(List.of(loop));
  }

  @Test
  void connectionsAboveTheLimitOfAnAddressAreAnswered503() throws IOException {
    serve(ServerOptions.builder().maxConnectionsPerAddress(2));
    RawPeer first = peer();
    RawPeer second = peer();
    AddressLimit addresses = ((Connection) last()).settings.addresses;
    RawPeer third = silentPeer().write(RawPeer.request());
    settle();
    String answer = third.readText();
    assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    assertTrue(answer.contains("too many connections from this address"), answer);
    assertEquals(1, counters().connectionsRefused());
    third.socket.close();
    first.socket.close();
    settle();
    RawPeer fourth = peer();
    second.socket.close();
    fourth.socket.close();
    events();
    assertNothingLeft();
    assertEquals(0, addresses.size());
    assertEquals(4, counters().connectionsAccepted());
  }

  @Test
  void ofThoseAboveTheLimitOfAnAddressFewAreAnswered() throws IOException {
    serve(ServerOptions.builder().maxConnectionsPerAddress(1));
    List<RawPeer> peers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      peers.add(silentPeer());
    }
    assertEquals(9, population());
    assertEquals(19, counters().connectionsRefused());
    for (int i = 0; i < 20; i++) {
      assertEquals(i >= 9, peers.get(i).socket.isReset(), "connection " + i);
    }
    for (RawPeer peer : peers) {
      peer.socket.close();
    }
    settle();
    peer().socket.close();
    assertNothingLeft();
  }

  @Test
  void refusedConnectionsAreCountedOnce() throws IOException {
    serve(ServerOptions.builder().maxConnections(1).maxConnectionsPerAddress(1));
    peer();
    RawPeer second = silentPeer().write(RawPeer.request());
    settle();
    assertTrue(second.readText().startsWith("HTTP/1.1 503 "));
    assertEquals(1, counters().connectionsRefused());
    assertEquals(1, counters().handshakesFailed());
    assertEquals(1, counters().connectionsOpen());
  }

  @Test
  void acceptingIsPacedAndTheLoopSleepsMeanwhile() throws IOException {
    serve(ServerOptions.builder().maxAcceptsPerSecond(10));
    for (int i = 0; i < 40; i++) {
      network.connect(address);
    }
    settle();
    assertEquals(1, population());
    int work = 0;
    for (int i = 0; i < 100; i++) {
      work += loop.poll();
    }
    assertEquals(0, work, "turns of a paused listener find nothing to do");
    for (int second = 1; second <= 3; second++) {
      advanceSlowly(SECOND);
      int expected = 1 + 10 * second;
      assertTrue(
          Math.abs(population() - expected) <= 1,
          "expected about " + expected + ", got " + population());
    }
    advanceSlowly(2 * SECOND);
    assertEquals(40, population());
  }

  @Test
  void aPausedListenerIsClosedWithItsDeadline() throws IOException {
    serve(ServerOptions.builder().maxAcceptsPerSecond(1));
    silentPeer().socket.close();
    loop.listeners().close();
    assertNothingLeft();
  }
}
