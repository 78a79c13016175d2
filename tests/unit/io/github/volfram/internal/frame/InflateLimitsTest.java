package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a peer can make us inflate. */
class InflateLimitsTest {

  private static final int CAP = 1 << 20;
  private static final int SLACK = 1 << 16;
  private static final byte[] BOMB = DeflatingPeer.once(new byte[64 << 20]);

  private final PayloadPool buffers = new PayloadPool(1L << 28);
  private final ZlibCount zlib = new ZlibCount();
  private final DeflatePool pool = zlib.pool(4, 4);

  private MessageAssembler assembler(FrameLimits limits, boolean whole, boolean takeover) {
    DeflateParameters parameters = new DeflateParameters(false, 15, !takeover, 15);
    return new MessageAssembler(
        Role.CLIENT, limits, JavaMasker.INSTANCE, buffers, whole, parameters, pool);
  }

  private Receiver receiver(boolean whole, boolean takeover) {
    FrameLimits limits = new FrameLimits(CAP, CAP, 10);
    return new Receiver(buffers, assembler(limits, whole, takeover), true);
  }

  private void assertDefused(Receiver receiver, byte[] frames) {
    zlib.inflated = 0;
    assertEquals(List.of("violation 1009"), receiver.receiveAndRelease(frames));
    assertTrue(zlib.inflated > CAP, "inflated " + zlib.inflated);
    assertTrue(zlib.inflated <= CAP + SLACK, "inflated " + zlib.inflated);
    assertTrue(receiver.log.openBytes().length <= CAP, "delivered");
    // Buffers of 4 KiB, 8 KiB and so on up to the one that holds the cap and a header.
    assertTrue(buffers.retainedBytes() < 4 * CAP, "buffers " + buffers.retainedBytes());
    pool.close();
    zlib.assertEachEndedOnce();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBombInOneFrameFailsAtTheCap_1009(boolean whole) {
    assertDefused(receiver(whole, true), InflateTest.frame(0xC2, BOMB));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBombInFragmentsFailsAtTheCap_1009(boolean whole) {
    Wire wire = new Wire(Role.CLIENT).frame(0x42, Arrays.copyOf(BOMB, 10));
    for (int at = 10; at < 5000; at += 10) {
      wire.frame(0x00, Arrays.copyOfRange(BOMB, at, at + 10));
    }
    assertDefused(receiver(whole, false), wire.bytes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBombThatRefersToAnEarlierMessageFailsAtTheCap_1009(boolean whole) {
    try (DeflatingPeer peer = new DeflatingPeer(true)) {
      byte[] allowed = InflateTest.noise(30_000);
      Receiver receiver = receiver(whole, true);
      receiver.receive(InflateTest.frame(0xC2, peer.message(allowed)));
      receiver.log.poll();
      byte[] repeated = new byte[3 * CAP];
      for (int at = 0; at < repeated.length; at++) {
        repeated[at] = allowed[at % allowed.length];
      }
      byte[] bomb = peer.message(repeated);
      assertTrue(bomb.length < CAP / 20, "a bomb of " + bomb.length);
      assertDefused(receiver, InflateTest.frame(0xC2, bomb));
    }
  }

  @Test
  void theCapIsExact() {
    for (boolean whole : new boolean[] {true, false}) {
      for (int max : new int[] {0, 1, 4080, 4081, 8176, 16_368, 16_369, 100_000}) {
        FrameLimits limits = new FrameLimits(CAP, max, 10);
        byte[] just = InflateTest.noise(max);
        Receiver allowed = new Receiver(buffers, assembler(limits, whole, true), true);
        allowed.receive(InflateTest.frame(0xC2, DeflatingPeer.once(just)));
        assertEquals(1, allowed.log.size(), "max " + max);
        assertTrue(allowed.log.poll().startsWith("binary"), "max " + max);
        allowed.assembler.release();
        byte[] over = DeflatingPeer.once(InflateTest.noise(max + 1));
        Receiver refused = new Receiver(buffers, assembler(limits, whole, true), true);
        refused.receive(InflateTest.frame(0xC2, over)).log.expect("violation 1009");
      }
    }
  }

  @Test
  void theFrameLimitIsForWhatIsSentAndTheMessageLimitForWhatComesOut() {
    byte[] noise = InflateTest.noise(1000);
    byte[] deflated = DeflatingPeer.once(noise);
    assertTrue(deflated.length > 1000);
    FrameLimits narrow = new FrameLimits(1000, CAP, 10);
    new Receiver(buffers, assembler(narrow, true, true), true)
        .receive(new Wire(Role.CLIENT).header(0xC2, deflated.length).bytes())
        .log
        .expect("violation 1009");
    FrameLimits wide = new FrameLimits(CAP, 1000, 10);
    Receiver receiver = new Receiver(buffers, assembler(wide, true, true), true);
    receiver.receive(InflateTest.frame(0xC2, deflated));
    assertTrue(receiver.log.poll().startsWith("binary 1000 bytes"));
    // An uncompressed one still fails by its header alone.
    receiver.receive(new Wire(Role.CLIENT).header(0x82, 1001).bytes());
    receiver.log.expect("violation 1009");
  }

  @Test
  void emptyCompressedFragmentsAreCounted_1008() {
    Wire wire = new Wire(Role.CLIENT).frame(0x42, Wire.hex("00"));
    for (int i = 0; i < 11; i++) {
      wire.frame(0x00, "");
    }
    receiver(true, true).receive(wire.bytes()).log.expect("violation 1008").assertExhausted();
  }

  @Test
  void chunksOfAnyNumberComeFromOneBufferWhereNoLimitIsSet() {
    FrameLimits unlimited = new FrameLimits(Long.MAX_VALUE, Integer.MAX_VALUE, 0);
    long[] counted = new long[2];
    EventLog log =
        new EventLog() {
          @Override
          public boolean message(int opcode, ByteBuffer b, int index, int length, boolean last) {
            counted[0] += length;
            counted[1] = Math.max(counted[1], length);
            return true;
          }
        };
    MessageAssembler assembler = assembler(unlimited, false, true);
    ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
    try {
      byte[] header = new Wire(Role.CLIENT).header(0xC2, 17L * (BOMB.length + 4) - 4).bytes();
      assembler.receive(in.put(0, header), 0, header.length, log);
      for (int i = 0; i < 17; i++) { // 1.06 GiB; one after the other they are one DEFLATE stream
        byte[] part = i < 16 ? withTail(BOMB) : BOMB;
        for (int at = 0; at < part.length; at += in.capacity()) {
          int n = Math.min(in.capacity(), part.length - at);
          in.put(0, part, at, n);
          assembler.receive(in, 0, n, log);
        }
      }
    } catch (ProtocolViolation e) {
      throw new AssertionError(e);
    }
    assembler.release();
    assertTrue(counted[0] > 1L << 30, "bytes " + counted[0]);
    assertTrue(counted[1] <= 1 << 15, "the longest chunk " + counted[1]);
    assertTrue(buffers.retainedBytes() <= 1 << 16, "buffers " + buffers.retainedBytes());
  }

  /** A message that another one may follow as the same stream. */
  private static byte[] withTail(byte[] deflated) {
    byte[] whole = Arrays.copyOf(deflated, deflated.length + 4);
    Arrays.fill(whole, deflated.length + 2, whole.length, (byte) 0xFF);
    return whole;
  }

  @Test
  void nothingFollowsAChunkThatMadeTheSinkStop() throws Exception {
    byte[] message = InflateTest.text(300_000);
    byte[] deflated = DeflatingPeer.once(message);
    for (Role role : Role.values()) {
      MessageAssembler assembler =
          new MessageAssembler(
              role,
              Receiver.LIMITS,
              JavaMasker.INSTANCE,
              buffers,
              false,
              new DeflateParameters(false, 15, false, 15),
              pool);
      byte[] bytes = new Wire(role).frame(0xC1, deflated).frame(0x89, "next").bytes();
      ByteBuffer in = ByteBuffer.wrap(bytes);
      EventLog log = new EventLog();
      log.proceed = false;
      int at = 0;
      while (log.size() == 0) {
        int chunks = log.chunks;
        at += assembler.receive(in, at, bytes.length - at, log);
        assertEquals(chunks + 1, log.chunks);
      }
      assertEquals(1, log.size());
      assertEquals(bytes.length, at + assembler.receive(in, at, bytes.length - at, log));
      assertTrue(log.chunks > 15, "chunks " + log.chunks);
      EventLog expected = new EventLog();
      expected.message(Opcode.TEXT, ByteBuffer.wrap(message), 0, message.length, true);
      assertEquals(List.of(expected.poll(), "ping 6e657874"), log.all());
      assembler.release();
    }
  }

  @Test
  void aReleaseWhileAChunkIsDeliveredStopsTheInflating() throws Exception {
    MessageAssembler assembler = assembler(new FrameLimits(CAP, CAP, 0), false, true);
    EventLog log =
        new EventLog() {
          @Override
          public boolean message(int opcode, ByteBuffer b, int index, int length, boolean last) {
            assembler.release();
            return super.message(opcode, b, index, length, last);
          }
        };
    byte[] frame = InflateTest.frame(0xC2, Arrays.copyOf(BOMB, 1000));
    assembler.receive(ByteBuffer.wrap(frame), 0, frame.length, log);
    assertEquals(1, log.chunks);
    assertArrayEquals(new byte[log.openBytes().length], log.openBytes());
    pool.close();
    zlib.assertEachEndedOnce();
  }
}
