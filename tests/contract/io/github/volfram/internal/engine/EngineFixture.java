package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.FakeNetwork;
import io.github.volfram.internal.transport.FakeTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * One loop on the network in memory, turned by the test's own thread. Time moves only when a test
 * advances it.
 */
@Timeout(60)
abstract class EngineFixture {

  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;

  /** How late a deadline may be. */
  static final long TICK = 20 * MILLI;

  final FakeNetwork network = new FakeNetwork();
  final FakeTransport transport = network.open();
  final EventLoop loop =
      new EventLoop(
          transport,
          JavaMasker.INSTANCE,
          new DeflatePool(6, 4, 16),
          Idle.ofInvoker(),
          network::nanoTime);
  final Events events = new Events();

  Acceptor acceptor;
  SocketAddress address;

  EngineFixture() {
    loop.tasks().begin();
  }

  @AfterEach
  void close() {
    network.close();
  }

  void serve() throws IOException {
    serve(ServerOptions.builder());
  }

  void serve(ServerOptions.Builder options) throws IOException {
    serve(options, request -> UpgradeResponse.accept());
  }

  void serve(ServerOptions.Builder options, UpgradeHandler handler) throws IOException {
    ServerOptions built = options.build();
    acceptor = new Acceptor(built, List.of(loop), handler, events);
    address = loop.listeners().listen(acceptor, built.tls(), network.anyAddress(), 100, null);
  }

  /** A peer that is connected and has not said anything. */
  RawPeer silentPeer() throws IOException {
    if (address == null) {
      serve();
    }
    RawPeer peer = new RawPeer(network.connect(address));
    settle();
    return peer;
  }

  /** A peer whose handshake is complete. */
  RawPeer peer() throws IOException {
    RawPeer peer = silentPeer().write(RawPeer.request());
    settle();
    peer.skipResponse("HTTP/1.1 101 ");
    return peer;
  }

  /** The connection that was opened last. */
  WebSocket last() {
    return events.opened.get(events.opened.size() - 1);
  }

  /** Turns until nothing happens any more, at this time. */
  void settle() throws IOException {
    int quiet = 0;
    for (int turns = 0; quiet < 3; turns++) {
      quiet = loop.poll() == 0 ? quiet + 1 : 0;
      if (turns > 1_000_000) {
        fail("the loop does not come to rest");
      }
    }
  }

  void advance(long nanos) throws IOException {
    network.advance(nanos);
    settle();
  }

  /** Advances in small steps, as a loop does that has other things to do. */
  void advanceSlowly(long nanos) throws IOException {
    for (long left = nanos; left > 0; left -= 10 * MILLI) {
      advance(Math.min(left, 10 * MILLI));
    }
  }

  /** The events since the last call. */
  List<String> events() {
    List<String> since = List.copyOf(events.log);
    events.log.clear();
    return since;
  }

  /**
   * Every connection is gone and has left nothing behind: no slot, deadline, descriptor, and no
   * second onClose.
   */
  void assertNothingLeft() throws IOException {
    settle();
    assertEquals(0, acceptor.population().count(), "population");
    assertEquals(0, loop.registry().size(), "registry");
    assertEquals(events.opened.size(), events.closed.size(), "one onClose for each onOpen");
    for (WebSocket webSocket : events.opened) {
      assertEquals(1, Collections.frequency(events.closed, webSocket), "calls of onClose");
      assertEquals(0, webSocket.bufferedBytes(), "buffered bytes");
    }
    for (int slot = 0; slot < 64; slot++) {
      assertNull(loop.registry().at(slot), "slot " + slot);
    }
    events.log.clear();
    advance(200 * SECOND);
    assertEquals(List.of(), events(), "after the end");
  }
}
