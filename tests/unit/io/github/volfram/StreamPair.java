package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;

/** The two ends of a connection in memory, after their handshake. */
final class StreamPair {

  private static final URI SERVER = URI.create("ws://example.org/");

  /** Whoever has them compresses as it does by default. */
  static final StreamOptions DEFLATING = options(DeflateOptions.DEFAULT);

  final ScriptedChannel clientEnd = new ScriptedChannel();
  final ScriptedChannel serverEnd = new ScriptedChannel();
  final StreamHandshake clientHandshake;
  final StreamHandshake serverHandshake;

  /** What the client sent, and what it got. */
  final String request;

  final String response;

  StreamPair(StreamOptions client, StreamOptions server) throws IOException {
    clientHandshake = WebSocketStream.client(clientEnd, SERVER, client);
    serverHandshake = WebSocketStream.accept(serverEnd, server);
    clientHandshake.resume();
    byte[] asked = clientEnd.written();
    request = StreamWire.text(asked);
    serverEnd.feed(asked);
    assertEquals(COMPLETE, serverHandshake.resume());
    byte[] answered = serverEnd.written();
    response = StreamWire.text(answered);
    clientEnd.feed(answered);
    assertEquals(COMPLETE, clientHandshake.resume());
  }

  static StreamOptions options(DeflateOptions deflate) {
    return StreamOptions.builder().deflate(deflate).build();
  }

  /** Two ends that compress. */
  static StreamPair deflating() throws IOException {
    return new StreamPair(DEFLATING, DEFLATING);
  }

  WebSocketStream stream(StreamRole role) {
    return (role == StreamRole.CLIENT ? clientHandshake : serverHandshake).stream();
  }

  ScriptedChannel end(StreamRole role) {
    return role == StreamRole.CLIENT ? clientEnd : serverEnd;
  }

  static StreamRole other(StreamRole role) {
    return role == StreamRole.CLIENT ? StreamRole.SERVER : StreamRole.CLIENT;
  }

  /** Carries what this side wrote to the other, and returns it. */
  byte[] carryFrom(StreamRole role) {
    byte[] bytes = end(role).written();
    end(other(role)).feed(bytes);
    return bytes;
  }
}
