package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Feeds an assembler as a loop would: from an arena whose position and limit mean nothing. */
final class Receiver {

  static final FrameLimits LIMITS = new FrameLimits(1 << 20, 1 << 20, 1000);

  /** One for all, as in a loop: nothing may be kept in it between two reads. */
  private static final ByteBuffer DIRECT_ARENA = ByteBuffer.allocateDirect(1 << 18).position(7);

  private static final ByteBuffer HEAP_ARENA = ByteBuffer.allocate(1 << 18).position(7);

  final EventLog log = new EventLog();
  final PayloadPool pool;
  final MessageAssembler assembler;
  private final ByteBuffer arena;
  @Nullable ProtocolViolation violation;

  Receiver(Role role) {
    this(role, LIMITS, true);
  }

  Receiver(Role role, FrameLimits limits, boolean wholeMessages) {
    this(new PayloadPool(1 << 24), role, limits, wholeMessages, true);
  }

  private Receiver(
      PayloadPool pool, Role role, FrameLimits limits, boolean wholeMessages, boolean direct) {
    this(
        pool, new MessageAssembler(role, limits, JavaMasker.INSTANCE, pool, wholeMessages), direct);
  }

  Receiver(PayloadPool pool, MessageAssembler assembler, boolean direct) {
    this.pool = pool;
    this.assembler = assembler;
    this.arena = direct ? DIRECT_ARENA : HEAP_ARENA;
  }

  static Receiver onHeap(Role role) {
    return new Receiver(new PayloadPool(1 << 24), role, LIMITS, true, false);
  }

  Receiver receive(byte[] bytes) {
    return receive(bytes, 0, bytes.length);
  }

  /** Gives one read to the assembler; a violation becomes an event. */
  Receiver receive(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && violation == null) {
      int index = 16 + at % 8;
      int length = Math.min(to - at, arena.capacity() - 64);
      arena.put(index, bytes, at, length);
      try {
        int consumed = assembler.receive(arena, index, length, log);
        if (!assembler.closeReceived() && log.proceed) {
          assertEquals(length, consumed, "bytes consumed");
        }
      } catch (ProtocolViolation e) {
        violation = e;
        log.add("violation " + e.closeCode());
      }
      assertEquals(7, arena.position());
      assertEquals(arena.capacity(), arena.limit());
      at += length;
    }
    return this;
  }

  /** Gives the bytes in reads that end at the given positions. */
  List<String> receiveSplit(byte[] bytes, int... cuts) {
    int from = 0;
    for (int cut : cuts) {
      receive(bytes, from, cut);
      from = cut;
    }
    receive(bytes, from, bytes.length);
    return log.all();
  }

  /** Gives all bytes in one read, and then gives up the connection. */
  List<String> receiveAndRelease(byte[] bytes) {
    receive(bytes);
    assembler.release();
    return log.all();
  }

  List<String> receiveByteByByte(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      receive(bytes, i, i + 1);
    }
    return log.all();
  }
}
