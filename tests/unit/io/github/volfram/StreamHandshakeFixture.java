package io.github.volfram;

import static io.github.volfram.StreamHandshake.Outcome.COMPLETE;
import static io.github.volfram.StreamWire.bytes;
import static io.github.volfram.StreamWire.text;
import static io.github.volfram.StreamWire.to;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;

/** What tests of a stream's opening handshake share. */
abstract class StreamHandshakeFixture {

  static final URI CHAT = URI.create("ws://example.org/chat?room=1");
  static final byte[] TEXT_TO_SERVER = to(StreamRole.SERVER, StreamWire.TEXT, "early");
  static final byte[] TEXT_TO_CLIENT = to(StreamRole.CLIENT, StreamWire.TEXT, "early");

  final ScriptedChannel channel = new ScriptedChannel();
  final FakeClock clock = new FakeClock();

  StreamHandshake server(StreamOptions options, UpgradeHandler handler) {
    return StreamHandshake.server(channel, options, handler, clock);
  }

  StreamHandshake client(StreamOptions options) {
    return StreamHandshake.client(channel, CHAT, options, clock);
  }

  /** A 101 for the request that a client has sent. */
  static byte[] response(String request, String... extra) {
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
}
