package io.github.volfram;

import static io.github.volfram.StreamWire.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDeflateNegotiationTest {

  private static final String TEXT = "so ein Satz, und noch einer; grüße. ".repeat(200);

  @Test
  void clientOffersAndServerAgrees() throws IOException {
    StreamPair pair = StreamPair.deflating();
    assertTrue(
        pair.request.contains(
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"),
        pair.request);
    assertTrue(
        pair.response.contains("Sec-WebSocket-Extensions: permessage-deflate\r\n"), pair.response);
  }

  @ParameterizedTest
  @EnumSource
  void aSideWithoutCompressionDeclinesIt(StreamRole without) throws IOException {
    StreamPair pair =
        without == StreamRole.SERVER
            ? new StreamPair(StreamPair.DEFLATING, StreamOptions.DEFAULT)
            : new StreamPair(StreamOptions.DEFAULT, StreamPair.DEFLATING);
    assertFalse(pair.response.contains("Extensions"), pair.response);
    pair.stream(StreamPair.other(without)).sendText(TEXT);
    assertEquals(StreamWire.TEXT, frames(pair.carryFrom(StreamPair.other(without))).get(0).b0());
  }

  /** Z4. */
  @ParameterizedTest
  @FieldSource("io.github.volfram.internal.handshake.InvalidParameters#ALL")
  void serverDeclinesAnOfferWithBadParameters_7_1(String parameters) throws IOException {
    ScriptedChannel channel = new ScriptedChannel();
    StreamHandshake handshake = WebSocketStream.accept(channel, StreamPair.DEFLATING);
    String request = StreamWire.REQUEST.substring(0, StreamWire.REQUEST.length() - 2);
    channel.feed(
        StreamWire.bytes(
            request + "Sec-WebSocket-Extensions: permessage-deflate; " + parameters + "\r\n\r\n"));
    assertEquals(StreamHandshake.Outcome.COMPLETE, handshake.resume());
    String answer = StreamWire.text(channel.written());
    assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    assertFalse(answer.contains("Sec-WebSocket-Extensions"), answer);
  }

  /** Z4, Z5. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; unknown",
        "permessage-deflate, permessage-deflate",
        "other"
      })
  void clientFailsAtAnAnswerThatFitsNoOffer_7_1(String answer) throws IOException {
    ScriptedChannel channel = new ScriptedChannel();
    StreamHandshake handshake =
        WebSocketStream.client(channel, StreamHandshakeFixture.CHAT, StreamPair.DEFLATING);
    handshake.resume();
    channel.feed(
        StreamHandshakeFixture.response(
            StreamWire.text(channel.written()), "Sec-WebSocket-Extensions: " + answer));
    assertThrows(HandshakeException.class, handshake::resume);
  }

  /** Z6: a window that is promised is kept to. */
  @Test
  void smallWindowsAreAgreedOnAndUsed_7_1_2() throws IOException {
    StreamOptions small = StreamPair.options(DeflateOptions.DEFAULT.withMaxWindowBits(9, 9));
    StreamPair pair = new StreamPair(small, StreamPair.DEFLATING);
    assertTrue(pair.response.contains("server_max_window_bits=9"), pair.response);
    byte[] noise = new byte[2000];
    new Random(2).nextBytes(noise);
    for (StreamRole sender : StreamRole.values()) {
      for (int i = 0; i < 2; i++) {
        pair.stream(sender).sendBinary(ByteBuffer.wrap(noise));
        StreamWire.Sent frame = frames(pair.carryFrom(sender)).get(0);
        assertTrue(
            frame.payload().length >= noise.length, "refers to what is further away than 512");
        WebSocketStream receiver = pair.stream(StreamPair.other(sender));
        assertEquals(ReadOutcome.BINARY, receiver.read());
        assertEquals(ByteBuffer.wrap(noise), receiver.payload());
      }
    }
  }

  @Test
  void bareFramesAreRefusedWhereCompressionWasAgreedOn() throws IOException {
    assertThrows(
        IllegalStateException.class, () -> StreamPair.deflating().serverHandshake.frames());
    new StreamPair(StreamPair.DEFLATING, StreamOptions.DEFAULT).serverHandshake.frames();
  }
}
