package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.Wire.feed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.handshake.ServerHandshake.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server refuses, one change at a time to a request that it accepts. */
class ServerHandshakeRefusalTest {

  private static final String START = "GET / HTTP/1.1";

  private static Map<String, String> valid() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", "x");
    headers.put("Upgrade", "websocket");
    headers.put("Connection", "Upgrade");
    headers.put("Sec-WebSocket-Key", Wire.SAMPLE_KEY);
    headers.put("Sec-WebSocket-Version", "13");
    return headers;
  }

  private static String request(String start, Map<String, String> headers, String... more) {
    List<String> lines = new ArrayList<>(List.of(start));
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    lines.addAll(List.of(more));
    return Wire.lines(lines.toArray(String[]::new));
  }

  private static String with(String name, String value, String... more) {
    Map<String, String> headers = valid();
    headers.put(name, value);
    return request(START, headers, more);
  }

  private static ServerHandshake answered(int status, String request) {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    assertEquals(request.length() + 9, feed(handshake, request + "pipelined"), request);
    assertEquals(State.RESPONDED, handshake.state(), request);
    assertEquals(status, handshake.responseStatus(), request);
    String response = Wire.text(handshake.response());
    assertTrue(response.startsWith("HTTP/1.1 " + status + " "), response);
    assertTrue(response.contains("\r\nConnection: close"), response);
    assertTrue(response.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"), response);
    assertTrue(response.contains("expected "), response);
    assertTrue(response.contains("RFC "), response);
    assertNotNull(handshake.violation());
    // Never a second request, whatever follows.
    String valid = request(START, valid());
    assertEquals(valid.length(), feed(handshake, valid));
    assertEquals(State.RESPONDED, handshake.state());
    return handshake;
  }

  private static void accepted(String request) {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    assertEquals(request.length(), feed(handshake, request), request);
    assertEquals(State.AWAITING_DECISION, handshake.state(), request);
    assertTrue(handshake.isUpgrade());
  }

  @Test
  void validRequestIsAccepted_4_2_1() {
    accepted(request(START, valid()));
  }

  @Test
  void anyMissingHeaderIs400_4_2_1() {
    for (String name : valid().keySet()) {
      Map<String, String> headers = valid();
      headers.remove(name);
      answered(400, request(START, headers));
    }
  }

  @Test
  void duplicateOfAnyHeaderThatMustBeSingleIs400_4_2_1() {
    for (String name : List.of("Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version")) {
      answered(400, request(START, valid(), name + ": " + valid().get(name)));
    }
  }

  @Test
  void duplicateOfAListHeaderIsTheSameAsAList_rfc9110_5_3() {
    accepted(request(START, valid(), "Upgrade: websocket", "Connection: keep-alive"));
    accepted(with("Connection", "keep-alive", "connection: upgrade"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZTE=",
        "dGhlIHNhbXBsZSBub25jZTEy",
        "dGhlIHNhbXBsZSBub25jZ?==",
        "========================",
        "dGhlIHNhbXBsZSBub25j Q==",
        "dGhlIHNhbXBsZSBub25jZ_=="
      })
  void keyThatIsNotBase64Of16BytesIs400_4_2_1(String key) {
    answered(400, with("Sec-WebSocket-Key", key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "7", "14", "0", "130", "013", "13, 8", "13,", "x", "+13"})
  void anotherVersionIs426AndNamesTheRightOne_4_4(String version) {
    String response = Wire.text(answered(426, with("Sec-WebSocket-Version", version)).response());
    assertTrue(response.contains("\r\nSec-WebSocket-Version: 13\r\n"), response);
    assertTrue(response.contains("\r\nUpgrade: websocket\r\n"), response);
    assertTrue(response.contains("\r\nConnection: close, Upgrade\r\n"), response);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "HEAD", "OPTIONS", "get", "DELETE", "CONNECT"})
  void anotherMethodIs405AndNamesGet_4_2_1(String method) {
    ServerHandshake handshake = answered405(method + " / HTTP/1.1");
    assertTrue(Wire.text(handshake.response()).contains("\r\nAllow: GET\r\n"));
  }

  private static ServerHandshake answered405(String start) {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    feed(handshake, request(start, valid()));
    assertEquals(405, handshake.responseStatus());
    return handshake;
  }

  @Test
  void answerToHeadHasNoBodyEvenWhenRefused_rfc9110_9_3_2() {
    assertTrue(Wire.text(answered405("HEAD / HTTP/1.1").response()).endsWith("\r\n\r\n"));
  }

  @Test
  void optionsOfTheServerAndConnectAre405() {
    answered405("OPTIONS * HTTP/1.1");
    answered405("CONNECT x:80 HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.0,505", "HTTP/0.9,505", "HTTP/2.0,505", "HTTP/3,400", "HTTP/,400"})
  void anotherHttpVersionIsRefused_4_2_1(String version, int status) {
    answered(status, request("GET / " + version, valid()));
  }

  @Test
  void requestWithoutAVersionAndThePrefaceOfHttp2Are400() {
    answered(400, request("GET /", valid()));
    answered(400, Wire.lines("PRI * HTTP/2.0") + "SM\r\n\r\n");
  }

  @Test
  void laterMinorVersionIsAccepted_4_2_1() {
    accepted(request("GET / HTTP/1.2", valid()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a/", "u@a", "a,b c", "[::1", "a:70000"})
  void malformedHostIs400_rfc9112_3_2(String host) {
    answered(400, with("Host", host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b:80", "127.0.0.1", "[::1]:8080", "a_b"})
  void wellFormedHostIsAccepted_rfc9112_3_2(String host) {
    accepted(with("Host", host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "web socket", "websockets", "h2c", "websocket/13"})
  void upgradeWithoutWebsocketIs400_4_2_1(String upgrade) {
    answered(400, with("Upgrade", upgrade));
  }

  @ParameterizedTest
  @ValueSource(strings = {"WebSocket", "h2c, websocket", "websocket,", ", ,WEBSOCKET"})
  void upgradeMayBeAListInAnyCase_4_2_1(String upgrade) {
    accepted(with("Upgrade", upgrade));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keep-alive", "upgraded", "close", "Upgrade;", "\"Upgrade\""})
  void connectionWithoutUpgradeIs400_4_2_1(String connection) {
    answered(400, with("Connection", connection));
  }

  @ParameterizedTest
  @ValueSource(strings = {"upgrade", "keep-alive, Upgrade", "keep-alive,UPGRADE ,x", ",upgrade"})
  void connectionMayBeAListInAnyCase_4_2_1(String connection) {
    accepted(with("Connection", connection));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "00001", "-1", "+0", "0x0", "", "99999999999999999999", "0, 1", "0,0"})
  void bodyOnTheUpgradeIs400_rfc9112_6(String length) {
    answered(400, request(START, valid(), "Content-Length: " + length));
  }

  @Test
  void twoDifferentLengthsAre400_rfc9112_6_3() {
    answered(400, request(START, valid(), "Content-Length: 0", "Content-Length: 9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunked", "identity", "", "gzip, chunked"})
  void transferEncodingOnTheUpgradeIs400_rfc9112_6_1(String coding) {
    answered(400, request(START, valid(), "Transfer-Encoding: " + coding));
    answered(400, request(START, valid(), "Content-Length: 0", "Transfer-Encoding: " + coding));
  }

  @Test
  void bodyOfNoBytesIsAccepted_rfc9112_6_2() {
    accepted(request(START, valid(), "Content-Length: 0"));
  }

  @Test
  void longRequestLineIs414AndLongHeaderIs431() {
    answered(414, request("GET /" + "a".repeat(8192) + " HTTP/1.1", valid()));
    answered(431, request(START, valid(), "Cookie: " + "a".repeat(8192)));
    String half = "Cookie: " + "a".repeat(8000);
    answered(431, request(START, valid(), half, half, half));
    String[] many = new String[96];
    Arrays.fill(many, "A: b");
    answered(431, request(START, valid(), many));
    accepted(request(START, valid(), Arrays.copyOf(many, 95)));
  }

  @Test
  void looseSyntaxIs400_rfc9112_2_2() {
    answered(400, request(START, valid()).replace("\r\n", "\n"));
    answered(400, request(START, valid(), "A : b"));
    answered(400, request(START, valid(), "A: b", " folded"));
    answered(400, request(START, valid(), "A: b\0"));
  }

  @Test
  void oneEmptyLineBeforeTheRequestIsSkipped_rfc9112_2_2() {
    accepted("\r\n" + request(START, valid()));
  }

  @Test
  void oddTargetsAreHandedOnRawOrRefused_rfc9112_3_2() {
    accepted(request("GET /%00/..//../%ff HTTP/1.1", valid()));
    accepted(request("GET http://x/ HTTP/1.1", valid()));
    answered(400, request("GET x HTTP/1.1", valid()));
    answered(400, request("GET * HTTP/1.1", valid()));
    answered(400, request("GET ftp://x/ HTTP/1.1", valid()));
    answered(400, request("GET http:///a HTTP/1.1", valid()));
    answered(400, request("GET /\u00e9 HTTP/1.1", valid()));
    answered(400, request("GET /# HTTP/1.1", valid()));
  }

  @Test
  void obsTextInAValueIsHandedOn_rfc9110_5_5() {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    feed(handshake, request(START, valid(), "X: caf\u00e9"));
    assertEquals("caf\u00e9", handshake.request().headers().first("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "a b", "a, a", "a;b", "\"a\"", "caf\u00e9"})
  void malformedSubprotocolsAre400_4_1(String subprotocols) {
    answered(400, with("Sec-WebSocket-Protocol", subprotocols));
  }

  @Test
  void subprotocolTwiceInSeveralHeadersIs400_4_1() {
    answered(400, with("Sec-WebSocket-Protocol", "a, b", "Sec-WebSocket-Protocol: b"));
  }

  @Test
  void subprotocolsOfSeveralHeadersAreOneList_4_1() {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    feed(handshake, with("Sec-WebSocket-Protocol", "a, B", "Sec-WebSocket-Protocol: b,c"));
    assertEquals(List.of("a", "B", "b", "c"), handshake.offeredSubprotocols());
  }

  @Test
  void answerRepeatsWhatCameOnlyAsVisibleAscii() {
    String response =
        Wire.text(
            answered(400, with("Sec-WebSocket-Key", "<b>\u00e9\t\"" + "x".repeat(900))).response());
    assertTrue(response.contains("\"<b>\\u00e9\\u0009\\u0022xxx"), response);
    assertTrue(response.length() < 500, response);
  }

  @Test
  void anySplitOfARefusedRequestIsRefusedAlike() {
    String wire = with("Sec-WebSocket-Version", "8") + "tail";
    String whole = Wire.text(answered(426, with("Sec-WebSocket-Version", "8")).response());
    for (int split = 0; split <= wire.length(); split++) {
      ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
      assertEquals(split, handshake.receive(Wire.bytes(wire), 0, split));
      int rest = wire.length() - split;
      assertEquals(rest, handshake.receive(Wire.bytes(wire), split, rest));
      assertEquals(whole, Wire.text(handshake.response()));
    }
  }
}
