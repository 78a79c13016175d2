package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What one of our connections and a peer's must do, whichever of them is the server. */
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "NIO"})
@Timeout(120)
abstract class InteropContract {

  /** Text of one, two, three and four bytes a character. */
  static final List<String> TEXTS =
      List.of(
          "plain ASCII",
          "\u0000 a NUL and a DEL \u007f",
          "Grüße, Ελληνικά, кириллица, עברית, العربية, हिन्दी, 日本語, 한국어",
          "\ud83d\ude00\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud834\udd1e and \ufeff\uffff",
          "é".repeat(40_000),
          "日本語\ud83d\ude00x".repeat(20_000));

  private static final int[] SIZES = {1, 125, 126, 127, 65_535, 65_536, 1_000_000};

  @Parameter Backend backend;

  /** What our end is told. */
  RecordingListener listener;

  private Peer peer;

  /** Skips the test, or fails it, where the peer is not installed. */
  void requirePeer() {}

  @BeforeEach
  void requireBackend() {
    Peers.require(backend);
    requirePeer();
    listener = new RecordingListener();
  }

  @AfterEach
  void release() {
    if (peer != null) {
      peer.close();
    }
  }

  /** Connects the two; the client adds these headers and offers these subprotocols. */
  abstract Peer connect(Map<String, String> headers, List<String> subprotocols) throws Exception;

  /** Connects the two, and takes the events of opening. */
  public WebSocket open() throws Exception {
    peer = connect(Map.of(), List.of());
    peer.log().expect(Event.open("", ""));
    listener.log.expect(Event.open("", ""));
    return listener.webSocket();
  }

  public Peer peer() {
    return peer;
  }

  public RecordingListener listener() {
    return listener;
  }

  @Test
  void headersAndSubprotocolAreSeenByBoth() throws Exception {
    peer = connect(Map.of("x-probe", "seen"), List.of("chat.v1", PeerServer.SUBPROTOCOL));
    listener.log.expect(Event.open(PeerServer.SUBPROTOCOL, "seen"));
    peer.log().expect(Event.open(PeerServer.SUBPROTOCOL, "seen"));
  }

  @Test
  void textOfEveryScriptPassesBothWays() throws Exception {
    WebSocket webSocket = open();
    for (String text : TEXTS) {
      assertTrue(webSocket.offerText(text));
      peer.log().expect(Event.text(text));
      peer.sendText(text);
      listener.log.expect(Event.text(text));
    }
  }

  @Test
  void binaryOfEveryLengthFormPassesBothWays() throws Exception {
    WebSocket webSocket = open();
    for (int size : SIZES) {
      byte[] payload = randomBytes(size);
      assertTrue(webSocket.offerBinary(ByteBuffer.wrap(payload)));
      peer.log().expect(Event.binary(payload));
      peer.sendBinary(payload);
      listener.log.expect(Event.binary(payload));
    }
  }

  @Test
  void emptyMessagesPassBothWays() throws Exception {
    WebSocket webSocket = open();
    assertTrue(webSocket.offerText(""));
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(0)));
    peer.log().expect(Event.text(""), Event.binary(new byte[0]));
    peer.sendText("");
    peer.sendBinary(new byte[0]);
    listener.log.expect(Event.text(""), Event.binary(new byte[0]));
  }

  @Test
  void manyMessagesKeepTheirOrder() throws Exception {
    WebSocket webSocket = open();
    for (int i = 0; i < 500; i++) {
      assertTrue(webSocket.offerText("ours " + i));
      peer.sendText("theirs " + i);
    }
    for (int i = 0; i < 500; i++) {
      peer.log().expect(Event.text("ours " + i));
      listener.log.expect(Event.text("theirs " + i));
    }
  }

  @Test
  void ourPingIsAnsweredWithItsPayload() throws Exception {
    WebSocket webSocket = open();
    for (byte[] payload : List.of(new byte[0], randomBytes(125))) {
      assertTrue(webSocket.offerPing(ByteBuffer.wrap(payload)));
      peer.log().expect(Event.ping(payload));
      listener.log.expect(Event.pong(payload));
    }
  }

  @Test
  void thePeersPingIsAnsweredWithItsPayload() throws Exception {
    open();
    for (byte[] payload : List.of(new byte[0], randomBytes(125))) {
      peer.sendPing(payload);
      listener.log.expect(Event.ping(payload));
      peer.log().expect(Event.pong(payload));
    }
  }

  @Test
  void pongsThatNobodyAskedForAreOnlyTold() throws Exception {
    WebSocket webSocket = open();
    peer.sendPong(Peer.utf8("theirs"));
    listener.log.expect(Event.pong(Peer.utf8("theirs")));
    assertTrue(webSocket.offerPong(ByteBuffer.wrap(Peer.utf8("ours"))));
    peer.log().expect(Event.pong(Peer.utf8("ours")));
    assertTrue(webSocket.offerText("still open"));
    peer.log().expect(Event.text("still open"));
  }

  @Test
  void weCloseWithCodeAndReason() throws Exception {
    WebSocket webSocket = open();
    assertTrue(webSocket.offerText("last words"));
    webSocket.close(4001, "wir schließen");
    peer.log().expect(Event.text("last words"), Event.close(4001, "wir schließen"));
    assertTrue(listener.log.next().content().startsWith("4001 "));
    assertNull(listener.cause());
    assertFalse(webSocket.isOpen());
    assertFalse(webSocket.offerText("too late"));
  }

  @Test
  void thePeerClosesWithCodeAndReason() throws Exception {
    WebSocket webSocket = open();
    peer.sendText("last words");
    peer.sendClose(4002, "они закрывают");
    listener.log.expect(Event.text("last words"), Event.close(4002, "они закрывают"));
    assertNull(listener.cause());
    assertFalse(webSocket.isOpen());
    assertTrue(peer.log().next().content().startsWith("4002 "));
  }

  @Test
  void weCloseNormallyWithoutAReason() throws Exception {
    open().close();
    peer.log().expect(Event.close(1000, ""));
    listener.log.expect(Event.close(1000, ""));
    listener.log.expectNoMore();
  }

  static byte[] randomBytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
