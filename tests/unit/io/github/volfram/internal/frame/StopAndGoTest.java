package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A sink may stop after any event: nothing is lost, repeated or kept. */
class StopAndGoTest {

  private static final int LARGEST = 1 << 18;

  private final PayloadPool pool = new PayloadPool(1L << 24);

  /** Fills the pool so far that no stream of this test makes it allocate. */
  private long seedPool() {
    List<ByteBuffer> lent = new ArrayList<>();
    for (int bytes = 4096; bytes <= LARGEST; bytes *= 2) {
      for (int i = 0; i < 3; i++) {
        lent.add(pool.acquire(bytes, bytes));
      }
    }
    lent.forEach(pool::release);
    return pool.retainedBytes();
  }

  private static byte[] stream(Role role, Random random) {
    Wire wire = new Wire(role);
    int[] sizes = {0, 1, 16, 125, 126, 3000, 9000, 66_000};
    boolean open = false;
    for (int i = 0; i < 10; i++) {
      if (random.nextInt(3) == 0) {
        wire.frame(0x89 + random.nextInt(2), Wire.filled(random.nextInt(126)));
      }
      boolean fin = random.nextInt(3) > 0;
      boolean text = random.nextBoolean();
      int size = sizes[random.nextInt(sizes.length)];
      byte[] payload =
          text ? Wire.utf8("é€😀z".repeat(size / 10) + "a".repeat(size % 10)) : Wire.filled(size);
      wire.frame((fin ? 0x80 : 0) | (open ? 0 : text ? 1 : 2), payload);
      open = !fin;
    }
    byte[] bytes =
        switch (random.nextInt(3)) {
          case 0 -> wire.bytes();
          case 1 -> wire.frame(0x88, Wire.hex("0FA0 6f6b")).frame(0x89, "late").bytes();
          default -> wire.raw("F3").bytes();
        };
    if (random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  @Test
  void stoppingAtRandomGivesTheSameEventsAndAllMemoryBack() {
    long seed = System.nanoTime();
    System.out.println("StopAndGoTest seed " + seed);
    Random random = new Random(seed);
    long atRest = seedPool();
    for (int round = 0; round < 200; round++) {
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      byte[] bytes = stream(role, random);
      List<String> expected = new Receiver(role).receiveSplit(bytes);
      boolean whole = random.nextBoolean();
      MessageAssembler assembler =
          new MessageAssembler(role, Receiver.LIMITS, JavaMasker.INSTANCE, pool, whole);
      String name = "seed " + seed + ", round " + round;
      assertEquals(expected, run(assembler, bytes, random, name), name);
      assembler.release();
      assertEquals(atRest, pool.retainedBytes(), name);
    }
  }

  private static List<String> run(
      MessageAssembler assembler, byte[] bytes, Random random, String name) {
    EventLog log = new EventLog();
    ByteBuffer in = ByteBuffer.allocateDirect(bytes.length);
    in.put(0, bytes);
    int longest = 1 << random.nextInt(18);
    int at = 0;
    while (at < bytes.length && !assembler.closeReceived()) {
      int length = Math.min(1 + random.nextInt(longest), bytes.length - at);
      log.proceed = random.nextBoolean();
      int events = log.size() + log.chunks;
      try {
        int consumed = assembler.receive(in, at, length, log);
        assertTrue(consumed >= 0 && consumed <= length, name);
        if (log.size() + log.chunks == events) {
          assertEquals(length, consumed, name);
        }
        at += consumed;
      } catch (ProtocolViolation e) {
        log.add("violation " + e.closeCode());
        break;
      }
    }
    return log.all();
  }
}
