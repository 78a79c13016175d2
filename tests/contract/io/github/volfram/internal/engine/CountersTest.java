package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.volfram.ConnectionInfo;
import io.github.volfram.Counters;
import io.github.volfram.OverflowPolicy;
import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The numbers of a loop and of its connections. */
final class CountersTest extends EngineFixture {

  private static final int REQUEST = RawPeer.request().length;

  private Counters counters() {
    return LoopCounters.sum(List.of(loop));
  }

  private List<ConnectionInfo> connections() throws IOException {
    CompletableFuture<List<ConnectionInfo>> census = Census.of(List.of(loop));
    settle();
    return census.join();
  }

  @Test
  void everyByteAndMessageCountsOnce() throws IOException {
    events.echoing();
    RawPeer peer = silentPeer().write(RawPeer.request());
    settle();
    int response = peer.readText().length();
    assertEquals(new Counters(1, 1, 0, 0, 0, 0, 0, REQUEST, response, 0, 0), counters());

    peer.write(RawPeer.text("hello"), RawPeer.ping("p"));
    settle();
    assertEquals(List.of("text hello", "pong p"), peer.read());
    long in = REQUEST + 6 + 5 + 6 + 1;
    long out = response + 2 + 5 + 2 + 1;
    assertEquals(new Counters(1, 1, 0, 0, 1, 1, 0, in, out, 0, 0), counters());

    byte[] parts =
        RawPeer.join(
            RawPeer.frame(0x02, new byte[300]),
            RawPeer.frame(0x00, new byte[200]),
            RawPeer.frame(0x80, new byte[0]));
    peer.write(parts);
    settle();
    assertEquals(1, peer.read().size());
    in += parts.length;
    out += 4 + 500;
    assertEquals(new Counters(1, 1, 0, 0, 2, 2, 0, in, out, 0, 0), counters());

    last().offerTextPart(ByteBuffer.wrap(new byte[] {'a'}), false);
    last().offerTextPart(ByteBuffer.wrap(new byte[] {'b'}), false);
    settle();
    out += 6;
    assertEquals(new Counters(1, 1, 0, 0, 2, 2, 0, in, out, 0, 0), counters());
    last().offerTextPart(ByteBuffer.wrap(new byte[] {'c'}), true);
    settle();
    out += 3;
    assertEquals(new Counters(1, 1, 0, 0, 2, 3, 0, in, out, 0, 0), counters());
  }

  @Test
  void sharedMessagesCountForEachThatGetsThem() throws IOException {
    peer();
    peer();
    long before = counters().bytesSent();
    acceptor.publisher().text(null, any -> true, "x");
    settle();
    assertEquals(2, counters().messagesSent());
    assertEquals(before + 2 * 3, counters().bytesSent());
  }

  @Test
  void closesAreCleanOrNot() throws IOException {
    RawPeer polite = peer();
    polite.write(RawPeer.close(1000));
    settle();
    polite.socket.close();
    settle();
    RawPeer rude = peer();
    rude.socket.reset();
    settle();
    peer();
    last().abort();
    settle();
    RawPeer wrong = peer();
    wrong.write(new byte[] {(byte) 0xFF, 0});
    settle();
    wrong.socket.close();
    settle();
    RawPeer left = peer();
    last().close(1000, "");
    settle();
    left.write(RawPeer.close(1000));
    settle();
    left.socket.close();
    settle();
    assertEquals(2, counters().cleanCloses());
    assertEquals(3, counters().abnormalCloses());
    assertEquals(0, counters().connectionsOpen());
    assertEquals(5, counters().connectionsAccepted());
    assertEquals(0, counters().handshakesFailed());
  }

  @Test
  void handshakesFailInManyWays() throws IOException {
    RawPeer refused = silentPeer().write("POST / HTTP/1.1\r\n\r\n".getBytes());
    settle();
    assertTrue(refused.readText().startsWith("HTTP/1.1 4"));
    assertEquals(1, counters().handshakesFailed());
    refused.socket.close();
    silentPeer().socket.close();
    settle();
    assertEquals(2, counters().handshakesFailed());
    silentPeer();
    advance(10 * SECOND + TICK);
    assertEquals(3, counters().handshakesFailed());
    assertEquals(3, counters().connectionsAccepted());
    assertEquals(0, counters().connectionsOpen());
  }

  @Test
  void whatIsLostForWantOfRoomCountsAsDropped() throws IOException {
    serve(
        ServerOptions.builder()
            .outboundHardCapBytes(1000)
            .outboundSoftMarkBytes(1000)
            .overflowPolicy(OverflowPolicy.DROP_NEWEST));
    RawPeer peer = peer();
    peer.socket.holdsAtMost(10);
    for (int i = 0; i < 15; i++) {
      last().offerBinary(ByteBuffer.wrap(new byte[98]));
      settle();
    }
    assertEquals(15, counters().messagesSent() + counters().messagesDropped());
    assertEquals(5, counters().messagesDropped());
    assertEquals(10, connections().get(0).messagesSent());
  }

  @Test
  void aConnectionIsDescribed() throws IOException {
    events.echoing();
    RawPeer peer = silentPeer();
    assertEquals("handshaking", connections().get(0).state());
    peer.write(RawPeer.request(), RawPeer.text("hello"));
    settle();
    int sent = peer.readText().length();
    peer.socket.holdsAtMost(0);
    last().offerBinary(ByteBuffer.wrap(new byte[100]));
    advance(3 * SECOND);
    ConnectionInfo info = connections().get(0);
    assertEquals(peer.socket.localAddress(), info.remoteAddress());
    assertEquals("open", info.state());
    assertTrue(
        info.age().minus(Duration.ofSeconds(3)).abs().compareTo(Duration.ofMillis(100)) < 0,
        info.toString());
    assertEquals(REQUEST + 11, info.bytesReceived());
    assertEquals(sent + 102, info.bytesSent());
    assertEquals(1, info.messagesReceived());
    assertEquals(2, info.messagesSent());
    assertEquals(102, info.bufferedBytes());
    assertNull(info.roundTripTime());
    last().close(1000, "");
    assertEquals("closed by us", connections().get(0).state());
  }

  @Test
  void theTimeOfARoundTripIsTold() throws IOException {
    serve(ServerOptions.builder().pingInterval(Duration.ofSeconds(1)));
    RawPeer peer = peer();
    advance(SECOND + TICK);
    assertEquals(List.of("keepalive"), peer.read());
    network.advance(5 * MILLI);
    peer.write(peer.pongToKeepalive());
    settle();
    Duration time = connections().get(0).roundTripTime();
    assertNotNull(time);
    assertEquals(Duration.ofMillis(5), time);
  }

  @Test
  void aLoopThatHasEndedHasNoConnectionsAndKeepsItsNumbers() throws IOException {
    peer();
    loop.end();
    assertEquals(List.of(), Census.of(List.of(loop)).join());
    assertEquals(0, counters().connectionsOpen());
    assertEquals(1, counters().abnormalCloses());
  }

  @Test
  void messagesOfOneConnectionAreCountedBeyond32Bits() throws IOException {
    events.echoing();
    RawPeer peer = peer();
    Connection connection = (Connection) last();
    connection.messagesSent = -1;
    connection.messagesReceived = -2;
    assertEquals((1L << 32) - 1, connections().get(0).messagesSent());
    peer.write(RawPeer.text("one"), RawPeer.text("two"), RawPeer.text("three"));
    settle();
    assertEquals((1L << 32) + 2, connections().get(0).messagesSent());
    assertEquals((1L << 32) + 1, connections().get(0).messagesReceived());
  }

  @Test
  void anIdleConnectionIsSmall() throws IOException {
    peer();
    ConnectionSettings settings = ((Connection) last()).settings;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Object[] made = new Object[1000];
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 5; run++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < made.length; i++) {
        Connection connection = new Connection(loop, settings, ConnectionState.HANDSHAKING);
        connection.enter(new FrameStage(connection, events, null));
        made[i] = connection;
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertNotNull(made[made.length - 1]);
    long bytes = least / made.length;
    System.out.println("a connection and its stage: " + bytes + " bytes of the heap");
    assertFalse(bytes > 184, bytes + " bytes");
  }

  @Test
  void textCountsAsTheBytesOfItsUtf8() throws IOException {
    peer();
    long before = counters().bytesSent();
    String text = "ä".repeat(100);
    last().offerText(text);
    settle();
    assertEquals(before + 4 + text.getBytes(StandardCharsets.UTF_8).length, counters().bytesSent());
  }
}
