package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.Wire.feed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.volfram.internal.handshake.ClientHandshake.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalBodyTest {

  private final ClientHandshake handshake = client();

  private static ClientHandshake client() {
    return new ClientHandshake(
        HandshakeLimits.DEFAULT, "x", "/", HttpHeaders.EMPTY, List.of(), Wire.SAMPLE_NONCE);
  }

  @Test
  void refusalCarriesStatusHeadersAndBody() {
    feed(handshake, Wire.lines("HTTP/1.1 403 Forbidden", "X: y", "Content-Length: 5") + "go a");
    assertEquals(State.READING_BODY, handshake.state());
    assertNull(handshake.failure());
    feed(handshake, "wayxxxx");
    assertEquals(State.FAILED, handshake.state());
    assertEquals("go aw", Wire.text(handshake.bodyPrefix()));
    assertEquals(
        "server answered 403 Forbidden, expected 101 Switching Protocols", handshake.failure());
    HttpHead response = handshake.response();
    assertNotNull(response);
    assertEquals(403, response.status());
    assertEquals("y", response.headers().first("x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 304 x",
        "HTTP/1.1 400 x\r\nContent-Length: 0"
      })
  void answerWithoutABodyFailsAtOnce_rfc9112_6_3(String head) {
    feed(handshake, Wire.lines(head));
    assertEquals(State.FAILED, handshake.state());
    assertEquals(0, handshake.bodyPrefix().length);
  }

  @Test
  void bodyWithoutALengthLastsUntilTheEnd_rfc9112_6_3() {
    feed(handshake, Wire.lines("HTTP/1.0 502 Bad Gateway") + "half");
    assertEquals(State.READING_BODY, handshake.state());
    handshake.endOfStream();
    assertEquals(State.FAILED, handshake.state());
    assertEquals("half", Wire.text(handshake.bodyPrefix()));
  }

  @Test
  void bodyIsCutAt64KiB() {
    feed(handshake, Wire.lines("HTTP/1.1 500 x"));
    feed(handshake, "a".repeat(65_535));
    assertEquals(State.READING_BODY, handshake.state());
    assertEquals(10, feed(handshake, "b".repeat(10)));
    assertEquals(State.FAILED, handshake.state());
    assertEquals(65_536, handshake.bodyPrefix().length);
  }

  @Test
  void chunkedBodyIsDecodedAtAnySplit_rfc9112_7_1() {
    String wire =
        Wire.lines("HTTP/1.1 400 x", "Transfer-Encoding: chunked")
            + "4\r\nWiki\r\n0A;ext=\"1\"\r\npedia in\r\n\r\nb\r\n and chunks\r\n0\r\n\r\n";
    for (int split = 0; split <= wire.length(); split++) {
      ClientHandshake resumed = client();
      assertEquals(split, resumed.receive(Wire.bytes(wire), 0, split));
      resumed.receive(Wire.bytes(wire), split, wire.length() - split);
      assertEquals(State.FAILED, resumed.state());
      assertEquals("Wikipedia in\r\n and chunks", Wire.text(resumed.bodyPrefix()));
    }
  }

  @Test
  void chunksWithoutContentEndAtTheLimit() {
    feed(handshake, Wire.lines("HTTP/1.1 400 x", "Transfer-Encoding: chunked") + "1;");
    int fed = 0;
    while (handshake.state() == State.READING_BODY) {
      fed += feed(handshake, "x".repeat(1024));
    }
    assertEquals(65_536, fed);
  }

  @Test
  void hugeChunkIsCutAt64KiB() {
    feed(handshake, Wire.lines("HTTP/1.1 400 x", "Transfer-Encoding: chunked"));
    feed(handshake, "ffffffffffffffffffff\r\n" + "a".repeat(70_000));
    assertEquals(State.FAILED, handshake.state());
    assertEquals(65_536, handshake.bodyPrefix().length);
  }

  @Test
  void reasonIsShownShortAndVisible() {
    feed(handshake, Wire.lines("HTTP/1.1 404 \u00e9" + "x".repeat(500), "Content-Length: 0"));
    assertEquals(
        "server answered 404 \\u00e9" + "x".repeat(63) + "..., expected 101 Switching Protocols",
        handshake.failure());
  }
}
