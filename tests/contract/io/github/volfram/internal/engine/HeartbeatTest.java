package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keepalive pings, and what they measure. */
final class HeartbeatTest extends EngineFixture {

  private void serveWithPings() throws IOException {
    serve(
        ServerOptions.builder()
            .pingInterval(Duration.ofSeconds(10))
            .pongTimeout(Duration.ofSeconds(4)));
  }

  @Test
  void thePongOfAKeepaliveMeasuresTheRoundTripAndIsNotDelivered() throws IOException {
    RawPeer peer = peer();
    assertNull(last().roundTripTime());
    advance(61 * SECOND);
    assertEquals(List.of("keepalive"), peer.read());
    advance(35 * MILLI);
    peer.write(peer.pongToKeepalive());
    settle();
    assertEquals(Duration.ofMillis(35), last().roundTripTime());
    peer.write(peer.pongToKeepalive());
    settle();
    assertEquals(1, events().stream().filter(event -> event.startsWith("pong ")).count());
    assertEquals(Duration.ofMillis(35), last().roundTripTime(), "a second pong measures nothing");
  }

  @Test
  void aPeerThatIsNotSilentIsPingedAtIntervals() throws IOException {
    serveWithPings();
    RawPeer peer = peer();
    for (int round = 1; round <= 5; round++) {
      advanceSlowly(9 * SECOND);
      peer.write(RawPeer.text("busy"));
      settle();
      assertEquals(List.of(), peer.read(), "round " + round);
      List<String> read = List.of();
      for (int step = 0; step < 110 && read.isEmpty(); step++) {
        advance(10 * MILLI);
        read = peer.read();
      }
      assertEquals(List.of("keepalive"), read, "round " + round);
      advance(round * MILLI);
      peer.write(RawPeer.text("first"), peer.pongToKeepalive());
      settle();
      assertEquals(Duration.ofMillis(round), last().roundTripTime());
    }
  }

  @Test
  void aPeerThatIsSilentAfterAPingOfTheIntervalIsDroppedWithTheCause_R6() throws IOException {
    serveWithPings();
    RawPeer peer = peer();
    advanceSlowly(10 * SECOND + 2 * TICK);
    assertEquals(List.of("keepalive"), peer.read());
    assertEquals(List.of("open"), events());
    advanceSlowly(4 * SECOND + 2 * TICK);
    assertEquals(List.of("closed 1006"), events());
    assertEquals(
        "expected a byte within 4000 ms of a ping, got none",
        String.valueOf(events.cause.getMessage()));
    assertNothingLeft();
  }

  @Test
  void pingsOfTheApplicationKeepTheirPayloadAndPongs() throws IOException {
    serveWithPings();
    RawPeer peer = peer();
    events();
    assertTrue(last().offerPing(ByteBuffer.wrap("application".getBytes())));
    settle();
    assertEquals(List.of("ping application"), peer.read());
    peer.write(RawPeer.frame(0x8A, "application".getBytes()));
    peer.write(RawPeer.frame(0x8A, "12345678".getBytes()));
    settle();
    assertEquals(List.of("pong application", "pong 12345678"), events());
    assertNull(last().roundTripTime());
  }

  @Test
  void aPongDoesNotShortenTheClosingHandshake() throws IOException {
    serve(
        ServerOptions.builder()
            .pingInterval(Duration.ofSeconds(1))
            .closeTimeout(Duration.ofSeconds(5)));
    RawPeer peer = peer();
    advance(SECOND + TICK);
    assertEquals(List.of("keepalive"), peer.read());
    last().close();
    peer.write(peer.pongToKeepalive());
    advanceSlowly(4 * SECOND);
    assertEquals(List.of("open"), events(), "the peer still has its time");
    peer.write(RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertEquals(List.of("closed 1000"), events());
    assertNothingLeft();
  }

  @Test
  void aConnectionThatIsNotReadIsKeptAndNoticesByAnUnsolicitedPongThatItIsBroken_5_5_3()
      throws IOException {
    RawPeer peer = peer();
    last().pauseReading();
    advanceSlowly(60 * SECOND + 2 * TICK);
    assertEquals(List.of("pong "), peer.read());
    advanceSlowly(60 * SECOND);
    assertEquals(List.of("open"), events());
    peer.socket.reset();
    advanceSlowly(60 * SECOND);
    assertEquals(List.of("closed 1006"), events());
    assertNothingLeft();
  }
}
