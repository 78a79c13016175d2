package io.github.volfram.internal.frame;

import io.github.volfram.internal.transport.Masker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Masks eight bytes at a time, for direct and heap buffers of any alignment. Stateless. */
public final class JavaMasker implements Masker {

  /** The only instance. */
  public static final JavaMasker INSTANCE = new JavaMasker();

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /** How much is unmasked before it is validated: it is in the first-level cache then. */
  private static final int TEXT_BLOCK_BYTES = 512;

  private JavaMasker() {}

  @Override
  public void mask(ByteBuffer buffer, int index, int length, int key, long offset) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (key != 0) {
      xor(buffer, index, index + length, turned(key, offset));
    }
  }

  @Override
  public int maskText(ByteBuffer buffer, int index, int length, int key, long offset, int state) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (key == 0) {
      return Utf8.next(state, buffer, index, length);
    }
    int turned = turned(key, offset);
    long pattern = pattern(turned);
    int end = index + length;
    int at = index;
    int now = state;
    while (at < end && now >= 0) {
      if (now == UTF8_COMPLETE) {
        at = xorAscii(buffer, at, end, pattern);
      }
      // Blocks are multiples of eight bytes, so the key need not be turned between them.
      int blockEnd = Math.min(end, at + TEXT_BLOCK_BYTES);
      xor(buffer, at, blockEnd, turned);
      now = Utf8.next(now, buffer, at, blockEnd - at);
      at = blockEnd;
    }
    return now;
  }

  /** The key as it applies to the byte at an offset. */
  private static int turned(int key, long offset) {
    return Integer.rotateLeft(key, ((int) offset & 3) << 3);
  }

  private static long pattern(int key) {
    long wire = (long) key << 32 | (key & 0xFFFF_FFFFL);
    return LITTLE ? Long.reverseBytes(wire) : wire;
  }

  private static void xor(ByteBuffer buffer, int index, int end, int key) {
    long pattern = pattern(key);
    int at = index;
    for (int stop = end - 4 * Long.BYTES; at <= stop; at += 4 * Long.BYTES) {
      long a = (long) LONG.get(buffer, at) ^ pattern;
      long b = (long) LONG.get(buffer, at + 8) ^ pattern;
      long c = (long) LONG.get(buffer, at + 16) ^ pattern;
      long d = (long) LONG.get(buffer, at + 24) ^ pattern;
      LONG.set(buffer, at, a);
      LONG.set(buffer, at + 8, b);
      LONG.set(buffer, at + 16, c);
      LONG.set(buffer, at + 24, d);
    }
    for (int stop = end - Long.BYTES; at <= stop; at += Long.BYTES) {
      LONG.set(buffer, at, (long) LONG.get(buffer, at) ^ pattern);
    }
    int tail = key;
    for (; at < end; at++) {
      tail = Integer.rotateLeft(tail, 8);
      buffer.put(at, (byte) (buffer.get(at) ^ tail));
    }
  }

  /** Unmasks as long as whole words come out as ASCII; returns where the first other one begins. */
  private static int xorAscii(ByteBuffer buffer, int index, int end, long pattern) {
    int at = index;
    for (int stop = end - 2 * Long.BYTES; at <= stop; at += 2 * Long.BYTES) {
      long a = (long) LONG.get(buffer, at) ^ pattern;
      long b = (long) LONG.get(buffer, at + 8) ^ pattern;
      if (((a | b) & HIGH_BITS) != 0) {
        break;
      }
      LONG.set(buffer, at, a);
      LONG.set(buffer, at + 8, b);
    }
    return at;
  }
}
