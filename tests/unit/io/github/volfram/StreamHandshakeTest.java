package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static io.github.volfram.StreamHandshake.Outcome.INTERRUPTED;
import static io.github.volfram.StreamWire.REQUEST;
import static io.github.volfram.StreamWire.bytes;
import static io.github.volfram.StreamWire.concat;
import static io.github.volfram.StreamWire.lines;
import static io.github.volfram.StreamWire.text;
import static io.github.volfram.StreamWire.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamHandshakeTest {

  private static final URI CHAT = URI.create("ws://example.org/chat?room=1");
  private static final byte[] TEXT_TO_SERVER = to(StreamRole.SERVER, StreamWire.TEXT, "early");
  private static final byte[] TEXT_TO_CLIENT = to(StreamRole.CLIENT, StreamWire.TEXT, "early");

  private final ScriptedChannel channel = new ScriptedChannel();
  private final FakeClock clock = new FakeClock();

  private StreamHandshake server(StreamOptions options, UpgradeHandler handler) {
    return WebSocketStream.accept(channel, options, handler, clock);
  }

  private StreamHandshake client(StreamOptions options) {
    return WebSocketStream.client(channel, CHAT, options, clock);
  }

  /** A 101 for the request that a client has sent. */
  private static byte[] response(String request, String... extra) {
    ScriptedChannel other = new ScriptedChannel().feed(bytes(request));
    try {
      assertEquals(COMPLETE, WebSocketStream.accept(other).resume());
    } catch (IOException unexpected) {
      throw new AssertionError(unexpected);
    }
    String answer = text(other.written());
    String more = String.join("\r\n", extra) + (extra.length == 0 ? "" : "\r\n");
    return bytes(answer.substring(0, answer.length() - 2) + more + "\r\n");
  }

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

  @Test
  void theHandlerSeesTheRequestAndMayAddHeadersAndChoose() throws IOException {
    channel.feed(bytes(REQUEST));
    StreamHandshake handshake =
        server(
            StreamOptions.DEFAULT,
            request -> {
              assertEquals("/chat", request.path());
              assertEquals("room=1", request.query());
              assertEquals("/chat?room=1", request.target());
              assertEquals("GET", request.method());
              assertEquals("example.org", request.header("host"));
              assertEquals(List.of("websocket"), request.headers("Upgrade"));
              assertEquals(List.of("chat", "superchat"), request.subprotocols());
              assertTrue(request.isWebSocket());
              assertNull(request.remoteAddress());
              assertNotNull(request.headers().get("HOST"));
              return UpgradeResponse.accept()
                  .withSubprotocol("superchat")
                  .withHeader("X-Node", "7");
            });
    assertEquals(COMPLETE, handshake.resume());
    assertEquals(COMPLETE, handshake.resume());
    assertEquals("superchat", handshake.stream().subprotocol());
    assertEquals(List.of("example.org"), handshake.peerHeaders().get("host"));
    String answer = text(channel.written());
    assertTrue(answer.contains("\r\nX-Node: 7\r\n"), answer);
    assertTrue(answer.contains("\r\nSec-WebSocket-Protocol: superchat\r\n"), answer);
  }

  @Test
  void theHandlerMayReject() {
    channel.feed(bytes(REQUEST));
    StreamHandshake handshake =
        server(StreamOptions.DEFAULT, request -> UpgradeResponse.reject(429, "later"));
    assertEquals(429, assertThrows(HandshakeException.class, handshake::resume).status());
    String answer = text(channel.written());
    assertTrue(answer.startsWith("HTTP/1.1 429 ") && answer.endsWith("later"), answer);
  }

  @Test
  void whateverTheHandlerThrowsOrBreaksIsA500() {
    UnsupportedOperationException thrown = new UnsupportedOperationException("x");
    List<UpgradeHandler> broken =
        List.of(
            request -> {
              throw thrown;
            },
            request -> null,
            request -> UpgradeResponse.accept().withSubprotocol("not offered"),
            request -> UpgradeResponse.accept().withHeader("a", "b\r\nc: d"));
    for (UpgradeHandler handler : broken) {
      ScriptedChannel one = new ScriptedChannel().feed(bytes(REQUEST));
      StreamHandshake handshake = WebSocketStream.accept(one, StreamOptions.DEFAULT, handler);
      HandshakeException failure = assertThrows(HandshakeException.class, handshake::resume);
      assertEquals(500, failure.status());
      assertNotNull(failure.getCause());
      assertTrue(text(one.written()).startsWith("HTTP/1.1 500 "));
    }
  }

  @Test
  void serverChoosesTheFirstOfTheClientsSubprotocolsThatItHas() throws IOException {
    channel.feed(bytes(REQUEST));
    StreamOptions options = StreamOptions.builder().subprotocols("superchat", "chat").build();
    StreamHandshake handshake = server(options, null);
    assertEquals(COMPLETE, handshake.resume());
    assertEquals("chat", handshake.stream().subprotocol());
  }

  @Test
  void clientOffersSubprotocolsAndHeaders() throws IOException {
    StreamOptions options =
        StreamOptions.builder().subprotocols("a", "b").header("X-Token", "t").build();
    StreamHandshake handshake = client(options);
    assertEquals(INTERRUPTED, handshake.resume());
    String request = text(channel.written());
    assertTrue(request.contains("\r\nX-Token: t\r\n"), request);
    assertTrue(request.contains("\r\nSec-WebSocket-Protocol: a, b\r\n"), request);
    channel.feed(response(request, "Sec-WebSocket-Protocol: b", "Set-Cookie: c"));
    assertEquals(COMPLETE, handshake.resume());
    assertEquals("b", handshake.stream().subprotocol());
    assertEquals(List.of("c"), handshake.peerHeaders().get("set-cookie"));
  }

  @Test
  void pagesOfOtherOriginsAreRefusedUnlessAllowed_10_2() throws IOException {
    byte[] request = bytes(REQUEST.replace("Host:", "Origin: https://evil.example\r\nHost:"));
    StreamHandshake refusing = WebSocketStream.accept(new ScriptedChannel().feed(request));
    assertEquals(403, assertThrows(HandshakeException.class, refusing::resume).status());
    for (StreamOptions options :
        List.of(
            StreamOptions.builder().allowAnyOrigin().build(),
            StreamOptions.builder().allowOrigins(List.of("https://evil.example")).build())) {
      StreamHandshake handshake =
          WebSocketStream.accept(new ScriptedChannel().feed(request), options);
      assertEquals(COMPLETE, handshake.resume());
    }
  }

  @Test
  void aMisuseIsRefusedAtOnce() {
    for (String uri :
        List.of("http://a/", "ws:opaque", "ws://u:p@a/", "ws://a/#f", "ws:///p", "//a/")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> WebSocketStream.client(channel, URI.create(uri)),
          uri);
    }
    for (StreamOptions options :
        List.of(
            StreamOptions.builder().header("a b", "c").build(),
            StreamOptions.builder().header("a", "b\nc").build(),
            StreamOptions.builder().header("Host", "b").build(),
            StreamOptions.builder().subprotocols("a b").build())) {
      assertThrows(IllegalArgumentException.class, () -> client(options));
    }
    StreamOptions noOrigin = StreamOptions.builder().allowOrigins(List.of("example.org")).build();
    assertThrows(IllegalArgumentException.class, () -> server(noOrigin, null));
    ScriptedSocket socket = new ScriptedSocket(channel);
    assertThrows(
        IllegalArgumentException.class,
        () -> WebSocketStream.client(socket, URI.create("wss://a/")));
    socket.configureBlocking(true);
    assertThrows(IllegalArgumentException.class, () -> WebSocketStream.accept(socket));
    assertEquals(0, channel.writes());
  }

  @Test
  void whatNeedsACompleteHandshakeSaysSo() throws IOException {
    StreamHandshake handshake = server(StreamOptions.DEFAULT, null);
    assertThrows(IllegalStateException.class, handshake::interest);
    assertThrows(IllegalStateException.class, handshake::stream);
    assertThrows(IllegalStateException.class, handshake::frames);
    assertThrows(IllegalStateException.class, handshake::peerHeaders);
    channel.feed(bytes(REQUEST));
    assertEquals(COMPLETE, handshake.resume());
    assertThrows(IllegalStateException.class, handshake::interest);
    assertSame(handshake.stream(), handshake.stream());
    assertSame(channel, handshake.stream().channel());
    assertThrows(IllegalStateException.class, handshake::frames);
  }

  @Test
  void theDefaultPortIsNotInTheHostHeader() throws IOException {
    for (String[] pair :
        new String[][] {
          {"ws://a:80", "a"},
          {"ws://a:81/x", "a:81"},
          {"wss://a:443/", "a"},
          {"ws://[::1]:9/", "[::1]:9"}
        }) {
      ScriptedChannel one = new ScriptedChannel();
      assertEquals(INTERRUPTED, WebSocketStream.client(one, URI.create(pair[0])).resume());
      String request = text(one.written());
      assertTrue(request.contains("\r\nHost: " + pair[1] + "\r\n"), request);
    }
  }

  @Test
  void eachClientSendsAnotherKey_4_1() throws IOException {
    byte[][] requests = new byte[2][];
    for (int i = 0; i < 2; i++) {
      assertEquals(INTERRUPTED, client(StreamOptions.DEFAULT).resume());
      requests[i] = channel.written();
    }
    assertEquals(requests[0].length, requests[1].length);
    assertThrows(AssertionError.class, () -> assertArrayEquals(requests[0], requests[1]));
  }
}
