package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.Wire.feed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.handshake.ClientHandshake.State;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHandshakeTest {

  private static final String RESPONSE =
      Wire.lines(
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Accept: " + Wire.SAMPLE_ACCEPT,
          "Sec-WebSocket-Protocol: chat");

  private final ClientHandshake handshake = chat();

  private static ClientHandshake chat() {
    return client("server.example.com", "/chat", HttpHeaders.EMPTY, List.of("chat", "superchat"));
  }

  private static ClientHandshake client(
      String host, String target, HttpHeaders extra, List<String> subprotocols) {
    return new ClientHandshake(
        HandshakeLimits.DEFAULT, host, target, extra, subprotocols, Wire.SAMPLE_NONCE);
  }

  @Test
  void requestIsTheExampleOfTheRfc_1_2() {
    assertEquals(
        Wire.lines(
            "GET /chat HTTP/1.1",
            "Host: server.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + Wire.SAMPLE_KEY,
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: chat, superchat"),
        Wire.text(handshake.request()));
  }

  @Test
  void requestCarriesTheUsersHeadersAndNoEmptySubprotocol_4_1() {
    HttpHeaders extra = HttpHeaders.of("Authorization", "Bearer x");
    String request = Wire.text(client("x:81", "/?a=b", extra, List.of()).request());
    assertTrue(request.startsWith("GET /?a=b HTTP/1.1\r\nHost: x:81\r\n"));
    assertTrue(request.endsWith("\r\nAuthorization: Bearer x\r\n\r\n"));
    assertTrue(!request.contains("Sec-WebSocket-Protocol"));
  }

  @Test
  void serverOfThisLibraryAcceptsTheRequest() {
    ServerHandshake server = new ServerHandshake(HandshakeLimits.DEFAULT);
    assertEquals(
        handshake.request().length,
        server.receive(ByteBuffer.wrap(handshake.request()), 0, handshake.request().length));
    server.accept("superchat", HttpHeaders.EMPTY);
    feed(handshake, Wire.text(server.response()));
    assertEquals(State.OPEN, handshake.state());
    assertEquals("superchat", handshake.subprotocol());
  }

  @Test
  void responseOfTheRfcOpens_1_2() {
    assertEquals(State.READING_RESPONSE, handshake.state());
    assertNull(handshake.response());
    assertEquals(RESPONSE.length(), feed(handshake, RESPONSE + "frames"));
    assertEquals(State.OPEN, handshake.state());
    assertEquals("chat", handshake.subprotocol());
    HttpHead response = handshake.response();
    assertNotNull(response);
    assertEquals(101, response.status());
    assertNull(handshake.failure());
    assertEquals(0, handshake.bodyPrefix().length);
    assertEquals(0, feed(handshake, "frames"));
    handshake.endOfStream();
    assertEquals(State.OPEN, handshake.state());
  }

  @Test
  void anySplitGivesTheSameAndLeavesTheFramesAlone() {
    String wire = RESPONSE + "\u0081\u0005hello";
    for (int split = 0; split <= wire.length(); split++) {
      ClientHandshake resumed = chat();
      int first = resumed.receive(Wire.bytes(wire), 0, split);
      assertEquals(Math.min(split, RESPONSE.length()), first);
      int second = resumed.receive(Wire.bytes(wire), first, wire.length() - first);
      assertEquals(RESPONSE.length(), first + second);
      assertEquals(State.OPEN, resumed.state());
      assertEquals("chat", resumed.subprotocol());
    }
  }

  @Test
  void interimResponsesAreSkippedAtAnySplit_rfc9110_15_2() {
    String interim =
        Wire.lines("HTTP/1.1 103 Early Hints", "Link: </a>") + Wire.lines("HTTP/1.1 100 Continue");
    String wire = interim + RESPONSE + "frame";
    for (int split = 0; split <= wire.length(); split++) {
      ClientHandshake resumed = chat();
      int first = resumed.receive(Wire.bytes(wire), 0, split);
      int second = resumed.receive(Wire.bytes(wire), first, wire.length() - first);
      assertEquals(wire.length() - 5, first + second);
      assertEquals(State.OPEN, resumed.state());
    }
  }

  @Test
  void interimResponsesWithoutEndFail_rfc9110_15_2() {
    feed(handshake, Wire.lines("HTTP/1.1 100 Continue").repeat(8));
    assertEquals(State.READING_RESPONSE, handshake.state());
    feed(handshake, Wire.lines("HTTP/1.1 100 Continue"));
    assertEquals(State.FAILED, handshake.state());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a b",
        "/a\r\nX: y",
        "/\0",
        "/é",
        "/a#b",
        "a",
        "",
        "http://x/",
        "*",
        "/\u007f",
        "/\t"
      })
  void targetThatCannotBeSentIsRefused_3(String target) {
    assertThrows(
        IllegalArgumentException.class, () -> client("x", target, HttpHeaders.EMPTY, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\r\nX: y", "a b", "u:p@a", "a:b", "é", "a/b", "a\0"})
  void hostThatCannotBeSentIsRefused_4_1(String host) {
    assertThrows(
        IllegalArgumentException.class, () -> client(host, "/", HttpHeaders.EMPTY, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "a\r\n", "é", "a\0", "a/b"})
  void subprotocolThatIsNoTokenIsRefused_4_1(String subprotocol) {
    assertThrows(
        IllegalArgumentException.class,
        () -> client("x", "/", HttpHeaders.EMPTY, List.of("ok", subprotocol)));
  }

  @Test
  void subprotocolTwiceIsRefused_4_1() {
    assertThrows(
        IllegalArgumentException.class,
        () -> client("x", "/", HttpHeaders.EMPTY, List.of("a", "b", "a")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "Upgrade",
        "Connection",
        "Sec-WebSocket-Key",
        "sec-websocket-version",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Accept",
        "Content-Length",
        "Transfer-Encoding"
      })
  void headersOfTheHandshakeCannotBeAdded_4_1(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> client("x", "/", HttpHeaders.of(name, "x"), List.of()));
  }

  @Test
  void nonceMustHave16Bytes_4_1() {
    for (int length : new int[] {0, 15, 17}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new ClientHandshake(
                  HandshakeLimits.DEFAULT,
                  "x",
                  "/",
                  HttpHeaders.EMPTY,
                  List.of(),
                  new byte[length]));
    }
  }
}
