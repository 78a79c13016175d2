package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsChannelTest {

  private static final URI SECURE = URI.create("wss://localhost/");
  private static final int MANY_TURNS = 2_000_000;

  @TempDir static Path directory;

  private static TlsContexts contexts;

  private final ScriptedChannel clientEnd = new ScriptedChannel();
  private final ScriptedChannel serverEnd = new ScriptedChannel();

  @BeforeAll
  static void makeContexts() throws Exception {
    contexts = TlsContexts.create(directory);
  }

  private TlsChannel client() {
    return TlsChannel.client(clientEnd, contexts.client(), "localhost", 443);
  }

  private TlsChannel server() {
    return TlsChannel.server(serverEnd, contexts.server());
  }

  private TlsChannel server(String protocol) {
    SSLEngine engine = contexts.server().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {protocol});
    return new TlsChannel(serverEnd, engine);
  }

  /** Carries what was written to the other end. */
  private void carry() {
    serverEnd.feed(clientEnd.written());
    clientEnd.feed(serverEnd.written());
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, 1",
    "TLSv1.3, 7",
    "TLSv1.3, 1000",
    "TLSv1.3, 1000000",
    "TLSv1.2, 1",
    "TLSv1.2, 1000000"
  })
  void aStreamRunsOverTlsHoweverFewBytesTheChannelTakes(String protocol, int room)
      throws IOException {
    clientEnd.bytesPerRead(room);
    serverEnd.bytesPerRead(room);
    StreamHandshake asking = WebSocketStream.client(client(), SECURE);
    StreamHandshake asked = WebSocketStream.accept(server(protocol));
    boolean complete = false;
    for (int turn = 0; turn < MANY_TURNS && !complete; turn++) {
      clientEnd.writeRoom(room);
      serverEnd.writeRoom(room);
      complete = asking.resume() == COMPLETE;
      complete &= asked.resume() == COMPLETE;
      carry();
    }
    assertTrue(complete);
    WebSocketStream client = asking.stream();
    WebSocketStream server = asked.stream();
    byte[] payload = new byte[room < 100 ? 300 : 100_000];
    Arrays.fill(payload, (byte) 'x');
    exchange(client, server, payload, room);
    exchange(server, client, payload, room);
  }

  private void exchange(WebSocketStream from, WebSocketStream to, byte[] payload, int room)
      throws IOException {
    assertTrue(from.sendBinary(ByteBuffer.wrap(payload)).isTaken());
    ReadOutcome outcome = ReadOutcome.WOULD_BLOCK;
    for (int turn = 0; turn < MANY_TURNS && outcome == ReadOutcome.WOULD_BLOCK; turn++) {
      clientEnd.writeRoom(room);
      serverEnd.writeRoom(room);
      from.flush();
      carry();
      outcome = to.read();
    }
    assertEquals(ReadOutcome.BINARY, outcome);
    assertEquals(ByteBuffer.wrap(payload), to.payload());
    assertFalse(from.wantsWrite());
  }

  /** The interest is what makes progress: nothing else is ever offered to the interrupted side. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theInterestOfAnInterruptedHandshakeIsTheRightOne(String protocol) throws IOException {
    StreamHandshake asking = WebSocketStream.client(client(), SECURE);
    StreamHandshake asked = WebSocketStream.accept(server(protocol));
    clientEnd.writeRoom(0);
    serverEnd.writeRoom(0);
    boolean clientDone = false;
    boolean serverDone = false;
    int turns = 0;
    while (!(clientDone && serverDone)) {
      assertTrue(turns++ < 100_000, "the handshakes wait for each other");
      clientDone = clientDone || step(asking, clientEnd);
      serverDone = serverDone || step(asked, serverEnd);
      carry();
    }
  }

  private static boolean step(StreamHandshake handshake, ScriptedChannel end) throws IOException {
    boolean complete = handshake.resume() == COMPLETE;
    boolean mayWrite = !complete && handshake.interest() == Interest.WRITE;
    end.writeRoom(mayWrite ? 50 : 0);
    return complete;
  }

  @Test
  void aCertificateOfAnotherNameIsRefused() {
    TlsChannel wrong = TlsChannel.client(clientEnd, contexts.client(), "example.org", 443);
    assertHandshakeFails(wrong, server());
  }

  @Test
  void anUntrustedCertificateIsRefused() throws Exception {
    assertHandshakeFails(
        TlsChannel.client(clientEnd, SSLContext.getDefault(), "localhost", 443), server());
  }

  private void assertHandshakeFails(TlsChannel client, TlsChannel server) {
    StreamHandshake asking = WebSocketStream.client(client, SECURE);
    StreamHandshake asked = WebSocketStream.accept(server);
    assertThrows(
        SSLException.class,
        () -> {
          for (int turn = 0; turn < 100; turn++) {
            asking.resume();
            carry();
            asked.resume();
            carry();
          }
        });
    carry();
    assertThrows(SSLException.class, asked::resume, "the alert tells the server");
  }

  @Test
  void plainHttpToATlsPortFails() {
    serverEnd.feed(StreamWire.bytes(StreamWire.REQUEST));
    assertThrows(SSLException.class, WebSocketStream.accept(server())::resume);
  }

  /** RFC 9325 §3.5. */
  @Test
  void aRenegotiationIsRefused() throws IOException {
    SSLEngine engine = contexts.client().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    TlsChannel client = new TlsChannel(clientEnd, engine);
    TlsChannel server = server("TLSv1.2");
    ByteBuffer one = ByteBuffer.allocate(1);
    while (one.hasRemaining()) {
      client.write(ByteBuffer.allocate(1));
      carry();
      server.read(one);
      carry();
      client.read(ByteBuffer.allocate(1));
    }
    engine.beginHandshake();
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    serverEnd.feed(Arrays.copyOf(hello.array(), hello.position()));
    SSLException refusal =
        assertThrows(
            SSLException.class,
            () -> {
              while (server.read(ByteBuffer.allocate(100)) > 0) {
                // what the client wrote before
              }
            });
    assertTrue(refusal.getMessage().contains("renegotiation"), refusal.getMessage());
  }

  /** RFC 7301: as the event loop's connections do. */
  @Test
  void bothSidesAgreeOnHttp11() throws IOException {
    SSLEngine engine = contexts.server().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setHandshakeApplicationProtocolSelector(
        (own, offered) -> offered.contains("http/1.1") ? "http/1.1" : null);
    TlsChannel server = new TlsChannel(serverEnd, engine);
    TlsChannel client = client();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (one.hasRemaining()) {
      client.write(ByteBuffer.allocate(1));
      carry();
      server.read(one);
      carry();
      client.read(ByteBuffer.allocate(1));
    }
    assertEquals("http/1.1", engine.getApplicationProtocol());
  }

  @Test
  void closeNotifyIsSentAndReadAsTheEnd() throws IOException {
    TlsChannel client = client();
    TlsChannel server = server();
    ByteBuffer hello = StreamWire.buffer("hello");
    ByteBuffer got = ByteBuffer.allocate(100);
    for (int turn = 0; turn < 20 && got.position() < 5; turn++) {
      client.write(hello);
      carry();
      server.read(got);
      carry();
    }
    assertEquals("hello", StreamWire.text(Arrays.copyOf(got.array(), got.position())));
    assertEquals(0, server.read(got));
    assertTrue(client.isOpen());
    client.close();
    assertFalse(client.isOpen() || clientEnd.isOpen());
    carry();
    assertEquals(-1, server.read(got));
  }

  @Test
  void theEndOfTheChannelIsTheEnd() throws IOException {
    serverEnd.end();
    assertEquals(-1, server().read(ByteBuffer.allocate(10)));
    clientEnd.end();
    TlsChannel client = client();
    assertThrows(IOException.class, () -> client.write(StreamWire.buffer("x")));
  }

  @Test
  @Timeout(60)
  void aStreamRunsOverTlsOverSockets() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open();
        Selector selector = Selector.open()) {
      listener.bind(new InetSocketAddress("127.0.0.1", 0));
      SocketChannel near = SocketChannel.open(listener.getLocalAddress());
      SocketChannel far = listener.accept();
      near.configureBlocking(false);
      far.configureBlocking(false);
      URI uri = URI.create("wss://localhost:" + listener.socket().getLocalPort() + "/");
      TlsChannel nearTls = TlsChannel.client(near, contexts.client(), "localhost", 443);
      StreamHandshake asking = WebSocketStream.client(nearTls, uri);
      StreamHandshake asked = WebSocketStream.accept(TlsChannel.server(far, contexts.server()));
      SelectionKey nearKey = near.register(selector, 0);
      SelectionKey farKey = far.register(selector, 0);
      // Both wait for what they say only, so a wrong interest would never end.
      boolean complete = false;
      while (!complete) {
        complete = resume(asking, nearKey);
        complete &= resume(asked, farKey);
        if (!complete) {
          selector.select(ready -> {}, asked.selectTimeoutMillis());
        }
      }
      WebSocketStream client = asking.stream();
      WebSocketStream server = asked.stream();
      byte[] large = new byte[1 << 20];
      assertTrue(client.sendBinary(ByteBuffer.wrap(large)).isTaken());
      ReadOutcome outcome = server.read();
      while (outcome == ReadOutcome.WOULD_BLOCK) {
        nearKey.interestOps(client.interestOps());
        farKey.interestOps(server.interestOps());
        selector.select(ready -> {});
        client.flush();
        outcome = server.read();
      }
      assertEquals(ReadOutcome.BINARY, outcome);
      assertEquals(ByteBuffer.wrap(large), server.payload());
      client.channel().close();
      server.channel().close();
    }
  }

  private static boolean resume(StreamHandshake handshake, SelectionKey key) throws IOException {
    boolean complete = handshake.resume() == COMPLETE;
    key.interestOps(complete ? 0 : handshake.interest().selectionOps());
    return complete;
  }
}
