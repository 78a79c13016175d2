package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static io.github.volfram.StreamHandshake.Outcome.INTERRUPTED;
import static io.github.volfram.StreamWire.REQUEST;
import static io.github.volfram.StreamWire.bytes;
import static io.github.volfram.StreamWire.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the two sides of a stream agree on, refuse, and may not ask for. */
class StreamNegotiationTest extends StreamHandshakeFixture {

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
            request -> UpgradeResponse.later(new CompletableFuture<>()),
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
