package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.CloseCode;
import io.github.volfram.WebSocket;
import io.github.volfram.testing.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Connections that are cut, or die without a word. */
class BrokenConnectionsTest extends FaultsContract {

  private static final Event LOST = Event.close(CloseCode.ABNORMAL_CLOSURE, "");
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Long enough for the bystander, which is watched as well, to answer on a busy machine. */
  private static final Duration PONG = Duration.ofSeconds(3);

  @Test
  void aResetMidMessageEndsBothSidesOnce_R4() throws Exception {
    start(serverOptions());
    proxy.towardsTarget(Faults.NONE.endingAfter(100_000, Faults.Ending.RST));
    WebSocket client = connectVictim(clientOptions());
    WebSocket atServerEnd = victimAtServer();
    assertTrue(client.offerBinary(ByteBuffer.allocate(1_000_000)));
    atServer.log.expect(LOST);
    atClient.log.expect(LOST);
    assertNotNull(atServer.cause());
    assertNotNull(atClient.cause());
    assertFalse(atServerEnd.offerText("to nobody"));
    assertFalse(client.offerText("to nobody"));
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void aResetMidMessageFromTheServerEndsBothSidesOnce_R4() throws Exception {
    start(serverOptions());
    proxy.towardsClient(Faults.NONE.endingAfter(100_000, Faults.Ending.RST));
    connectVictim(clientOptions());
    assertTrue(victimAtServer().offerBinary(ByteBuffer.allocate(1_000_000)));
    atServer.log.expect(LOST);
    atClient.log.expect(LOST);
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void whatArrivedBeforeTheEndOfTheStreamIsDeliveredFirst_R4() throws Exception {
    start(serverOptions());
    try (RawClient raw = RawClient.open(server.port())) {
      victimAtServer();
      byte[] whole = RawClient.frame(1, Peer.utf8("the last message"));
      byte[] half = Arrays.copyOf(RawClient.frame(1, Peer.utf8("half of one")), 9);
      raw.send(whole);
      raw.send(half);
      raw.socket.shutdownOutput();
      atServer.log.expect(Event.text("the last message"), LOST);
      raw.drain();
    }
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void aBlackHoleIsFoundByTheMissingPongOnBothSides_R6() throws Exception {
    start(serverOptions().idleTimeout(SHORT).pongTimeout(PONG));
    Faults blackHole = Faults.NONE.endingAfter(100_000, Faults.Ending.BLACK_HOLE);
    proxy.towardsTarget(blackHole).towardsClient(blackHole);
    WebSocket client = connectVictim(clientOptions().idleTimeout(SHORT).pongTimeout(PONG));
    assertTrue(client.offerBinary(ByteBuffer.allocate(200_000)));
    assertTrue(victimAtServer().offerBinary(ByteBuffer.allocate(200_000)));
    atServer.log.expect(LOST);
    atClient.log.expect(LOST);
    assertNotNull(atServer.cause());
    assertNotNull(atClient.cause());
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void aPeerThatAnswersPingsIsKept_R6() throws Exception {
    start(serverOptions().idleTimeout(Duration.ofMillis(1)).pongTimeout(Duration.ofSeconds(30)));
    RecordingListener client = new RecordingListener();
    connect(clientOptions().idleTimeout(Duration.ZERO), server.port(), "/victim", client);
    WebSocket atServerEnd = victimAtServer();
    for (int i = 0; i < 20; i++) {
      client.log.expectSooner("ping");
    }
    assertTrue(atServerEnd.isOpen());
    bystanderIsUnharmed();
  }

  @Test
  void aPeerThatNeverAnswersCloseIsTerminated_F19() throws Exception {
    start(serverOptions().closeTimeout(SHORT));
    try (RawClient raw = RawClient.open(server.port())) {
      victimAtServer().close(4001, "");
      raw.receive(8);
      atServer.log.expect(LOST);
      raw.drain();
    }
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void aServerThatNeverAnswersCloseIsTerminated_F19() throws Exception {
    start(serverOptions());
    proxy.towardsTarget(Faults.NONE.endingAfter(100_000, Faults.Ending.BLACK_HOLE));
    WebSocket client = connectVictim(clientOptions().closeTimeout(SHORT));
    victimAtServer();
    assertTrue(client.offerBinary(ByteBuffer.allocate(200_000)));
    client.close(4001, "");
    atClient.log.expect(LOST);
    bystanderIsUnharmed();
  }

  @Test
  void aPeerThatGoesOnSendingAfterOurCloseIsTerminated_F19() throws Exception {
    start(serverOptions().closeTimeout(SHORT));
    try (RawClient raw = RawClient.open(server.port())) {
      WebSocket atServerEnd = victimAtServer();
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (true) {
                    raw.send(RawClient.frame(2, new byte[125]));
                  }
                } catch (IOException terminated) {
                  // As it should be.
                }
              });
      sender.start();
      atServer.log.expectSooner("binary");
      atServerEnd.close(4001, "");
      assertEquals(LOST, atServer.log.expectSooner("close"));
      sender.join();
    }
    bystanderIsUnharmed();
    expectNoMoreCallbacks();
  }

  @Test
  void aRequestThatEndsAtAnyByteLeavesNothing_H13() throws Exception {
    start(serverOptions());
    byte[] request = RawClient.REQUEST.getBytes(StandardCharsets.US_ASCII);
    for (int length = 0; length < request.length; length++) {
      try (RawClient raw = new RawClient(server.port())) {
        raw.send(Arrays.copyOf(request, length));
        raw.socket.shutdownOutput();
        raw.drain();
      }
    }
    eventually("only the bystander is left", () -> server.connectionCount() == 1);
    expectNoMoreCallbacks();
  }

  @Test
  void aRequestThatIsResetAtAnyByteLeavesNothing_H13() throws Exception {
    start(serverOptions());
    byte[] request = RawClient.REQUEST.getBytes(StandardCharsets.US_ASCII);
    for (int length = 0; length < request.length; length++) {
      RawClient raw = new RawClient(server.port());
      raw.send(Arrays.copyOf(request, length));
      raw.reset();
      bystanderIsUnharmed();
    }
    eventually("only the bystander is left", () -> server.connectionCount() == 1);
    expectNoMoreCallbacks();
  }
}
