package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one side compresses the other inflates, however the bytes are cut. */
class DeflateRoundTripTest {

  private final PayloadPool buffers = new PayloadPool(1 << 24);
  private final ZlibCount zlib = new ZlibCount();
  private final DeflatePool pool = zlib.pool(1, 8);

  private Receiver receiver(Role role, boolean whole, boolean takeover) {
    DeflateParameters parameters = new DeflateParameters(!takeover, 15, !takeover, 15);
    MessageAssembler assembler =
        new MessageAssembler(
            role, Receiver.LIMITS, JavaMasker.INSTANCE, buffers, whole, parameters, pool);
    return new Receiver(buffers, assembler, true);
  }

  private MessageDeflater sender(int windowBits, boolean takeover, int thresholdBytes) {
    DeflateParameters parameters = new DeflateParameters(!takeover, windowBits, !takeover, 15);
    return new MessageDeflater(parameters, thresholdBytes, pool, buffers);
  }

  /** Writes a message as frames of at most so many bytes before they are compressed. */
  private void send(
      Wire wire, MessageDeflater deflater, int opcode, byte[] message, int fragmentBytes) {
    boolean compressed = deflater.begin(message.length);
    int b0 = opcode | (compressed ? FrameEncoder.RSV1 << 4 : 0);
    int at = 0;
    do {
      int n = Math.min(fragmentBytes, message.length - at);
      boolean last = at + n == message.length;
      byte[] payload = new byte[n];
      System.arraycopy(message, at, payload, 0, n);
      if (compressed) {
        ByteBuffer out = deflater.deflate(ByteBuffer.wrap(payload), 0, n, last);
        payload = new byte[out.remaining()];
        out.get(payload);
        buffers.release(out);
      }
      wire.frame(last ? b0 | 0x80 : b0, payload);
      b0 = 0;
      at += n;
    } while (at < message.length);
  }

  private static String event(int opcode, byte[] message) {
    EventLog log = new EventLog();
    log.message(opcode, ByteBuffer.wrap(message), 0, message.length, true);
    return log.poll();
  }

  @ParameterizedTest
  @CsvSource({"8", "9", "10", "11", "12", "13", "14", "15"})
  void messagesOfAllSizesArriveAsTheyWere(int windowBits) {
    long seed = System.nanoTime();
    System.out.println("DeflateRoundTripTest seed " + seed);
    Random random = new Random(seed);
    for (int variant = 0; variant < 8; variant++) {
      Role role = (variant & 1) == 0 ? Role.CLIENT : Role.SERVER;
      boolean takeover = (variant & 2) == 0;
      MessageDeflater sender = sender(windowBits, takeover, 64);
      Receiver receiver = receiver(role, (variant & 4) == 0, takeover);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        int length = random.nextInt(1 + (1 << random.nextInt(18)));
        int kind = random.nextInt(3);
        byte[] message =
            switch (kind) {
              case 0 -> InflateTest.noise(length);
              case 1 -> new byte[length];
              default -> InflateTest.text(length);
            };
        int opcode = kind == 2 ? Opcode.TEXT : Opcode.BINARY;
        Wire wire = new Wire(role);
        int fragments = 1 + random.nextInt(5);
        send(wire, sender, opcode, message, 1 + length / fragments);
        byte[] bytes = wire.bytes();
        int[] cuts = random.ints(random.nextInt(4), 0, bytes.length + 1).sorted().toArray();
        receiver.receiveSplit(bytes, cuts);
        expected.add(event(opcode, message));
      }
      assertEquals(expected, receiver.log.all(), "seed " + seed);
      sender.release();
      receiver.assembler.release();
    }
    pool.close();
    zlib.assertEachEndedOnce();
  }

  @Test
  void everySplitOfACompressedStreamGivesTheSameEvents() {
    for (Role role : Role.values()) {
      for (boolean takeover : new boolean[] {true, false}) {
        MessageDeflater sender = sender(15, takeover, 3);
        Wire wire = new Wire(role);
        send(wire, sender, Opcode.TEXT, Wire.utf8("Hello"), 100);
        send(wire, sender, Opcode.TEXT, Wire.utf8("aü漢😀".repeat(5)), 7);
        send(wire, sender, Opcode.TEXT, Wire.utf8("ab"), 100);
        wire.frame(0x89, "ping");
        send(wire, sender, Opcode.BINARY, InflateTest.text(150), 40);
        send(wire, sender, Opcode.BINARY, new byte[9000], 9000);
        wire.frame(0x41, Wire.hex("F2")).frame(0x8A, "").frame(0x80, Wire.hex("48 CD C9 C9 07 00"));
        wire.frame(0xC1, Wire.hex("F3 48 CD C9 C9 07 00 00")).frame(0xC2, Wire.hex("00"));
        wire.frame(0x88, Wire.hex("03E8"));
        byte[] bytes = wire.bytes();
        sender.release();
        List<String> events = receiver(role, true, takeover).receiveSplit(bytes);
        assertEquals(11, events.size());
        assertEquals("text 48656c6c6f", events.get(0));
        assertEquals(event(Opcode.TEXT, Wire.utf8("aü漢😀".repeat(5))), events.get(1));
        assertEquals("close 1000 ''", events.get(10));
        for (int cut = 0; cut <= bytes.length; cut++) {
          String name = "cut at " + cut;
          assertEquals(events, receiver(role, true, takeover).receiveSplit(bytes, cut), name);
          assertEquals(events, receiver(role, false, takeover).receiveSplit(bytes, cut), name);
        }
        for (int size = 1; size < 40; size++) {
          Receiver receiver = receiver(role, size % 2 == 0, takeover);
          for (int at = 0; at < bytes.length; at += size) {
            receiver.receive(bytes, at, Math.min(at + size, bytes.length));
          }
          assertEquals(events, receiver.log.all(), "reads of " + size);
        }
      }
    }
    pool.close();
    zlib.assertEachEndedOnce();
  }

  /** The stream is made once per round, cut in any way, and the sink stops at random. */
  @Test
  void stoppingAtRandomGivesTheSameEvents() throws Exception {
    long seed = System.nanoTime();
    System.out.println("DeflateRoundTripTest stop seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      boolean takeover = random.nextBoolean();
      MessageDeflater sender = sender(8 + random.nextInt(8), takeover, 100);
      Wire wire = new Wire(role);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        byte[] message = random.nextBoolean() ? InflateTest.text(i * 30_000) : new byte[i * 99_999];
        send(wire, sender, Opcode.BINARY, message, 1 + random.nextInt(100_000));
        wire.frame(0x89, "p");
        expected.add(event(Opcode.BINARY, message));
        expected.add("ping 70");
      }
      byte[] bytes = wire.bytes();
      Receiver receiver = receiver(role, random.nextBoolean(), takeover);
      EventLog log = receiver.log;
      ByteBuffer in = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      int at = 0;
      while (at < bytes.length) {
        log.proceed = random.nextBoolean();
        int length = Math.min(1 + random.nextInt(1 << random.nextInt(18)), bytes.length - at);
        at += receiver.assembler.receive(in, at, length, log);
      }
      assertEquals(expected, log.all(), "seed " + seed);
      receiver.assembler.release();
      sender.release();
    }
    pool.close();
    zlib.assertEachEndedOnce();
  }
}
