package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** However the bytes of a stream are cut into reads, the events are the same. */
class AnySplitTest {

  private static byte[] script(Role role) {
    return new Wire(role)
        .frame(0x81, "Hello")
        .frame(0x89, "ping")
        .frame(0x01, Wire.hex("CE"))
        .frame(0x8A, "")
        .frame(0x00, "")
        .frame(0x00, Wire.hex("BA E6"))
        .frame(0x80, Wire.hex("BC A2"))
        .frame(0x82, Wire.filled(126))
        .frame(0x02, Wire.filled(30))
        .frame(0x80, Wire.filled(30))
        .frame(0x81, "😀")
        .frame(0x88, Wire.hex("03E8 62 79 65"))
        .frame(0x81, "never seen")
        .bytes();
  }

  private static final List<String> EVENTS =
      new Receiver(Role.CLIENT).receiveSplit(script(Role.CLIENT));

  @Test
  void theScriptSaysWhatItShould() {
    assertEquals(8, EVENTS.size());
    assertEquals("text 48656c6c6f", EVENTS.get(0));
    assertEquals("text cebae6bca2", EVENTS.get(3));
    assertEquals("close 1000 'bye'", EVENTS.get(7));
  }

  @Test
  void everyCutGivesTheSameEvents() {
    for (Role role : Role.values()) {
      byte[] bytes = script(role);
      for (int cut = 0; cut <= bytes.length; cut++) {
        assertEquals(EVENTS, new Receiver(role).receiveSplit(bytes, cut), "cut at " + cut);
        assertEquals(
            EVENTS,
            new Receiver(role, Receiver.LIMITS, false).receiveSplit(bytes, cut),
            "chunks, cut at " + cut);
      }
    }
  }

  @Test
  void everyPairOfCutsGivesTheSameEvents() {
    for (Role role : Role.values()) {
      byte[] bytes = script(role);
      for (int first = 0; first <= bytes.length; first += 3) {
        for (int second = first; second <= bytes.length; second += 5) {
          assertEquals(EVENTS, Receiver.onHeap(role).receiveSplit(bytes, first, second));
        }
      }
    }
  }

  @Test
  void readsOfEqualSizeGiveTheSameEvents() {
    for (Role role : Role.values()) {
      byte[] bytes = script(role);
      for (int size = 1; size < 64; size++) {
        Receiver receiver = new Receiver(role);
        for (int at = 0; at < bytes.length; at += size) {
          receiver.receive(bytes, at, Math.min(at + size, bytes.length));
        }
        assertEquals(EVENTS, receiver.log.all(), "reads of " + size);
      }
    }
  }

  @Test
  void randomStreamsGiveTheSameEventsHoweverTheyAreCut() {
    long seed = System.nanoTime();
    System.out.println("AnySplitTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      byte[] bytes = randomStream(role, random);
      List<String> expected = new Receiver(role).receiveSplit(bytes);
      for (int cuts = 0; cuts < 10; cuts++) {
        int[] at = random.ints(1 + random.nextInt(8), 0, bytes.length + 1).sorted().toArray();
        boolean whole = random.nextBoolean();
        assertEquals(
            expected,
            new Receiver(role, Receiver.LIMITS, whole).receiveSplit(bytes, at),
            () -> "seed " + seed);
      }
    }
  }

  /** Mostly valid frames; now and then a byte that is not. */
  private static byte[] randomStream(Role role, Random random) {
    Wire wire = new Wire(role);
    boolean open = false;
    for (int i = 0; i < 12; i++) {
      int kind = random.nextInt(10);
      int[] sizes = {0, 1, 7, 40, 125, 126, 300, 5000, 70_000};
      if (kind < 2) {
        wire.frame(0x89 + random.nextInt(2), Wire.filled(random.nextInt(126)));
      } else {
        boolean fin = random.nextInt(3) > 0;
        boolean text = random.nextBoolean();
        int opcode = open ? 0 : text ? 1 : 2;
        int size = sizes[random.nextInt(sizes.length)];
        byte[] payload =
            text ? Wire.utf8("aü漢😀".repeat(size / 10) + "a".repeat(size % 10)) : Wire.filled(size);
        wire.frame((fin ? 0x80 : 0) | opcode, payload);
        open = !fin;
      }
    }
    byte[] bytes = wire.bytes();
    if (random.nextInt(3) == 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }
}
