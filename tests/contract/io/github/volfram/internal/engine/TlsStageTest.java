package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.TlsChannel;
import io.github.volfram.TlsContexts;
import io.github.volfram.internal.transport.FakePeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS between the transport and the stages of a server's connection (FACTS: rows T). */
final class TlsStageTest extends EngineFixture {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  @TempDir static Path directory;

  private static TlsContexts contexts;

  private FakePeer socket;
  private TlsChannel channel;
  private SSLEngine engine;

  @BeforeAll
  static void makeContexts() throws Exception {
    contexts = TlsContexts.create(directory);
  }

  /** The test's end of the connection as a channel. */
  private record PeerChannel(FakePeer peer) implements ByteChannel {
    @Override
    public int read(ByteBuffer into) throws IOException {
      byte[] bytes = new byte[into.remaining()];
      int read = peer.read(bytes, 0, bytes.length);
      if (read > 0) {
        into.put(bytes, 0, read);
      }
      return read;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      byte[] bytes = new byte[from.remaining()];
      from.get(from.position(), bytes);
      int taken = peer.write(bytes, 0, bytes.length);
      from.position(from.position() + taken);
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  private void serve(SSLContext context) throws IOException {
    serve(ServerOptions.builder().tls(context).maxMessageBytes(1 << 20));
  }

  /** Connects without saying anything yet. */
  private void connect(String protocol) throws IOException {
    socket = network.connect(address);
    engine = contexts.client().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    engine.setSSLParameters(parameters);
    channel = new TlsChannel(new PeerChannel(socket), engine);
    settle();
  }

  /** Turns the loop until something has happened; the engine's tasks have threads of their own. */
  private void until(BooleanSupplier happened) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!happened.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "has not happened: " + events.log);
      loop.poll();
      Thread.onSpinWait();
    }
    settle();
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    ByteBuffer discarded = ByteBuffer.allocate(0);
    until(
        () -> {
          try {
            channel.write(from);
            channel.read(discarded);
            return !from.hasRemaining() && channel.flush();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private byte[] read(int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    until(
        () -> {
          try {
            return channel.read(into) < 0 || !into.hasRemaining();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertFalse(into.hasRemaining(), "the end came after " + into.position() + " bytes");
    return into.array();
  }

  /** Completes both handshakes. */
  private void open() throws IOException {
    write(RawPeer.request());
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (!answer.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      answer.writeBytes(read(1));
    }
    assertTrue(answer.toString(StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 101 "));
    assertEquals(List.of("open"), events());
  }

  /** How a frame of the server's begins. */
  private static byte[] header(int b0, int length) {
    return length < 126
        ? new byte[] {(byte) b0, (byte) length}
        : new byte[] {(byte) b0, 126, (byte) (length >> 8), (byte) length};
  }

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

  @Test
  void nameServersThatDoNotAnswerHoldUpNoHandshake() throws IOException {
    CountDownLatch answer = new CountDownLatch(1);
    try {
      for (int lookup = 0; lookup < 100; lookup++) {
        Background.execute(
            () -> {
              try {
                answer.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      serve(contexts.server());
      connect("TLSv1.3");
      open();
    } finally {
      answer.countDown();
    }
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

  /** Encrypts bytes, or what the client's engine has to say, without sending it. */
  private byte[] record(byte[] plain) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.wrap(plain), out);
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
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

  /** A server's keys that are found only when the test says so. */
  private static final class SlowKeys extends X509ExtendedKeyManager {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch mayAnswer = new CountDownLatch(1);
    final boolean fails;

    SlowKeys(boolean fails) {
      this.fails = fails;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      asked.countDown();
      try {
        assertTrue(mayAnswer.await(30, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (fails) {
        throw new StackOverflowError("of the application's key manager");
      }
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[0];
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }

  private SlowKeys serveSlowly(boolean fails) throws IOException, GeneralSecurityException {
    SlowKeys keys = new SlowKeys(fails);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, null, null);
    serve(context);
    connect("TLSv1.3");
    engine.beginHandshake();
    socket.writeAll(record(new byte[0]));
    until(() -> keys.asked.getCount() == 0);
    return keys;
  }

  @Test
  void aPeerIsNotReadWhileATaskOfItsHandshakeRuns_T5() throws Exception {
    SlowKeys keys = serveSlowly(false);
    byte[] flood = new byte[64 << 10];
    long taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += socket.write(flood, 0, flood.length);
      settle();
    }
    assertTrue(taken <= 512 << 10, taken + " bytes were taken");
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertNothingLeft();
  }

  @Test
  void theLoopGoesOnWhileATaskRuns_T5() throws Exception {
    SlowKeys keys = serveSlowly(false);
    FakePeer slow = socket;
    connect("TLSv1.3");
    socket.writeAll("not TLS".getBytes(StandardCharsets.US_ASCII));
    until(() -> acceptor.population().count() == 1);
    slow.shutdownOutput();
    settle();
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void anEndDuringATaskIsHeardAfterIt() throws Exception {
    SlowKeys keys = serveSlowly(false);
    for (int slot = 0; slot < 64; slot++) {
      Connection connection = loop.registry().at(slot);
      if (connection != null) {
        connection.endOfStream(0); // as of a transport that tells it although reading is paused
      }
    }
    settle();
    assertEquals(1, acceptor.population().count());
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertNothingLeft();
  }

  @Test
  void theDeadlineDoesNotWaitForATask() throws Exception {
    SlowKeys keys = serveSlowly(false);
    advance(10 * SECOND + TICK);
    assertEquals(0, acceptor.population().count());
    keys.mayAnswer.countDown();
    assertNothingLeft();
  }

  @Test
  void aTaskThatThrowsEndsItsConnectionOnly() throws Exception {
    SlowKeys keys = serveSlowly(true);
    keys.mayAnswer.countDown();
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
