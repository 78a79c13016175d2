package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we send compressed (RFC 7692 §7.2.1). */
class MessageDeflaterTest {

  private final PayloadPool buffers = new PayloadPool(1 << 24);
  private final ZlibCount zlib = new ZlibCount();
  private final DeflatePool pool = zlib.pool(2, 2);

  private MessageDeflater deflater(int windowBits, boolean takeover, int thresholdBytes) {
    DeflateParameters parameters = new DeflateParameters(!takeover, windowBits, false, 15);
    return new MessageDeflater(parameters, thresholdBytes, pool, buffers);
  }

  private byte[] deflate(MessageDeflater deflater, byte[] message) {
    assertTrue(deflater.begin(message.length));
    return part(deflater, message, 0, message.length, true);
  }

  /** Compresses a part from the midst of a buffer whose position and limit mean nothing. */
  private byte[] part(MessageDeflater deflater, byte[] message, int from, int to, boolean last) {
    ByteBuffer payload =
        from % 2 == 0
            ? ByteBuffer.allocate(to - from + 10)
            : ByteBuffer.allocateDirect(to - from + 10);
    payload.put(3, message, from, to - from).limit(2).position(1);
    ByteBuffer out = deflater.deflate(payload, 3, to - from, last);
    assertEquals(1, payload.position());
    assertEquals(2, payload.limit());
    assertEquals(MessageAssembler.HEADROOM_BYTES, out.position());
    assertTrue(out.isDirect());
    byte[] bytes = new byte[out.remaining()];
    out.get(bytes);
    buffers.release(out);
    return bytes;
  }

  @Test
  void theTailIsTakenAwayAndTheWindowKept_7_2_3_2() {
    MessageDeflater deflater = deflater(15, true, 0);
    byte[] hello = Wire.utf8("Hello");
    assertEquals("f248cdc9c90700", HexFormat.of().formatHex(deflate(deflater, hello)));
    assertEquals("f200110000", HexFormat.of().formatHex(deflate(deflater, hello)));
    deflater.release();
  }

  @Test
  void withoutTakeoverEachMessageBeginsAnew() {
    MessageDeflater deflater = deflater(15, false, 0);
    byte[] hello = Wire.utf8("Hello");
    assertEquals("f248cdc9c90700", HexFormat.of().formatHex(deflate(deflater, hello)));
    assertEquals("f248cdc9c90700", HexFormat.of().formatHex(deflate(deflater, hello)));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 12, 15})
  void anEmptyMessageIsOneByte_7_2_3_6(int windowBits) {
    for (boolean takeover : new boolean[] {true, false}) {
      MessageDeflater deflater = deflater(windowBits, takeover, 0);
      assertArrayEquals(new byte[1], deflate(deflater, new byte[0]));
      assertArrayEquals(new byte[1], deflate(deflater, new byte[0]));
      deflate(deflater, new byte[1000]);
      assertArrayEquals(new byte[1], deflate(deflater, new byte[0]));
      deflater.release();
    }
  }

  @Test
  void anEmptyLastFragmentEndsTheMessage() {
    StrictInflater peer = new StrictInflater(15, true);
    MessageDeflater deflater = deflater(15, true, 0);
    byte[] text = InflateTest.text(500);
    for (int i = 0; i < 3; i++) {
      assertTrue(deflater.begin(text.length));
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      sent.writeBytes(part(deflater, text, 0, text.length, false));
      assertEquals(0, part(deflater, text, 0, 0, false).length);
      sent.writeBytes(part(deflater, text, 0, 0, true));
      assertArrayEquals(text, peer.message(sent.toByteArray()));
    }
    deflater.release();
  }

  @Test
  void shortMessagesAreNotCompressedAndDoNotTouchTheWindow() {
    MessageDeflater deflater = deflater(9, true, 100);
    StrictInflater peer = new StrictInflater(9, true);
    assertFalse(deflater.begin(99));
    assertEquals(0, zlib.madeDeflaters());
    for (int i = 0; i < 20; i++) {
      byte[] text = InflateTest.text(100 + i);
      assertArrayEquals(text, peer.message(deflate(deflater, text)));
      assertFalse(deflater.begin(i));
    }
    assertTrue(peer.farthest > 100, "the window was used: " + peer.farthest);
    deflater.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
  void noReferenceLeavesTheWindowWhateverIsSent(int windowBits) throws Exception {
    long seed = System.nanoTime();
    System.out.println("MessageDeflaterTest seed " + seed);
    Random random = new Random(seed);
    int farthest = 0;
    for (boolean takeover : new boolean[] {true, false}) {
      MessageDeflater deflater = deflater(windowBits, takeover, 10);
      StrictInflater strict = new StrictInflater(windowBits, takeover);
      Inflater jdk = new Inflater(true);
      for (int i = 0; i < 25; i++) {
        byte[] message = i == 0 ? repetition((1 << windowBits) * 13 / 16) : message(random);
        byte[] sent = send(deflater, message, random);
        if (sent.length > 0) {
          String name = "seed " + seed + ", message " + i + " of " + message.length + " bytes";
          assertArrayEquals(message, strict.message(sent), name);
          assertArrayEquals(message, reference(jdk, sent, message.length, takeover), name);
        }
      }
      jdk.end();
      deflater.release();
      farthest = Math.max(farthest, strict.farthest);
    }
    assertTrue(farthest > (1 << windowBits) * 3 / 4, "the window is used: " + farthest);
    pool.close();
    zlib.assertEachEndedOnce();
  }

  /** What can be said shortly only by a reference to so many bytes before. */
  private static byte[] repetition(int distance) {
    byte[] once = InflateTest.noise(distance);
    byte[] twice = Arrays.copyOf(once, 2 * distance);
    System.arraycopy(once, 0, twice, distance, distance);
    return twice;
  }

  private static byte[] message(Random random) {
    int length = random.nextInt(1 + (1 << random.nextInt(18)));
    return switch (random.nextInt(4)) {
      case 0 -> InflateTest.noise(length);
      case 1 -> new byte[length];
      default -> InflateTest.text(length);
    };
  }

  /** Sends a message in one piece or many; an empty array when not compressed. */
  private byte[] send(MessageDeflater deflater, byte[] message, Random random) {
    if (!deflater.begin(message.length)) {
      return new byte[0];
    }
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    int at = 0;
    while (random.nextInt(3) > 0) {
      int to = at + random.nextInt(message.length - at + 1);
      sent.writeBytes(part(deflater, message, at, to, false));
      at = to;
    }
    sent.writeBytes(part(deflater, message, at, message.length, true));
    return sent.toByteArray();
  }

  private static byte[] reference(Inflater jdk, byte[] sent, int length, boolean takeover)
      throws DataFormatException {
    if (!takeover) {
      jdk.reset();
    }
    byte[] in = Arrays.copyOf(sent, sent.length + 4);
    in[in.length - 2] = in[in.length - 1] = (byte) 0xFF;
    jdk.setInput(in);
    byte[] out = new byte[length + 1];
    int n = 0;
    int more;
    do {
      more = jdk.inflate(out, n, out.length - n);
      n += more;
    } while (more > 0);
    assertEquals(0, jdk.getRemaining());
    return Arrays.copyOf(out, n);
  }

  @Test
  void everyOutputSizeAroundABuffersEdgeIsWhole() {
    StrictInflater peer = new StrictInflater(15, false);
    int headroom = MessageAssembler.HEADROOM_BYTES;
    MessageDeflater deflater = deflater(15, false, 0);
    for (int edge : new int[] {4096, 8192}) {
      for (int length = edge - headroom - 30; length < edge - headroom + 10; length++) {
        byte[] noise = InflateTest.noise(length); // stored, so the output is a little longer
        assertArrayEquals(noise, peer.message(deflate(deflater, noise)), "length " + length);
      }
    }
  }

  @Test
  void deflatersAreSharedWhereNothingIsKeptAndBoundedWhereItIs() {
    MessageDeflater first = deflater(15, false, 0);
    MessageDeflater second = deflater(15, false, 0);
    deflate(first, new byte[10]);
    deflate(second, new byte[10]);
    assertEquals(1, zlib.madeDeflaters());
    MessageDeflater keeping = deflater(15, true, 0);
    MessageDeflater other = deflater(9, true, 0);
    deflate(keeping, new byte[10]);
    deflate(other, new byte[10]);
    assertEquals(2, zlib.liveDeflaters());
    assertFalse(first.begin(10), "no third one");
    assertTrue(keeping.begin(10));
    keeping.release();
    assertTrue(first.begin(10));
    first.release();
    other.release();
    pool.close();
    zlib.assertEachEndedOnce();
  }

  @Test
  void anIdleDeflaterOfAnotherWindowMakesRoom() {
    DeflatePool narrow = zlib.pool(2, 1);
    BlockDeflater large = narrow.acquireDeflater(15);
    assertEquals(null, narrow.acquireDeflater(9));
    narrow.release(large);
    BlockDeflater small = narrow.acquireDeflater(9);
    assertEquals(9, small.windowBits());
    assertEquals(1, zlib.liveDeflaters());
    narrow.close();
    narrow.release(small);
    zlib.assertEachEndedOnce();
  }

  @Test
  void whatIsLentWhileThePoolClosesIsEndedWhenItComesBack() {
    MessageDeflater keeping = deflater(12, true, 0);
    deflate(keeping, new byte[10]);
    pool.close();
    assertEquals(1, zlib.liveDeflaters());
    keeping.release();
    keeping.release();
    zlib.assertEachEndedOnce();
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> deflater(7, true, 0));
    assertThrows(IllegalArgumentException.class, () -> deflater(16, true, 0));
    assertThrows(IllegalArgumentException.class, () -> deflater(15, true, -1));
    assertThrows(IllegalArgumentException.class, () -> new DeflateParameters(true, 15, true, 16));
    assertThrows(IllegalArgumentException.class, () -> new DeflatePool(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new DeflatePool(6, -1, 1));
    assertThrows(
        NullPointerException.class, () -> part(deflater(15, true, 0), new byte[1], 0, 1, true));
  }
}
