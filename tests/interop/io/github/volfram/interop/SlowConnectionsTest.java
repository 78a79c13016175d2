package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.CloseCode;
import io.github.volfram.OutboundFullException;
import io.github.volfram.WebSocket;
import io.github.volfram.testing.Faults;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Connections whose bytes come in drops, or whose peer does not read. */
class SlowConnectionsTest extends FaultsContract {

  private static final int CAP = 256 << 10;

  /** After so many round trips of the bystander without a change, there will be none. */
  private static final int STEADY = 50;

  @Test
  void bytesThatComeOneByOneLoseNothing_R9() throws Exception {
    start(serverOptions());
    proxy.towardsTarget(Faults.NONE.inSegmentsOf(1)).towardsClient(Faults.NONE.inSegmentsOf(1));
    WebSocket client = connectVictim(clientOptions());
    WebSocket atServerEnd = victimAtServer();
    byte[] payload = InteropContract.randomBytes(20_000);
    for (String text : InteropContract.TEXTS.subList(0, 4)) {
      assertTrue(client.offerText(text));
      assertTrue(atServerEnd.offerText(text));
      atServer.log.expect(Event.text(text));
      atClient.log.expect(Event.text(text));
    }
    assertTrue(client.offerBinary(ByteBuffer.wrap(payload)));
    assertTrue(atServerEnd.offerBinary(ByteBuffer.wrap(payload)));
    atServer.log.expect(Event.binary(payload));
    atClient.log.expect(Event.binary(payload));
    client.close(4001, "drop by drop");
    atServer.log.expect(Event.close(4001, "drop by drop"));
    assertTrue(atClient.log.next().content().startsWith("4001 "));
    expectNoMoreCallbacks();
  }

  @Test
  void shortWritesNeitherReorderNorRepeat_R5() throws Exception {
    start(serverOptions().sendBufferBytes(4096));
    proxy
        .towardsTarget(Faults.NONE.inSegmentsOf(1459))
        .towardsClient(Faults.NONE.inSegmentsOf(1459));
    WebSocket client = connectVictim(clientOptions().sendBufferBytes(4096));
    WebSocket atServerEnd = victimAtServer();
    List<Event> sent = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      byte[] payload = InteropContract.randomBytes(i * 150);
      assertTrue(client.offerBinary(ByteBuffer.wrap(payload)));
      assertTrue(atServerEnd.offerBinary(ByteBuffer.wrap(payload)));
      sent.add(Event.binary(payload));
      byte[] number = {(byte) i};
      assertTrue(client.offerPing(ByteBuffer.wrap(number)));
      assertTrue(atServerEnd.offerPing(ByteBuffer.wrap(number)));
      sent.add(Event.ping(number));
    }
    assertEquals(sent, withoutPongs(atServer.log, sent.size()));
    assertEquals(sent, withoutPongs(atClient.log, sent.size()));
  }

  @Test
  void aReaderThatStopsIsBoundedAndHarmsNobody_R7() throws Exception {
    start(serverOptions().outboundHardCapBytes(CAP).writeTimeout(Duration.ZERO));
    proxy.towardsClient(Faults.NONE.endingAfter(100_000, Faults.Ending.STALL));
    connectVictim(clientOptions());
    WebSocket victim = victimAtServer();
    ByteBuffer message = ByteBuffer.allocate(10_000);
    for (int refusals = 0; refusals < STEADY; ) {
      refusals = victim.offerBinary(message) ? 0 : refusals + 1;
      long buffered = victim.bufferedBytes(); // what the loop is taking over counts twice
      assertTrue(buffered <= 2 * CAP, () -> buffered + " are buffered");
      eventually("at most " + CAP + " bytes are buffered", () -> victim.bufferedBytes() <= CAP);
      bystanderIsUnharmed();
    }
    assertTrue(victim.isOpen());
    assertTrue(victim.bufferedBytes() > CAP - 11_000, () -> victim.bufferedBytes() + "");
    ExecutionException refused =
        assertThrows(
            ExecutionException.class,
            () -> victim.sendBinary(message).get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertInstanceOf(OutboundFullException.class, refused.getCause());
    victim.abort();
    atServer.log.expect(Event.close(CloseCode.ABNORMAL_CLOSURE, ""));
    assertFalse(victim.offerBinary(message));
    bystanderIsUnharmed();
  }

  @Test
  void aReaderThatStopsIsDroppedAfterTheWriteTimeout_R7() throws Exception {
    start(serverOptions().writeTimeout(Duration.ofMillis(300)).outboundHardCapBytes(64 << 20));
    proxy.towardsClient(Faults.NONE.endingAfter(100_000, Faults.Ending.STALL));
    connectVictim(clientOptions().maxMessageBytes(32 << 20));
    WebSocket victim = victimAtServer();
    assertTrue(victim.offerBinary(ByteBuffer.allocate(32 << 20)));
    atServer.log.expect(Event.close(CloseCode.ABNORMAL_CLOSURE, ""));
    bystanderIsUnharmed();
  }

  @Test
  void aSlowReaderGetsEverythingAndIsTold_R7() throws Exception {
    start(serverOptions().outboundSoftMarkBytes(1000));
    proxy.towardsClient(Faults.NONE.throttledTo(8_000_000));
    AtomicLong drained = new AtomicLong();
    atServer =
        new RecordingListener() {
          @Override
          public void onDrained(WebSocket webSocket) {
            drained.incrementAndGet();
          }
        };
    connectVictim(clientOptions());
    WebSocket victim = victimAtServer();
    byte[] payload = InteropContract.randomBytes(400_000);
    for (int sent = 0; sent < 20; ) {
      if (victim.offerBinary(ByteBuffer.wrap(payload))) {
        sent++;
      } else {
        bystanderIsUnharmed();
      }
    }
    for (int received = 0; received < 20; received++) {
      atClient.log.expect(Event.binary(payload));
    }
    eventually("onDrained was called", () -> drained.get() > 0);
    assertEquals(0, victim.bufferedBytes());
  }

  @Test
  void aFloodOfPingsThatReadsNoPongStaysBounded_R8() throws Exception {
    AtomicLong buffered = new AtomicLong();
    AtomicLong pings = new AtomicLong();
    atServer =
        new RecordingListener() {
          @Override
          public void onPing(WebSocket webSocket, ByteBuffer payload) {
            pings.incrementAndGet();
            buffered.accumulateAndGet(webSocket.bufferedBytes(), Math::max);
          }
        };
    start(serverOptions().outboundHardCapBytes(CAP).sendBufferBytes(16 << 10));
    try (SocketChannel flood = SocketChannel.open()) {
      flood.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      ByteBuffer request = ByteBuffer.wrap(RawClient.REQUEST.getBytes(StandardCharsets.US_ASCII));
      while (request.hasRemaining()) {
        flood.write(request);
      }
      victimAtServer();
      flood.configureBlocking(false);
      ByteBuffer ping = ByteBuffer.wrap(RawClient.frame(9, new byte[125]));
      int sent = 0;
      for (int stuck = 0; sent < 100_000 && stuck < STEADY; ) {
        if (flood.write(ping) == 0) {
          stuck++;
          bystanderIsUnharmed();
        } else if (!ping.hasRemaining()) {
          ping.clear();
          sent++;
          stuck = 0;
        }
      }
      bystanderIsUnharmed();
      assertTrue(pings.get() > 0);
      assertTrue(buffered.get() <= CAP, () -> buffered + " bytes were buffered");
    }
    atServer.log.expect(Event.close(CloseCode.ABNORMAL_CLOSURE, ""));
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  private static List<Event> withoutPongs(EventLog log, int count) {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      Event event = log.next();
      if (!event.kind().equals("pong")) {
        events.add(event);
      }
    }
    return events;
  }
}
