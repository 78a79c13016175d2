package io.github.volfram;

import static io.github.volfram.StreamWire.close;
import static io.github.volfram.StreamWire.concat;
import static io.github.volfram.StreamWire.frames;
import static io.github.volfram.StreamWire.to;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketStreamDeflateTest {

  private static final int COMPRESSED_TEXT = 0xC1;
  private static final int COMPRESSED_BINARY = 0xC2;
  private static final String LONG_TEXT = "so ein Satz, und noch einer; grüße. ".repeat(200);

  private static ProtocolException violation(WebSocketStream stream) {
    return assertThrows(
        ProtocolException.class,
        () -> {
          while (stream.read() != ReadOutcome.WOULD_BLOCK) {
            // what comes before the violation
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void messagesAreCompressedAndReferToEarlierOnes(StreamRole sender) throws IOException {
    StreamPair pair = StreamPair.deflating();
    WebSocketStream to = pair.stream(StreamPair.other(sender));
    int[] lengths = new int[2];
    for (int i = 0; i < 2; i++) {
      assertEquals(WriteOutcome.SENT, pair.stream(sender).sendText(LONG_TEXT));
      StreamWire.Sent frame = frames(pair.carryFrom(sender)).get(0);
      assertEquals(COMPRESSED_TEXT, frame.b0());
      lengths[i] = frame.payload().length;
      assertEquals(ReadOutcome.TEXT, to.read());
      assertEquals(LONG_TEXT, to.text());
    }
    assertTrue(lengths[0] < LONG_TEXT.length() / 10, "compressed to " + lengths[0]);
    assertTrue(lengths[1] < lengths[0], lengths[1] + " after " + lengths[0]);
  }

  @ParameterizedTest
  @EnumSource
  void withoutContextTakeoverEachMessageStandsAlone_7_1_1(StreamRole sender) throws IOException {
    StreamOptions alone = StreamPair.options(DeflateOptions.DEFAULT.withoutContextTakeover());
    StreamPair pair = new StreamPair(alone, alone);
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      pair.stream(sender).sendTextUtf8(ByteBuffer.wrap(LONG_TEXT.getBytes(UTF_8)));
      payloads.add(frames(pair.carryFrom(sender)).get(0).payload());
      WebSocketStream to = pair.stream(StreamPair.other(sender));
      assertEquals(ReadOutcome.TEXT, to.read());
      assertEquals(LONG_TEXT, to.text());
    }
    assertEquals(ByteBuffer.wrap(payloads.get(0)), ByteBuffer.wrap(payloads.get(1)));
  }

  @Test
  void shortMessagesAndThoseThatMayNotBeAreNotCompressed() throws IOException {
    WebSocketStream stream = StreamPair.deflating().stream(StreamRole.SERVER);
    ScriptedChannel channel = (ScriptedChannel) stream.channel();
    stream.writeText("short");
    stream.writeText(LONG_TEXT, false);
    stream.writeBinary(ByteBuffer.allocate(5000), false);
    stream.writeBinary(ByteBuffer.allocate(5000));
    stream.flush();
    assertEquals(
        List.of(StreamWire.TEXT, StreamWire.TEXT, StreamWire.BINARY, COMPRESSED_BINARY),
        frames(channel.written()).stream().map(StreamWire.Sent::b0).toList());
  }

  @Test
  void aMessageThatIsReadCanBeSentOnFromWhereItLies() throws IOException {
    StreamPair pair = StreamPair.deflating();
    WebSocketStream server = pair.stream(StreamRole.SERVER);
    WebSocketStream client = pair.stream(StreamRole.CLIENT);
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    for (int i = 0; i < 3; i++) {
      client.sendBinary(ByteBuffer.wrap(noise));
      pair.carryFrom(StreamRole.CLIENT);
      assertEquals(ReadOutcome.BINARY, server.read());
      assertEquals(WriteOutcome.SENT, server.sendBinary(server.payload()));
      assertEquals(ByteBuffer.wrap(noise), server.payload());
      pair.carryFrom(StreamRole.SERVER);
      assertEquals(ReadOutcome.BINARY, client.read());
      assertEquals(ByteBuffer.wrap(noise), client.payload());
      noise[i] ^= 1;
    }
  }

  /** Compressed messages, whole and in fragments, and others. */
  private static byte[] conversation(StreamRole receiver) {
    try (DeflateWire wire = new DeflateWire()) {
      byte[] first = wire.message(LONG_TEXT);
      byte[] second = wire.message(LONG_TEXT + "!");
      int cut = second.length / 2;
      return concat(
          to(receiver, COMPRESSED_TEXT, first),
          to(receiver, StreamWire.TEXT, "plain"),
          to(receiver, COMPRESSED_BINARY & 0x7F, Arrays.copyOf(second, cut)),
          to(receiver, StreamWire.PING, "p"),
          to(receiver, 0x80, Arrays.copyOfRange(second, cut, second.length)),
          to(receiver, COMPRESSED_TEXT, new byte[1]),
          close(receiver, 1000, ""));
    }
  }

  private static final List<String> CONVERSATION =
      List.of(
          "TEXT " + LONG_TEXT,
          "TEXT plain",
          "PING p",
          "BINARY " + LONG_TEXT + "!",
          "TEXT ",
          "CLOSE ");

  @ParameterizedTest
  @EnumSource
  void anySplitGivesTheSameMessages_7_2_2(StreamRole receiver) throws IOException {
    byte[] wire = conversation(receiver);
    for (int split = 0; split <= wire.length; split++) {
      StreamPair pair = StreamPair.deflating();
      WebSocketStream stream = pair.stream(receiver);
      ScriptedChannel channel = pair.end(receiver);
      List<String> log = new ArrayList<>();
      channel.feed(wire, 0, split);
      readInto(log, stream, split == 0);
      channel.feed(wire, split, wire.length).end();
      readInto(log, stream, false);
      assertEquals(CONVERSATION, log, "split " + split);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneByteAtATimeGivesTheSameMessages(StreamRole receiver) throws IOException {
    StreamPair pair = StreamPair.deflating();
    pair.end(receiver).bytesPerRead(1).feed(conversation(receiver)).end();
    List<String> log = new ArrayList<>();
    readInto(log, pair.stream(receiver), false);
    assertEquals(CONVERSATION, log);
  }

  private static void readInto(List<String> log, WebSocketStream stream, boolean skip)
      throws IOException {
    ReadOutcome outcome = skip ? ReadOutcome.WOULD_BLOCK : stream.read();
    while (outcome != ReadOutcome.WOULD_BLOCK && outcome != ReadOutcome.CLOSED) {
      log.add(outcome + " " + stream.text());
      outcome = stream.read();
    }
  }

  /** Z1: the cap counts what comes out, block by block, and is known before the rest comes in. */
  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void aBombIsRefusedAtTheCap_10_4(int fragments) throws IOException {
    StreamPair pair = StreamPair.deflating();
    WebSocketStream stream = pair.stream(StreamRole.SERVER);
    byte[] bomb;
    try (DeflateWire wire = new DeflateWire()) {
      pair.serverEnd.feed(
          to(StreamRole.SERVER, COMPRESSED_BINARY, wire.message(new byte[1 << 20])));
      bomb = wire.message(new byte[64 << 20]);
    }
    int piece = bomb.length / fragments;
    for (int i = 0; i < fragments - 1; i++) { // never the last one
      int b0 = i == 0 ? COMPRESSED_BINARY & 0x7F : 0x00;
      byte[] part = Arrays.copyOfRange(bomb, i * piece, (i + 1) * piece);
      pair.serverEnd.feed(to(StreamRole.SERVER, b0, part));
    }
    if (fragments == 1) {
      pair.serverEnd.feed(to(StreamRole.SERVER, COMPRESSED_BINARY, bomb));
    }
    assertEquals(ReadOutcome.BINARY, stream.read(), "the cap itself is allowed");
    assertEquals(1 << 20, stream.payload().remaining());
    assertEquals(CloseCode.MESSAGE_TOO_BIG, violation(stream).closeCode());
    assertEquals(List.of("88:1009"), StreamWire.shown(pair.serverEnd.written()));
  }

  /** Z2. */
  @ParameterizedTest
  @EnumSource
  void rsv1WhereItMeansNothingIsAViolation_6(StreamRole receiver) throws IOException {
    byte[] open = to(receiver, 0x01, "a");
    for (byte[] wire :
        List.of(
            concat(open, to(receiver, 0xC0, "b")),
            to(receiver, 0xC9, "ping"),
            to(receiver, 0xC8, ""),
            to(receiver, 0xA1, "rsv2"),
            to(receiver, 0xD1, "rsv3 besides"))) {
      StreamPair pair = StreamPair.deflating();
      pair.end(receiver).feed(wire);
      assertEquals(CloseCode.PROTOCOL_ERROR, violation(pair.stream(receiver)).closeCode());
    }
    StreamPair without = new StreamPair(StreamPair.DEFLATING, StreamOptions.DEFAULT);
    without.end(receiver).feed(to(receiver, COMPRESSED_TEXT, "x"));
    assertEquals(CloseCode.PROTOCOL_ERROR, violation(without.stream(receiver)).closeCode());
  }

  /** Z3, Z8. */
  @Test
  void whatIsNoDeflateDataOrNoTextIs1007() throws IOException {
    byte[] badText;
    byte[] whole;
    try (DeflateWire wire = new DeflateWire()) {
      badText = wire.message(new byte[] {'a', (byte) 0xC0, 'b'});
    }
    try (DeflateWire wire = new DeflateWire()) {
      whole = wire.message(LONG_TEXT);
    }
    for (byte[] payload :
        List.of(
            badText,
            new byte[] {0x07, 0x7F, 0x13},
            Arrays.copyOf(whole, whole.length / 2),
            new byte[] {0x78, (byte) 0x9C, 0x03})) { // a zlib header
      StreamPair pair = StreamPair.deflating();
      pair.serverEnd.feed(to(StreamRole.SERVER, COMPRESSED_TEXT, payload));
      assertEquals(
          CloseCode.INVALID_PAYLOAD_DATA,
          violation(pair.stream(StreamRole.SERVER)).closeCode(),
          Arrays.toString(payload));
    }
  }

  /** Z8. */
  @Test
  void aFinalBlockIsAllowed_7_2_3_4() throws IOException {
    byte[] hello = {(byte) 0xF3, 0x48, (byte) 0xCD, (byte) 0xC9, (byte) 0xC9, 0x07, 0x00, 0x00};
    StreamPair pair = StreamPair.deflating();
    pair.serverEnd.feed(to(StreamRole.SERVER, COMPRESSED_TEXT, hello));
    WebSocketStream stream = pair.stream(StreamRole.SERVER);
    assertEquals(ReadOutcome.TEXT, stream.read());
    assertEquals("Hello", stream.text());
  }

  /** Z7. */
  @ParameterizedTest
  @ValueSource(strings = {"close", "abort", "peer's close", "violation", "broken channel"})
  void aStreamThatEndsGivesItsDeflaterBack(String end) throws IOException {
    DeflateOptions one = new DeflateOptions(6, 0, false, false, 15, 15, 1);
    StreamOptions options = StreamPair.options(one);
    StreamPair first = new StreamPair(StreamPair.DEFLATING, options);
    StreamPair second = new StreamPair(StreamPair.DEFLATING, options);
    assertTrue(compresses(first));
    assertFalse(compresses(second), "the only deflater is in use");
    WebSocketStream stream = first.stream(StreamRole.SERVER);
    switch (end) {
      case "close" -> stream.close();
      case "abort" -> stream.abort();
      case "peer's close" -> {
        first.serverEnd.feed(close(StreamRole.SERVER, 1000, ""));
        stream.read();
      }
      case "violation" -> {
        first.serverEnd.feed(to(StreamRole.SERVER, 0x83, ""));
        violation(stream);
      }
      default -> {
        first.serverEnd.failWrites(new IOException("gone"));
        assertThrows(IOException.class, () -> stream.sendText("x"));
      }
    }
    assertTrue(compresses(second), "the deflater came back");
    if (end.equals("abort")) {
      assertEquals(CloseState.TERMINATED, stream.closeState());
      assertEquals(ReadOutcome.CLOSED, stream.read());
      assertEquals(WriteOutcome.CLOSED, stream.writeText("x"));
      stream.abort();
    }
  }

  @Test
  void aStreamThatIsDroppedGivesItsDeflaterBackWhenItIsCollected() throws Exception {
    DeflateOptions one = new DeflateOptions(6, 0, false, false, 15, 15, 1);
    StreamOptions options = StreamPair.options(one);
    WeakReference<StreamPair> dropped = dropped(options);
    StreamPair second = new StreamPair(StreamPair.DEFLATING, options);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!compresses(second)) {
      assertTrue(System.nanoTime() < deadline, "still counted; collected: " + dropped.get());
      System.gc();
    }
  }

  private static WeakReference<StreamPair> dropped(StreamOptions options) throws IOException {
    StreamPair pair = new StreamPair(StreamPair.DEFLATING, options);
    assertTrue(compresses(pair));
    return new WeakReference<>(pair);
  }

  private static boolean compresses(StreamPair pair) throws IOException {
    pair.stream(StreamRole.SERVER).sendText("text");
    return frames(pair.serverEnd.written()).get(0).b0() == COMPRESSED_TEXT;
  }

  @Test
  void aFullQueueTakesNoPartOfACompressedMessage() throws IOException {
    StreamOptions options =
        StreamOptions.builder()
            .deflate(DeflateOptions.DEFAULT)
            .writeBufferBytes(0)
            .maxWriteBufferBytes(10_000)
            .build();
    StreamPair pair = new StreamPair(StreamPair.DEFLATING, options);
    WebSocketStream server = pair.stream(StreamRole.SERVER);
    pair.serverEnd.writeRoom(0);
    assertEquals(WriteOutcome.WOULD_BLOCK, server.writeText(LONG_TEXT));
    assertEquals(WriteOutcome.FULL, server.writeBinary(ByteBuffer.allocate(20_000)));
    assertEquals(WriteOutcome.WOULD_BLOCK, server.writeText(LONG_TEXT));
    pair.serverEnd.writeRoom(Integer.MAX_VALUE);
    assertEquals(WriteOutcome.SENT, server.flush());
    pair.carryFrom(StreamRole.SERVER);
    WebSocketStream client = pair.stream(StreamRole.CLIENT);
    for (int i = 0; i < 2; i++) {
      assertEquals(ReadOutcome.TEXT, client.read());
      assertEquals(LONG_TEXT, client.text());
    }
  }
}
