package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.Wire.feed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.handshake.ServerHandshake.State;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerHandshakeTest {

  /** The example of RFC 6455 §1.2. */
  private static final String REQUEST =
      Wire.lines(
          "GET /chat HTTP/1.1",
          "Host: server.example.com",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Key: " + Wire.SAMPLE_KEY,
          "Origin: http://example.com",
          "Sec-WebSocket-Protocol: chat, superchat",
          "Sec-WebSocket-Version: 13");

  private static final byte[] NOTHING = {};

  private final ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);

  @Test
  void exampleOfTheRfcIsAccepted_1_2() {
    assertEquals(State.READING_REQUEST, handshake.state());
    assertEquals(REQUEST.length(), feed(handshake, REQUEST));
    assertEquals(State.AWAITING_DECISION, handshake.state());
    assertTrue(handshake.isUpgrade());
    assertEquals("/chat", handshake.request().path());
    assertEquals(List.of("chat", "superchat"), handshake.offeredSubprotocols());
    handshake.accept("chat", HttpHeaders.EMPTY);
    assertEquals(State.ACCEPTED, handshake.state());
    assertEquals(
        Wire.lines(
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: " + Wire.SAMPLE_ACCEPT,
            "Sec-WebSocket-Protocol: chat"),
        Wire.text(handshake.response()));
    assertEquals(101, handshake.responseStatus());
    assertNull(handshake.violation());
  }

  @Test
  void noSubprotocolMayBeChosenAndHeadersAdded_4_2_2() {
    feed(handshake, REQUEST);
    handshake.accept(null, HttpHeaders.of("Set-Cookie", "a=b"));
    String response = Wire.text(handshake.response());
    assertFalse(response.contains("Sec-WebSocket-Protocol"));
    assertTrue(response.endsWith("\r\nSet-Cookie: a=b\r\n\r\n"));
  }

  @Test
  void anySplitGivesTheSameRequestAndLeavesTheFramesAlone() {
    String wire = REQUEST + "\u0081\u0085frames";
    for (int split = 0; split <= wire.length(); split++) {
      ServerHandshake resumed = new ServerHandshake(HandshakeLimits.DEFAULT);
      int first = resumed.receive(Wire.bytes(wire), 0, split);
      int second = resumed.receive(Wire.bytes(wire), first, wire.length() - first);
      assertEquals(Math.min(split, REQUEST.length()), first);
      assertEquals(REQUEST.length(), first + second);
      assertEquals(State.AWAITING_DECISION, resumed.state());
      assertEquals("/chat", resumed.request().target());
      assertEquals(7, resumed.request().headers().size());
    }
  }

  @Test
  void requestOfSingleBytesIsRead() {
    ByteBuffer in = Wire.bytes(REQUEST);
    for (int i = 0; i < REQUEST.length(); i++) {
      assertEquals(State.READING_REQUEST, handshake.state());
      assertEquals(1, handshake.receive(in, i, 1));
    }
    assertEquals(State.AWAITING_DECISION, handshake.state());
  }

  @Test
  void framesBehindAnAcceptedRequestStayWithTheCaller() {
    feed(handshake, REQUEST);
    assertEquals(0, feed(handshake, "frame"));
    handshake.accept(null, HttpHeaders.EMPTY);
    assertEquals(0, feed(handshake, "frame"));
  }

  @Test
  void bytesBehindARejectedRequestAreDiscarded() {
    feed(handshake, REQUEST);
    handshake.respond(403, HttpHeaders.EMPTY, NOTHING);
    assertEquals(REQUEST.length(), feed(handshake, REQUEST));
    assertEquals(State.RESPONDED, handshake.state());
  }

  @Test
  void subprotocolThatWasNotOfferedIsTheCallersMistake_4_2_2() {
    feed(handshake, REQUEST);
    assertThrows(IllegalArgumentException.class, () -> handshake.accept("Chat", HttpHeaders.EMPTY));
    assertEquals(State.AWAITING_DECISION, handshake.state());
    handshake.respond(500, HttpHeaders.EMPTY, NOTHING);
    assertEquals(500, handshake.responseStatus());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upgrade", "Connection", "SEC-WEBSOCKET-ACCEPT", "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Content-Length",
        "Transfer-Encoding"
      })
  void headersOfTheHandshakeCannotBeAdded(String name) {
    feed(handshake, REQUEST);
    assertThrows(
        IllegalArgumentException.class, () -> handshake.accept(null, HttpHeaders.of(name, "x")));
    assertEquals(State.AWAITING_DECISION, handshake.state());
  }

  @Test
  void rejectionCarriesStatusHeadersAndBody() {
    feed(handshake, REQUEST);
    handshake.respond(401, HttpHeaders.of("WWW-Authenticate", "Basic"), "no".getBytes());
    assertEquals(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n"
            + "Connection: close\r\n\r\nno",
        Wire.text(handshake.response()));
    assertEquals(State.RESPONDED, handshake.state());
    assertNull(handshake.violation());
  }

  @Test
  void answerNeedsAFinalStatusAndNoBodyWhereNoneMayBe_rfc9110_6_4_1() {
    feed(handshake, REQUEST);
    for (int status : new int[] {0, 101, 199, 600}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> handshake.respond(status, HttpHeaders.EMPTY, NOTHING));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> handshake.respond(204, HttpHeaders.EMPTY, new byte[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> handshake.respond(200, HttpHeaders.of("content-length", "1"), NOTHING));
    handshake.respond(204, HttpHeaders.EMPTY, NOTHING);
    assertEquals(
        Wire.lines("HTTP/1.1 204 No Content", "Connection: close"),
        Wire.text(handshake.response()));
  }

  @Test
  void eachStepHasItsState() {
    assertThrows(IllegalStateException.class, handshake::request);
    assertThrows(IllegalStateException.class, handshake::isUpgrade);
    assertThrows(IllegalStateException.class, handshake::offeredSubprotocols);
    assertThrows(IllegalStateException.class, handshake::response);
    assertThrows(IllegalStateException.class, handshake::responseStatus);
    assertThrows(IllegalStateException.class, () -> handshake.accept(null, HttpHeaders.EMPTY));
    feed(handshake, REQUEST);
    assertThrows(IllegalStateException.class, handshake::expire);
    handshake.accept(null, HttpHeaders.EMPTY);
    assertThrows(IllegalStateException.class, () -> handshake.accept(null, HttpHeaders.EMPTY));
    assertThrows(
        IllegalStateException.class, () -> handshake.respond(200, HttpHeaders.EMPTY, NOTHING));
  }

  @Test
  void expiredRequestIsAnswered408_rfc9110_15_5_9() {
    feed(handshake, "GET /");
    handshake.expire();
    assertEquals(408, handshake.responseStatus());
    assertNotNull(handshake.violation());
  }

  @Test
  void plainRequestAwaitsADecisionWhereAllowed() {
    ServerHandshake plain = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(plain, Wire.lines("GET /health HTTP/1.1", "Host: x"));
    assertEquals(State.AWAITING_DECISION, plain.state());
    assertFalse(plain.isUpgrade());
    assertEquals(List.of(), plain.offeredSubprotocols());
    assertThrows(IllegalStateException.class, () -> plain.accept(null, HttpHeaders.EMPTY));
    plain.respond(200, HttpHeaders.EMPTY, "up".getBytes());
    assertTrue(
        Wire.text(plain.response()).endsWith("Content-Length: 2\r\nConnection: close\r\n\r\nup"));
  }

  @Test
  void answerToHeadHasTheLengthAndNoBody_rfc9110_9_3_2() {
    ServerHandshake plain = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(plain, Wire.lines("HEAD /health HTTP/1.0"));
    assertFalse(plain.isUpgrade());
    plain.respond(200, HttpHeaders.EMPTY, "up".getBytes());
    assertTrue(
        Wire.text(plain.response()).endsWith("Content-Length: 2\r\nConnection: close\r\n\r\n"));
  }

  @Test
  void upgradeToAnotherProtocolIsAPlainRequest_rfc9110_7_8() {
    ServerHandshake plain = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(
        plain,
        Wire.lines(
            "GET / HTTP/1.1",
            "Host: x",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAE"));
    assertFalse(plain.isUpgrade());
  }

  @Test
  void plainRequestWithABodyOrAnotherMethodIsRefused() {
    ServerHandshake post = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(post, Wire.lines("POST / HTTP/1.1", "Host: x"));
    assertEquals(405, post.responseStatus());
    assertTrue(Wire.text(post.response()).contains("\r\nAllow: GET, HEAD\r\n"));
    ServerHandshake body = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(body, Wire.lines("GET / HTTP/1.1", "Host: x", "Content-Length: 5") + "hello");
    assertEquals(400, body.responseStatus());
  }

  @Test
  void upgradeIsStillAnUpgradeWherePlainRequestsAreAllowed() {
    ServerHandshake plain = new ServerHandshake(HandshakeLimits.DEFAULT, true);
    feed(plain, REQUEST);
    assertTrue(plain.isUpgrade());
  }

  @Test
  void absoluteTargetNamesTheHost_rfc9112_3_2_2() {
    feed(handshake, REQUEST.replace("GET /chat", "GET http://a.example:81/b?c"));
    assertEquals(State.AWAITING_DECISION, handshake.state());
    assertEquals("/b", handshake.request().path());
    assertEquals("c", handshake.request().query());
    assertEquals(new Authority("a.example", 81), handshake.request().authority());
  }

  @Test
  void fullServerAnswers503() {
    String answer = Wire.text(ServerHandshake.unavailable(7));
    assertTrue(answer.startsWith("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n"));
    assertTrue(answer.contains("\r\nConnection: close\r\n\r\n"));
  }
}
