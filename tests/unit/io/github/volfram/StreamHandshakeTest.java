package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static io.github.volfram.StreamHandshake.Outcome.INTERRUPTED;
import static io.github.volfram.StreamWire.REQUEST;
import static io.github.volfram.StreamWire.bytes;
import static io.github.volfram.StreamWire.concat;
import static io.github.volfram.StreamWire.lines;
import static io.github.volfram.StreamWire.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamHandshakeTest extends StreamHandshakeFixture {

  @Test
  void serverIsInterruptedAtEveryByteAndResumed() throws IOException {
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    channel.writeRoom(0);
    assertEquals(INTERRUPTED, handshake.resume());
    assertEquals(Interest.READ, handshake.interest());
    byte[] request = bytes(REQUEST);
    for (int i = 0; i < request.length - 1; i++) {
      channel.feed(request, i, i + 1);
      assertEquals(INTERRUPTED, handshake.resume());
      assertEquals(Interest.READ, handshake.interest(), "byte " + i);
    }
    channel.feed(request, request.length - 1, request.length);
    int interruptions = 0;
    while (handshake.resume() == INTERRUPTED) {
      assertEquals(Interest.WRITE, handshake.interest());
      interruptions++;
      channel.writeRoom(1);
    }
    String answer = text(channel.written());
    assertEquals(answer.length(), interruptions);
    assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    assertTrue(answer.contains("Sec-WebSocket-Accept: " + StreamWire.ACCEPT + "\r\n"), answer);
    assertEquals(ReadOutcome.WOULD_BLOCK, handshake.stream().read());
  }

  @Test
  void clientIsInterruptedAtEveryByteAndResumed() throws IOException {
    channel.writeRoom(0);
    StreamHandshake handshake = client(StreamOptions.DEFAULT);
    int interruptions = 0;
    while (handshake.resume() == INTERRUPTED && handshake.interest() == Interest.WRITE) {
      interruptions++;
      channel.writeRoom(1);
    }
    String request = text(channel.written());
    assertEquals(request.length(), interruptions);
    assertTrue(request.startsWith("GET /chat?room=1 HTTP/1.1\r\nHost: example.org\r\n"), request);
    byte[] response = response(request);
    for (int i = 0; i < response.length - 1; i++) {
      channel.feed(response, i, i + 1);
      assertEquals(INTERRUPTED, handshake.resume());
      assertEquals(Interest.READ, handshake.interest(), "byte " + i);
    }
    channel.feed(response, response.length - 1, response.length);
    assertEquals(COMPLETE, handshake.resume());
    assertEquals(ReadOutcome.WOULD_BLOCK, handshake.stream().read());
  }

  @Test
  void framesBehindTheRequestArriveHoweverTheBytesAreSplit() throws IOException {
    byte[] wire = concat(bytes(REQUEST), TEXT_TO_SERVER, TEXT_TO_SERVER);
    for (int split = 0; split <= wire.length; split++) {
      ScriptedChannel one = new ScriptedChannel().feed(wire, 0, split);
      StreamHandshake handshake = WebSocketStream.accept(one);
      handshake.resume();
      one.feed(wire, split, wire.length);
      assertEquals(COMPLETE, handshake.resume(), "split " + split);
      assertTwoTexts(handshake.stream());
    }
  }

  @Test
  void framesBehindTheResponseArriveHoweverTheBytesAreSplit() throws IOException {
    int length = 1;
    for (int split = 0; split <= length; split++) {
      ScriptedChannel one = new ScriptedChannel();
      StreamHandshake handshake = WebSocketStream.client(one, CHAT);
      assertEquals(INTERRUPTED, handshake.resume());
      byte[] wire = concat(response(text(one.written())), TEXT_TO_CLIENT, TEXT_TO_CLIENT);
      length = wire.length;
      one.feed(wire, 0, split);
      handshake.resume();
      one.feed(wire, split, length);
      assertEquals(COMPLETE, handshake.resume(), "split " + split);
      assertTwoTexts(handshake.stream());
    }
  }

  private static void assertTwoTexts(WebSocketStream stream) throws IOException {
    for (int i = 0; i < 2; i++) {
      assertEquals(ReadOutcome.TEXT, stream.read());
      assertEquals("early", stream.text());
    }
    assertEquals(ReadOutcome.WOULD_BLOCK, stream.read());
  }

  @Test
  void aMalformedRequestIsAnsweredBeforeTheHandshakeFails() throws IOException {
    channel.feed(bytes(lines("GET / HTTP/1.1", "Host: a", "Upgrade: websocket"))).writeRoom(0);
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    HandshakeException failure = null;
    int interruptions = 0;
    while (failure == null) {
      try {
        assertEquals(INTERRUPTED, handshake.resume());
        assertEquals(Interest.WRITE, handshake.interest());
        interruptions++;
        channel.writeRoom(1);
      } catch (HandshakeException refused) {
        failure = refused;
      }
    }
    String answer = text(channel.written());
    assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
    assertEquals(answer.length(), interruptions);
    assertEquals(400, failure.status());
    assertSame(failure, assertThrows(HandshakeException.class, handshake::resume));
  }

  @Test
  void whatFollowsARefusedRequestIsReadAndThrownAway() {
    channel.feed(bytes("GARBAGE\r\n\r\n" + "x".repeat(40_000)));
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    assertEquals(400, assertThrows(HandshakeException.class, handshake::resume).status());
    assertEquals(0, channel.unreadBytes());
    assertEquals(1, text(channel.written()).split("Content-Length", -1).length - 1);
  }

  @Test
  void serverAnswers408AtTheDeadlineWhateverProgressWasMade() throws IOException {
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    byte[] request = bytes(REQUEST);
    for (int second = 0; second < 10; second++) {
      channel.feed(request, second, second + 1);
      assertEquals(INTERRUPTED, handshake.resume());
      assertEquals(Duration.ofSeconds(10 - second), handshake.remaining());
      assertEquals(1000 * (10 - second), handshake.selectTimeoutMillis());
      clock.advance(Duration.ofSeconds(1));
    }
    assertEquals(Duration.ZERO, handshake.remaining());
    assertEquals(1, handshake.selectTimeoutMillis());
    HandshakeException failure = assertThrows(HandshakeException.class, handshake::resume);
    assertEquals(408, failure.status());
    String answer = text(channel.written());
    assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
  }

  @Test
  void theTimeForASelectorIsRoundedUp() {
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    clock.advance(Duration.ofSeconds(10).minusNanos(1));
    assertEquals(Duration.ofNanos(1), handshake.remaining());
    assertEquals(1, handshake.selectTimeoutMillis());
    clock.advance(Duration.ofMillis(-2));
    assertEquals(3, handshake.selectTimeoutMillis());
  }

  @Test
  void aDeadlineOfCenturiesDoesNotOverflow() throws IOException {
    StreamOptions options =
        StreamOptions.builder().handshakeTimeout(Duration.ofSeconds(Long.MAX_VALUE)).build();
    assertEquals(INTERRUPTED, server(options, null).resume());
  }

  @Test
  void clientFailsAtTheDeadline() throws IOException {
    StreamHandshake handshake = client(StreamOptions.DEFAULT);
    assertEquals(INTERRUPTED, handshake.resume());
    clock.advance(Duration.ofSeconds(10));
    assertEquals(0, assertThrows(HandshakeException.class, handshake::resume).status());
  }

  @Test
  void aServerThatCannotSendItsAnswerFailsAtTheDeadline() throws IOException {
    channel.feed(bytes(REQUEST)).writeRoom(20);
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    assertEquals(INTERRUPTED, handshake.resume());
    clock.advance(Duration.ofSeconds(10));
    assertEquals(0, assertThrows(HandshakeException.class, handshake::resume).status());
  }

  @Test
  void aRefusedClientLearnsStatusHeadersAndBody() throws IOException {
    StreamHandshake handshake = client(StreamOptions.DEFAULT);
    assertEquals(INTERRUPTED, handshake.resume());
    channel.feed(
        bytes(
            lines("HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic", "Content-Length: 4")
                + "no"));
    assertEquals(INTERRUPTED, handshake.resume());
    assertEquals(Interest.READ, handshake.interest());
    channel.feed(bytes("pe"));
    HandshakeException refused = assertThrows(HandshakeException.class, handshake::resume);
    assertEquals(401, refused.status());
    assertEquals(List.of("Basic"), refused.headers().get("www-authenticate"));
    assertEquals("nope", text(refused.bodyPrefix()));
  }

  @Test
  void aRefusalWhoseBodyNeverEndsIsReportedAtTheDeadline() throws IOException {
    StreamHandshake handshake = client(StreamOptions.DEFAULT);
    assertEquals(INTERRUPTED, handshake.resume());
    channel.feed(bytes(lines("HTTP/1.1 503 Busy") + "wait"));
    assertEquals(INTERRUPTED, handshake.resume());
    clock.advance(Duration.ofSeconds(10));
    HandshakeException refused = assertThrows(HandshakeException.class, handshake::resume);
    assertEquals(503, refused.status());
    assertEquals("wait", text(refused.bodyPrefix()));
  }

  @Test
  void aWrongAcceptFailsTheClient_4_1() throws IOException {
    StreamHandshake handshake = client(StreamOptions.DEFAULT);
    assertEquals(INTERRUPTED, handshake.resume());
    channel.feed(
        bytes(
            lines(
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + StreamWire.ACCEPT)));
    assertEquals(101, assertThrows(HandshakeException.class, handshake::resume).status());
  }

  @Test
  void theEndOfTheChannelFailsTheHandshakeAtEveryByte() {
    byte[] request = bytes(REQUEST);
    for (int cut = 0; cut < request.length; cut++) {
      ScriptedChannel one = new ScriptedChannel().feed(request, 0, cut).end();
      StreamHandshake handshake = WebSocketStream.accept(one);
      assertThrows(HandshakeException.class, handshake::resume, "cut at " + cut);
    }
    channel.end();
    assertThrows(HandshakeException.class, client(StreamOptions.DEFAULT)::resume);
  }

  @Test
  void aFailureOfTheChannelIsPassedOn() {
    IOException reset = new IOException("reset");
    channel.failReads(reset);
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    assertSame(reset, assertThrows(IOException.class, handshake::resume));
    assertSame(reset, assertThrows(IOException.class, handshake::resume));
  }
}
