package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.Wire.feed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.handshake.ClientHandshake.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client refuses, one change at a time to a response that it accepts. */
class ClientHandshakeRefusalTest {

  private static final String START = "HTTP/1.1 101 Switching Protocols";

  private static ClientHandshake client(String... subprotocols) {
    return new ClientHandshake(
        HandshakeLimits.DEFAULT,
        "x",
        "/",
        HttpHeaders.EMPTY,
        List.of(subprotocols),
        Wire.SAMPLE_NONCE);
  }

  private static Map<String, String> valid() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Upgrade", "WebSocket");
    headers.put("Connection", "upgrade");
    headers.put("Sec-WebSocket-Accept", Wire.SAMPLE_ACCEPT);
    return headers;
  }

  private static String response(String start, Map<String, String> headers, String... more) {
    List<String> lines = new ArrayList<>(List.of(start));
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    lines.addAll(List.of(more));
    return Wire.lines(lines.toArray(String[]::new));
  }

  private static String with(String name, String value) {
    Map<String, String> headers = valid();
    headers.put(name, value);
    return response(START, headers);
  }

  private static String failed(ClientHandshake handshake, String response) {
    assertEquals(response.length() + 6, feed(handshake, response + "frames"), response);
    assertEquals(State.FAILED, handshake.state(), response);
    assertEquals(3, feed(handshake, "abc"));
    String failure = handshake.failure();
    assertNotNull(failure);
    return failure;
  }

  private static void opens(ClientHandshake handshake, String response) {
    assertEquals(response.length(), feed(handshake, response));
    assertEquals(State.OPEN, handshake.state(), handshake.failure());
  }

  @Test
  void anyMissingHeaderFails_4_1() {
    opens(client(), response(START, valid()));
    for (String name : valid().keySet()) {
      Map<String, String> headers = valid();
      headers.remove(name);
      assertTrue(failed(client(), response(START, headers)).contains(name));
    }
  }

  @Test
  void duplicateHeaderFailsUnlessItIsAList_4_1() {
    failed(client(), response(START, valid(), "Upgrade: websocket"));
    failed(client(), response(START, valid(), "Sec-WebSocket-Accept: " + Wire.SAMPLE_ACCEPT));
    opens(client(), response(START, valid(), "Connection: keep-alive"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "x", "=, ="})
  void wrongAcceptFails_4_1(String accept) {
    String failure = failed(client(), with("Sec-WebSocket-Accept", accept));
    assertTrue(failure.contains(Wire.SAMPLE_ACCEPT), failure);
    assertTrue(failure.endsWith("(RFC 6455 §4.1)"), failure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h2c", "websocket, h2c", "websockets"})
  void wrongUpgradeFails_4_1(String upgrade) {
    failed(client(), with("Upgrade", upgrade));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keep-alive", "upgrades"})
  void wrongConnectionFails_4_1(String connection) {
    failed(client(), with("Connection", connection));
  }

  @Test
  void connectionMayBeAList_4_1() {
    opens(client(), with("Connection", "keep-alive, Upgrade"));
  }

  @Test
  void switchInHttp10Fails_4_1() {
    failed(client(), response("HTTP/1.0 101 Switching Protocols", valid()));
  }

  @Test
  void subprotocolThatWasNotOfferedFails_4_1() {
    String failure = failed(client("a", "b"), with("Sec-WebSocket-Protocol", "c"));
    assertTrue(failure.contains("[a, b]") && failure.contains("\"c\""), failure);
    failed(client(), with("Sec-WebSocket-Protocol", "a"));
    failed(client("a"), with("Sec-WebSocket-Protocol", "A"));
    failed(client("a"), with("Sec-WebSocket-Protocol", ""));
  }

  @Test
  void severalSubprotocolsFail_4_1() {
    failed(client("a", "b"), with("Sec-WebSocket-Protocol", "a, b"));
    Map<String, String> headers = valid();
    headers.put("Sec-WebSocket-Protocol", "a");
    failed(client("a", "b"), response(START, headers, "Sec-WebSocket-Protocol: a"));
  }

  @Test
  void offeredSubprotocolMayBeLeftOut_4_1() {
    ClientHandshake handshake = client("a");
    opens(handshake, response(START, valid()));
    assertNull(handshake.subprotocol());
  }

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate", "x-other", "", "permessage-deflate, x"})
  void extensionThatWasNotOfferedFails_9_1(String extensions) {
    failed(client(), with("Sec-WebSocket-Extensions", extensions));
  }

  @Test
  void looseSyntaxFails_rfc9112_2_2() {
    failed(client(), response(START, valid()).replace("\r\n", "\n"));
    failed(client(), response(START, valid(), "A : b"));
    failed(client(), response(START, valid(), "A: b", " c"));
    failed(client(), "SSH-2.0-OpenSSH_9.2\r\n");
    failed(client(), "\u0015\u0003\u0001\0\u0002\u0002\u0050");
  }

  @Test
  void headWithoutEndFailsAtTheLimit() {
    ClientHandshake handshake = client();
    String line = "A: " + "b".repeat(1000) + "\r\n";
    feed(handshake, START + "\r\n");
    int fed = 0;
    while (handshake.state() == State.READING_RESPONSE) {
      fed += feed(handshake, line);
    }
    assertTrue(fed <= 16384 + line.length());
    String failure = handshake.failure();
    assertNotNull(failure);
    assertTrue(failure.contains("16384"), failure);
  }

  @Test
  void endOfStreamBeforeTheResponseFails() {
    ClientHandshake handshake = client();
    feed(handshake, "HTTP/1.1 101");
    handshake.endOfStream();
    assertEquals(State.FAILED, handshake.state());
    assertTrue(String.valueOf(handshake.failure()).contains("closed the connection"));
    handshake.endOfStream();
  }
}
