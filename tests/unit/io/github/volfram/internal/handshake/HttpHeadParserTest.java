package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadParserTest {

  private static HttpHead request(String text) throws HandshakeViolation {
    HttpHeadParser parser = HttpHeadParser.forRequest(HandshakeLimits.DEFAULT);
    assertEquals(text.length(), parser.receive(Wire.bytes(text), 0, text.length()));
    return parser.head();
  }

  private static HandshakeViolation refusedRequest(HandshakeLimits limits, String text) {
    HttpHeadParser parser = HttpHeadParser.forRequest(limits);
    return assertThrows(
        HandshakeViolation.class, () -> parser.receive(Wire.bytes(text), 0, text.length()));
  }

  private static HttpHead response(String text) throws HandshakeViolation {
    HttpHeadParser parser = HttpHeadParser.forResponse(HandshakeLimits.DEFAULT);
    assertEquals(text.length(), parser.receive(Wire.bytes(text), 0, text.length()));
    return parser.head();
  }

  @Test
  void requestIsReadWithItsParts_rfc9112_3() throws Exception {
    HttpHead head = request(Wire.lines("GET /a%00/../b?c=d?e HTTP/1.1", "Host:x", "A: \t b c\t "));
    assertEquals("GET", head.method());
    assertEquals("/a%00/../b?c=d?e", head.target());
    assertEquals("/a%00/../b", head.path());
    assertEquals("c=d?e", head.query());
    assertEquals("HTTP/1.1", head.version());
    assertEquals("b c", head.headers().first("a"));
    assertEquals("x", head.headers().first("host"));
    assertThrows(IllegalStateException.class, head::status);
    assertThrows(IllegalStateException.class, head::reason);
  }

  @Test
  void pathWithoutAQuestionMarkHasNoQuery() throws Exception {
    assertNull(request(Wire.lines("GET /a HTTP/1.1")).query());
    assertEquals("", request(Wire.lines("GET /a? HTTP/1.1")).query());
  }

  @Test
  void interimResponsesLeaveNothingBehind_rfc9110_15_2() throws Exception {
    HandshakeLimits limits = new HandshakeLimits(64, 64, 1);
    HttpHeadParser parser = HttpHeadParser.forResponse(limits);
    String interim = Wire.lines("HTTP/1.1 103 Early Hints", "Link: </a>");
    String text = interim + interim + Wire.lines("HTTP/1.1 403 Forbidden", "A: b") + "body";
    assertEquals(text.length() - 4, parser.receive(Wire.bytes(text), 0, text.length()));
    assertEquals(403, parser.head().status());
    assertEquals(Map.of("A", List.of("b")), parser.head().headers().asMap());
  }

  @Test
  void responseIsReadWithItsParts_rfc9112_4() throws Exception {
    HttpHead head = response(Wire.lines("HTTP/1.1 403 Not for you", "A:b"));
    assertEquals(403, head.status());
    assertEquals("Not for you", head.reason());
    assertEquals(List.of("b"), head.headers().all("a"));
    assertThrows(IllegalStateException.class, head::method);
    assertThrows(IllegalStateException.class, head::path);
  }

  @Test
  void reasonMayBeMissing_rfc9112_4() throws Exception {
    assertEquals("", response(Wire.lines("HTTP/1.1 200 ")).reason());
    assertEquals("", response(Wire.lines("HTTP/1.1 200")).reason());
    assertEquals("é", response(Wire.lines("HTTP/1.0 200 é")).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2.0 101 x",
        "HTTP/1.1 1O1 x",
        "HTTP/1.1 099 x",
        "HTTP/1.1 1010 x",
        "HTTP/1.1  101 x",
        "HTTP/1.1",
        "HTTP/1.1 ",
        "http/1.1 101 x",
        "ICY 200 OK",
        "",
        "HTTP/1.1 10",
        "HTTP/1.1\t101"
      })
  void malformedStatusLineIsRefused_rfc9112_4(String line) {
    assertThrows(HandshakeViolation.class, () -> response(Wire.lines(line)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1 |400", // a trailing blank is trimmed by the source: see the next rows
        "GET  / HTTP/1.1|400",
        "GET / HTTP/1.1 x|400",
        "GET /|400",
        "GET|400",
        "GET / HTTP/1.1.1|400",
        "GET / http/1.1|400",
        "GET / HTTP/11|400",
        "GET / HTTQ/1.1|400",
        "G(T / HTTP/1.1|400",
        "GET /a#b HTTP/1.1|400",
        "GET /é HTTP/1.1|400",
        "PRI * HTTP/2.0|400",
        "GET / HTTP/2.0|505",
        "GET / HTTP/0.9|505",
        "GET / HTTP/3.1|505",
      })
  void malformedRequestLineIsRefused_rfc9112_3(String line, int status) {
    String sent = line.equals("GET / HTTP/1.1") ? "GET / HTTP/1.1 " : line;
    assertEquals(
        status, refusedRequest(HandshakeLimits.DEFAULT, Wire.lines(sent, "Host: x")).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\nHost: x\r\n\r\n", // bare LF
        "GET / HTTP/1.1\r\nHost: x\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\n",
        "GET / HTTP/1.1\rHost: x\r\n\r\n", // bare CR
        "GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r \r\n",
        "GET /\0 HTTP/1.1\r\n\r\n", // control bytes
        "GET / HTTP/1.1\r\nHost: x\0\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u0001\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u007f\r\n\r\n",
        "GET\t/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n", // blank before the colon
        "GET / HTTP/1.1\r\nHost\t: x\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n", // blank before the first header
        "GET / HTTP/1.1\r\n\tHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n", // obs-fold
        "GET / HTTP/1.1\r\nA: x\r\n\ty\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n", // names that are no token
        "GET / HTTP/1.1\r\nA(b: x\r\n\r\n",
        "GET / HTTP/1.1\r\nA\u00e9: x\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\n\r\n", // a second empty line, other garbage before
        "\n\nGET / HTTP/1.1\r\n\r\n",
        "\nGET / HTTP/1.1\r\n\r\n",
        "\rGET / HTTP/1.1\r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001", // a TLS ClientHello
      })
  void looseSyntaxIsRefusedWith400_rfc9112_2_2(String text) {
    assertEquals(400, refusedRequest(HandshakeLimits.DEFAULT, text).status());
  }

  @Test
  void garbageIsRefusedAtItsFirstBytes() {
    assertEquals(400, refusedRequest(HandshakeLimits.DEFAULT, "\u0016").status());
    assertEquals(400, refusedRequest(HandshakeLimits.DEFAULT, "GET / HTTP/1.1\r\n ").status());
  }

  @Test
  void oneEmptyLineBeforeTheRequestIsSkipped_rfc9112_2_2() throws Exception {
    assertEquals("GET", request("\r\n" + Wire.lines("GET / HTTP/1.1")).method());
  }

  @Test
  void clientSkipsNoEmptyLine() {
    assertThrows(HandshakeViolation.class, () -> response("\r\n" + Wire.lines("HTTP/1.1 101 x")));
  }

  @Test
  void requestLineOfTheLimitIsReadAndOneByteMoreIs414() throws Exception {
    HandshakeLimits limits = new HandshakeLimits(64, 1000, 10);
    String atLimit = "GET /" + "a".repeat(64 - 14) + " HTTP/1.1";
    assertEquals(64, atLimit.length());
    HttpHeadParser parser = HttpHeadParser.forRequest(limits);
    parser.receive(Wire.bytes(Wire.lines(atLimit)), 0, 68);
    assertTrue(parser.isComplete());
    assertEquals(414, refusedRequest(limits, "a" + atLimit).status());
  }

  @Test
  void headerLineOfTheLimitIsReadAndOneByteMoreIs431() throws Exception {
    HandshakeLimits limits = new HandshakeLimits(64, 1000, 10);
    String atLimit = "A: " + "b".repeat(61);
    String start = "GET / HTTP/1.1\r\n";
    HttpHeadParser parser = HttpHeadParser.forRequest(limits);
    String text = start + Wire.lines(atLimit);
    parser.receive(Wire.bytes(text), 0, text.length());
    assertTrue(parser.isComplete());
    assertEquals(431, refusedRequest(limits, start + atLimit + "b").status());
  }

  @Test
  void headOfTheLimitIsReadAndOneByteMoreIs431() throws Exception {
    String text = Wire.lines("GET / HTTP/1.1", "Host: x", "A: b");
    HttpHeadParser parser = HttpHeadParser.forRequest(new HandshakeLimits(64, text.length(), 10));
    parser.receive(Wire.bytes(text), 0, text.length());
    assertTrue(parser.isComplete());
    assertEquals(
        431, refusedRequest(new HandshakeLimits(64, text.length() - 1, 10), text).status());
  }

  @Test
  void headersUpToTheLimitAreReadAndOneMoreIs431() throws Exception {
    HandshakeLimits limits = new HandshakeLimits(64, 1000, 3);
    HttpHeadParser parser = HttpHeadParser.forRequest(limits);
    String text = Wire.lines("GET / HTTP/1.1", "A: 1", "A: 2", "A: 3");
    parser.receive(Wire.bytes(text), 0, text.length());
    assertEquals(3, parser.head().headers().size());
    String more = Wire.lines("GET / HTTP/1.1", "A: 1", "A: 2", "A: 3", "A: 4");
    assertEquals(431, refusedRequest(limits, more).status());
  }

  @Test
  void limitsMustBePositive() {
    assertThrows(IllegalArgumentException.class, () -> new HandshakeLimits(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new HandshakeLimits(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new HandshakeLimits(1, 1, 0));
  }

  @Test
  void violationIsCheapAndSaysWhatWasExpectedAndWhatCame() {
    HandshakeViolation refused = refusedRequest(HandshakeLimits.DEFAULT, "GET / HTTP/1.1\n");
    assertEquals(0, refused.getStackTrace().length);
    assertEquals("RFC 9112 §2.2", refused.rfcSection());
    assertEquals("expected CRLF, got a bare LF (RFC 9112 §2.2)", refused.getMessage());
  }

  @Test
  void bytesOutsideTheGivenRangeAreNotReadAndPositionAndLimitStay() throws Exception {
    String text = Wire.lines("GET / HTTP/1.1");
    ByteBuffer in = Wire.bytes("###" + text + "###");
    in.position(5);
    HttpHeadParser parser = HttpHeadParser.forRequest(HandshakeLimits.DEFAULT);
    assertFalse(parser.isComplete());
    assertThrows(IllegalStateException.class, parser::head);
    assertEquals(text.length(), parser.receive(in, 3, text.length() + 3));
    assertEquals(5, in.position());
    assertEquals(in.capacity(), in.limit());
    assertThrows(IndexOutOfBoundsException.class, () -> parser.receive(in, in.capacity() - 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> parser.receive(in, -1, 2));
  }
}
