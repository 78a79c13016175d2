package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS between the transport and the stages of a server's connection (FACTS: rows T). */
final class TlsStageTest extends TlsFixture {

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, 1",
    "TLSv1.3, 2",
    "TLSv1.3, 5",
    "TLSv1.3, 6",
    "TLSv1.3, 1000",
    "TLSv1.2, 1",
    "TLSv1.2, 7",
    "TLSv1.2, 16389",
    "TLSv1.2, 100000"
  })
  void recordsMayBeSplitAnywhere_T4(String protocol, int bytesAtATime) throws IOException {
    serve(contexts.server());
    events.echoing();
    connect(protocol);
    socket.deliversAtMost(bytesAtATime);
    socket.takesPerWrite(bytesAtATime);
    open();
    for (int length : new int[] {0, 1, 16_383, 16_384, 16_385, 40_000}) {
      byte[] payload = new byte[length];
      for (int i = 0; i < length; i++) {
        payload[i] = (byte) (i % 64);
      }
      write(RawPeer.binary(payload));
      byte[] header = header(0x82, length);
      assertEquals(ByteBuffer.wrap(header), ByteBuffer.wrap(read(header.length)));
      assertEquals(ByteBuffer.wrap(payload), ByteBuffer.wrap(read(length)));
    }
    assertEquals(6, events().size());
    channel.close();
    settle();
    assertNothingLeft();
  }

  @Test
  void requestAndFramesMayComeWithTheEndOfTheHandshake_T5() throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    write(RawPeer.join(RawPeer.request(), RawPeer.text("early"), RawPeer.ping("p")));
    until(() -> events.log.size() == 3);
    assertEquals(List.of("open", "text early", "ping p"), events());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void manyTinyRecordsAreRead_T4(String protocol) throws IOException {
    serve(contexts.server());
    connect(protocol);
    open();
    byte[] frame = RawPeer.binary(new byte[3000]);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (byte each : frame) {
      records.writeBytes(record(new byte[] {each}));
    }
    socket.writeAll(records.toByteArray());
    settle();
    assertEquals(1, events().size());
  }

  /** T2: neither is a closing handshake of the WebSocket. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEndWithOrWithoutCloseNotifyIs1006_T2(boolean notify) throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    open();
    if (notify) {
      channel.close();
    } else {
      socket.shutdownOutput();
    }
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertNotNull(events.cause);
    assertNothingLeft();
  }

  @Test
  void aClosingHandshakeEndsWithCloseNotify() throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    open();
    write(RawPeer.close(1000));
    assertEquals(
        ByteBuffer.wrap(new byte[] {(byte) 0x88, 2, 3, (byte) 0xE8}), ByteBuffer.wrap(read(4)));
    assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
    assertTrue(engine.isInboundDone(), "close_notify came");
    channel.close();
    settle();
    assertEquals(List.of("closed 1000"), events());
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aPeerThatGoesOnSendingAfterItsViolationIsToldItsCode_F18(String protocol)
      throws IOException {
    serve(contexts.server());
    connect(protocol);
    open();
    socket.writeAll(record(RawPeer.frame(0x83, new byte[0])));
    settle();
    socket.writeAll(record(RawPeer.text("more")));
    settle();
    assertEquals(List.of(), events(), "the server waits for the peer to see its close frame");
    socket.shutdownOutput();
    settle();
    assertEquals(List.of("closed 1002"), events());
    byte[] close = read(4);
    assertEquals(ByteBuffer.wrap(new byte[] {3, (byte) 0xEA}), ByteBuffer.wrap(close, 2, 2));
    assertNothingLeft();
  }

  /** The server's own task would not be done, and nothing could be sent meanwhile. */
  @Test
  void aRenegotiationIsRefusedEvenWhileTheServerSends_T3() throws IOException {
    serve(contexts.server());
    connect("TLSv1.2");
    open();
    engine.beginHandshake();
    socket.writeAll(record(new byte[0]));
    loop.poll();
    if (last().isOpen()) {
      last().offerText("sent amidst");
    }
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertTrue(events.cause.getMessage().contains("renegotiation"), events.cause.toString());
    assertNothingLeft();
  }

  @Test
  void keyUpdatesAreAnsweredAsLongAsThePeerReads_T3() throws IOException {
    serve(contexts.server());
    events.echoing();
    connect("TLSv1.3");
    open();
    for (int i = 0; i < 100; i++) {
      engine.beginHandshake();
      write(RawPeer.text("after " + i));
      byte[] expected = ("after " + i).getBytes(StandardCharsets.US_ASCII);
      read(2);
      assertEquals(ByteBuffer.wrap(expected), ByteBuffer.wrap(read(expected.length)));
    }
    events();
    socket.holdsAtMost(0);
    for (int i = 0; i < 100 && !events.log.contains("closed 1006"); i++) {
      engine.beginHandshake();
      byte[] update = record(new byte[0]);
      socket.write(update, 0, update.length);
      settle();
    }
    assertEquals(List.of("closed 1006"), events());
    assertNothingLeft();
  }

  @Test
  void aStalledHandshakeIsDroppedAtTheDeadline_T6() throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    engine.beginHandshake();
    byte[] hello = record(new byte[0]);
    for (int second = 0; second < 10; second++) {
      socket.write(hello, second, 1);
      advance(second == 9 ? SECOND + TICK : SECOND);
      assertEquals(second == 9, isGone(), "after " + (second + 1) + " s");
    }
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  private boolean isGone() throws IOException {
    settle();
    return acceptor.population().count() == 0;
  }

  @Test
  void plainHttpToATlsPortIsDropped_T6() throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    socket.writeAll(RawPeer.request());
    until(() -> acceptor.population().count() == 0);
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  /** Else the connection would go on without TLS. */
  @ParameterizedTest
  @ValueSource(strings = {"no context", "error", "exception"})
  void aConnectionWhoseTlsCannotBeSetUpIsDropped(String fault) throws IOException {
    ServerOptions.Builder options = ServerOptions.builder();
    if (fault.equals("no context")) {
      options.tls(() -> null);
    } else if (fault.equals("error")) {
      options.tls(
          () -> {
            throw new NoClassDefFoundError("of the application");
          });
    } else {
      options
          .tls(contexts.server())
          .sslParameters(
              parameters -> {
                throw new IllegalStateException("of the application");
              });
    }
    serve(options);
    RawPeer peer = new RawPeer(network.connect(address));
    settle();
    assertThrows(IOException.class, () -> peer.write(RawPeer.request()));
    assertEquals(0, acceptor.population().count());
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void whatIsSentBesideTheEndOfTheInputStillLeaves() throws IOException {
    serve(contexts.server());
    events.echoing();
    connect("TLSv1.3");
    open();
    byte[] last = record(RawPeer.text("last"));
    engine.closeOutbound(); // TLS 1.3: the other direction goes on
    socket.writeAll(RawPeer.join(last, record(new byte[0])));
    settle();
    assertEquals(List.of("text last", "closed 1006"), events());
    byte[] header = header(0x81, 4);
    assertEquals(ByteBuffer.wrap(header), ByteBuffer.wrap(read(header.length)));
    assertEquals("last", new String(read(4), StandardCharsets.US_ASCII));
  }

  @Test
  void anEngineThatThrowsWhileSendingEndsItsConnectionOnly() throws IOException {
    serve(contexts.server());
    connect("TLSv1.3");
    open();
    Connection broken = (Connection) last();
    broken.tls = new Tls(broken, new OutOfMemoryEngine());
    assertTrue(broken.offerText("cannot be encrypted"));
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertEquals("no memory", events.cause.getMessage());
    connect("TLSv1.3");
    open();
  }
}
