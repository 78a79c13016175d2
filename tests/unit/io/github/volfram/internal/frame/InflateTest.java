package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of compressed messages, and what is refused in them (RFC 7692 §6, §7.2.2). */
class InflateTest {

  private static final DeflateParameters TAKEOVER = new DeflateParameters(false, 15, false, 15);
  private static final DeflateParameters NO_TAKEOVER = new DeflateParameters(true, 15, true, 15);

  private final PayloadPool buffers = new PayloadPool(1 << 24);
  private final ZlibCount zlib = new ZlibCount();
  private final DeflatePool pool = zlib.pool(2, 2);

  @AfterEach
  void everythingIsFreed() {
    pool.close();
    assertEquals(0, zlib.liveInflaters());
    zlib.assertEachEndedOnce();
  }

  private Receiver receiver(DeflateParameters parameters, boolean wholeMessages) {
    return receiver(parameters, Receiver.LIMITS, wholeMessages);
  }

  private Receiver receiver(DeflateParameters parameters, FrameLimits limits, boolean whole) {
    MessageAssembler assembler =
        new MessageAssembler(
            Role.CLIENT, limits, JavaMasker.INSTANCE, buffers, whole, parameters, pool);
    return new Receiver(buffers, assembler, true);
  }

  /** What comes of frames, whether messages are kept, whole, on the heap or not. */
  private List<String> events(byte[] frames) {
    List<String> events = receiver(TAKEOVER, true).receiveAndRelease(frames);
    assertEquals(events, receiver(NO_TAKEOVER, true).receiveAndRelease(frames), "no takeover");
    assertEquals(events, receiver(TAKEOVER, false).receiveAndRelease(frames), "chunks");
    assertEquals(events, receiver(NO_TAKEOVER, false).receiveAndRelease(frames), "both");
    Receiver byteByByte = receiver(TAKEOVER, true);
    assertEquals(events, byteByByte.receiveByteByByte(frames), "byte by byte");
    byteByByte.assembler.release();
    MessageAssembler onHeap =
        new MessageAssembler(
            Role.CLIENT, Receiver.LIMITS, JavaMasker.INSTANCE, buffers, true, TAKEOVER, pool);
    assertEquals(events, new Receiver(buffers, onHeap, false).receiveAndRelease(frames), "on heap");
    return events;
  }

  @ParameterizedTest
  @CsvSource({
    // The examples of RFC 7692 §7.2.3, one after the other.
    "C1 07 F2 48 CD C9 C9 07 00",
    "41 03 F2 48 CD 80 04 C9 C9 07 00",
    "C1 0B 00 05 00 FA FF 48 65 6C 6C 6F 00",
    "C1 08 F3 48 CD C9 C9 07 00 00",
    "C1 0D F2 48 05 00 00 00 FF FF CA C9 C9 07 00",
    // A final block and nothing after it, a final block in the middle, an uncompressed message.
    "C1 07 F3 48 CD C9 C9 07 00",
    "C1 0B F3 48 05 00 F2 48 CD C9 C9 07 00",
    "81 05 48 65 6C 6C 6F",
  })
  void theExamplesSayHello_7_2_3(String frames) {
    String expected = frames.startsWith("C1 0B F3") ? "text 486548656c6c6f" : "text 48656c6c6f";
    assertEquals(List.of(expected), events(Wire.hex(frames)));
  }

  @Test
  void theWindowIsKeptBetweenMessages_7_2_3_2() {
    byte[] frames = Wire.hex("C1 07 F2 48 CD C9 C9 07 00 81 01 21 C1 05 F2 00 11 00 00");
    Receiver receiver = receiver(TAKEOVER, true);
    receiver.receive(frames).log.expect("text 48656c6c6f").expect("text 21");
    receiver.log.expect("text 48656c6c6f").assertExhausted();
    assertEquals(1, zlib.liveInflaters());
    receiver.assembler.release();
  }

  @Test
  void aReferenceToBeforeAFinalBlockIsNoDeflate_7_2_3_4() { // as documented; zlib's own make none
    byte[] frames = Wire.hex("C1 07 F3 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00");
    receiver(TAKEOVER, true)
        .receive(frames)
        .log
        .expect("text 48656c6c6f")
        .expect("violation 1007")
        .assertExhausted();
  }

  @Test
  void aReferenceToAMessageThatWasToBeForgottenIsNoDeflate_7_1_1() {
    byte[] frames = Wire.hex("C1 07 F2 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00");
    receiver(NO_TAKEOVER, true)
        .receive(frames)
        .log
        .expect("text 48656c6c6f")
        .expect("violation 1007")
        .assertExhausted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"C2 01 00", "C2 00", "42 01 00 80 00", "42 00 00 00 80 01 00", "C2 02 03 00"})
  void anEmptyMessageIsDelivered(String frames) {
    assertEquals(List.of("binary "), events(Wire.hex(frames)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C2 01 FF", // block type 3
        "C2 02 78 9C", // a zlib header
        "C2 06 78 BB 00 00 00 01", // one with a preset dictionary
        "C2 05 F2 00 11 00 00", // a reference to before the beginning
        "C2 05 00 05 00 FA FE", // a length and not its complement
        "C2 06 F2 48 CD C9 C9 07", // Hello without the empty block's first byte
        "C2 05 F2 48 CD C9 C9", // less of it
        "C2 03 F2 48 CD",
        "C2 01 F2",
        "C2 02 00 05", // the same without compression
        "C2 05 00 05 00 FA FF",
        "C2 08 00 05 00 FA FF 48 65 6C",
        "C2 05 00 00 00 FF FF", // the tail was not taken away
        "C2 04 04 C0 01 00", // codes for lengths, and no more
      })
  void whatIsNotDeflateFails_1007(String frames) {
    assertEquals(List.of("violation 1007"), events(Wire.hex(frames)));
  }

  @Test
  void everyTruncationOfAMessageFails() {
    for (byte[] message : List.of(Wire.utf8("abcabcabcabc".repeat(9)), text(3000), noise(300))) {
      byte[] deflated = DeflatingPeer.once(message);
      int shortest = deflated[0] == 0 ? 2 : 1; // that byte alone is an empty message
      for (int length = shortest; length < deflated.length; length++) {
        byte[] frame = frame(0xC2, Arrays.copyOf(deflated, length));
        Receiver receiver = receiver(TAKEOVER, true);
        assertEquals(
            List.of("violation 1007"),
            receiver.receiveAndRelease(frame),
            length + " of " + deflated.length);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C0 00",
        "41 01 00 C0 00",
        "02 01 61 C0 01 00",
        "C9 00",
        "CA 00",
        "C8 00",
        "A1 00",
        "91 00",
        "E1 00"
      })
  void theBitIsForFirstFramesOnly_1002(String frames) {
    assertEquals(List.of("violation 1002"), events(Wire.hex(frames)));
  }

  @Test
  void theBitMeansNothingWhereNothingWasNegotiated_1002() {
    new Receiver(Role.CLIENT)
        .receive(Wire.hex("C1 01 00"))
        .log
        .expect("violation 1002")
        .assertExhausted();
  }

  @Test
  void controlFramesMayStandBetweenCompressedFragments() {
    assertEquals(
        List.of("ping 21", "text 48656c6c6f"),
        events(Wire.hex("41 03 F2 48 CD 89 01 21 80 04 C9 C9 07 00")));
  }

  @Test
  void aCloseFrameFreesTheInflaterOfTheOpenMessage() {
    Receiver receiver = receiver(TAKEOVER, true);
    receiver
        .receive(Wire.hex("41 03 F2 48 CD 88 00"))
        .log
        .expect("close 1005 ''")
        .assertExhausted();
    assertEquals(1, zlib.liveInflaters()); // at rest in the pool
  }

  @Test
  void inflatedTextIsCheckedAsItComes_1007() {
    byte[] bad = Wire.utf8("a".repeat(50) + "\u00e4");
    bad[51] = 'b';
    byte[] deflated = DeflatingPeer.once(bad);
    // All is there but the message's end.
    assertEquals(List.of("violation 1007"), events(frame(0x41, deflated)));
    assertEquals(
        List.of("violation 1007"),
        events(frame(0xC1, DeflatingPeer.once(Arrays.copyOf(Wire.utf8("ab\u20ac"), 4)))));
    byte[] split = DeflatingPeer.once(Wire.utf8("\u20ac\ud83d\ude00"));
    assertEquals(List.of("text e282acf09f9880"), events(frame(0xC1, split)));
  }

  @Test
  void chunksOfTextMayEndInsideACharacter() throws Exception {
    byte[] text = Wire.utf8("x" + "\u20ac".repeat(40_000));
    Receiver receiver = receiver(TAKEOVER, false);
    receiver.receive(frame(0x41, DeflatingPeer.once(text)));
    assertTrue(receiver.log.chunks > 5, "chunks: " + receiver.log.chunks);
    assertArrayEquals(text, receiver.log.openBytes());
    receiver.receive(Wire.hex("80 01 00"));
    assertEquals(1, receiver.log.size());
    receiver.assembler.release();
  }

  @Test
  void outputThatEndsAtABuffersEdgeIsComplete() {
    int headroom = MessageAssembler.HEADROOM_BYTES;
    for (int edge : new int[] {4096, 8192, 16384, 32768, 65536}) {
      for (int more = -2; more <= 2; more++) {
        byte[] message = new byte[edge - headroom + more];
        Arrays.fill(message, (byte) 'a');
        String expected = "text " + message.length + " bytes, hash " + Arrays.hashCode(message);
        assertEquals(List.of(expected), events(frame(0xC1, DeflatingPeer.once(message))));
        byte[] noise = noise(message.length);
        String other = "binary " + noise.length + " bytes, hash " + Arrays.hashCode(noise);
        assertEquals(List.of(other), events(frame(0xC2, DeflatingPeer.once(noise))));
      }
    }
  }

  @Test
  void aMessageComesWithHeadroomFromThePoolAndGoesBack() throws Exception {
    int[] index = new int[1];
    EventLog log = new EventLog();
    MessageSink sink =
        new MessageSink() {
          @Override
          public boolean message(int opcode, ByteBuffer b, int i, int length, boolean last) {
            index[0] = i;
            assertTrue(b.isDirect());
            return log.message(opcode, b, i, length, last);
          }

          @Override
          public boolean ping(ByteBuffer buffer, int i, int length) {
            return true;
          }

          @Override
          public boolean pong(ByteBuffer buffer, int i, int length) {
            return true;
          }

          @Override
          public boolean close(int code, String reason) {
            return true;
          }
        };
    MessageAssembler assembler = receiver(NO_TAKEOVER, true).assembler;
    byte[] bytes = Wire.hex("C1 07 F2 48 CD C9 C9 07 00");
    assembler.receive(ByteBuffer.wrap(bytes), 0, bytes.length, sink);
    assertEquals(MessageAssembler.HEADROOM_BYTES, index[0]);
    assertEquals(4096, buffers.retainedBytes());
  }

  @Test
  void inflatersAreMadeForTheFirstCompressedMessageAndSharedWhereNothingIsKept() {
    Receiver first = receiver(NO_TAKEOVER, true);
    Receiver second = receiver(NO_TAKEOVER, true);
    first.receive(Wire.hex("81 01 61"));
    assertEquals(0, zlib.madeInflaters());
    first.receive(Wire.hex("C1 07 F2 48 CD C9 C9 07 00"));
    second.receive(Wire.hex("C1 07 F2 48 CD C9 C9 07 00"));
    assertEquals(1, zlib.madeInflaters());
    assertEquals(List.of("text 48656c6c6f"), second.log.all());
  }

  @Test
  void aRandomStreamGivesWhatThePeerCompressed() {
    long seed = System.nanoTime();
    System.out.println("InflateTest seed " + seed);
    Random random = new Random(seed);
    for (boolean takeover : new boolean[] {true, false}) {
      for (boolean whole : new boolean[] {true, false}) {
        Receiver receiver = receiver(takeover ? TAKEOVER : NO_TAKEOVER, whole);
        try (DeflatingPeer peer = new DeflatingPeer(takeover)) {
          for (int i = 0; i < 60; i++) {
            byte[] message = random.nextBoolean() ? text(random.nextInt(40_000)) : noise(i * 50);
            Wire wire = new Wire(Role.CLIENT);
            if (random.nextInt(4) == 0) {
              wire.frame(0x82, message);
            } else {
              fragments(wire, peer.message(message), random);
            }
            receiver.receive(wire.bytes());
            EventLog expected = new EventLog();
            expected.message(Opcode.BINARY, ByteBuffer.wrap(message), 0, message.length, true);
            assertEquals(expected.all(), List.of(receiver.log.poll()), "seed " + seed);
          }
        }
        receiver.assembler.release();
      }
    }
  }

  private static void fragments(Wire wire, byte[] payload, Random random) {
    int at = 0;
    int b0 = 0x42;
    while (random.nextInt(3) > 0) {
      int to = at + random.nextInt(payload.length - at + 1);
      wire.frame(b0, Arrays.copyOfRange(payload, at, to));
      at = to;
      b0 = 0;
    }
    wire.frame(b0 | 0x80, Arrays.copyOfRange(payload, at, payload.length));
  }

  @Test
  void anyDamageIsAViolationOrAMessageButNeverAnythingElse() {
    long seed = System.nanoTime();
    System.out.println("InflateTest damage seed " + seed);
    Random random = new Random(seed);
    byte[] intact = DeflatingPeer.once(text(2000));
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = intact.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Receiver receiver = receiver(TAKEOVER, random.nextBoolean());
      List<String> events = receiver.receiveAndRelease(frame(0xC2, damaged));
      assertEquals(1, events.size(), "seed " + seed);
      String event = events.get(0);
      assertTrue(
          event.startsWith("binary") || event.matches("violation 100[79]"),
          () -> event + ", seed " + seed);
    }
    assertFalse(zlib.madeInflaters() > 1, "each violation gives the inflater back");
  }

  @Test
  void aFinalBlockIsAlsoWhatTheJdkWrites() {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    byte[] message = text(5000);
    deflater.setInput(message);
    deflater.finish();
    byte[] out = new byte[5000];
    int n = deflater.deflate(out);
    deflater.end();
    byte[] payload = Arrays.copyOf(out, n + 1); // and the byte of §7.2.3.4
    String expected = "binary 5000 bytes, hash " + Arrays.hashCode(message);
    assertEquals(List.of(expected), events(frame(0xC2, payload)));
  }

  static byte[] frame(int b0, byte[] payload) {
    return new Wire(Role.CLIENT).frame(b0, payload).bytes();
  }

  /** Text that compresses as text does. */
  static byte[] text(int length) {
    StringBuilder text = new StringBuilder();
    Random random = new Random(length);
    while (text.length() < length) {
      text.append("{\"id\":").append(random.nextInt(1000)).append(",\"side\":\"");
      text.append(random.nextBoolean() ? "buy" : "sell").append("\",\"price\":");
      text.append(HexFormat.of().toHexDigits(random.nextInt())).append("},\n");
    }
    return Arrays.copyOf(Wire.utf8(text.toString()), length);
  }

  static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return noise;
  }
}
