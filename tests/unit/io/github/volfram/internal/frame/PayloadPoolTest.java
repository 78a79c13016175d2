package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PayloadPoolTest {

  private final PayloadPool pool = new PayloadPool(20 * 1024);

  @Test
  void capacitiesArePowersOfTwoFrom4KiB() {
    assertEquals(4096, pool.acquire(0, 0).capacity());
    assertEquals(4096, pool.acquire(4096, 0).capacity());
    assertEquals(8192, pool.acquire(4097, 0).capacity());
    assertTrue(pool.acquire(1, 1).isDirect());
  }

  @Test
  void aDeclaredLengthReservesNothing() {
    assertEquals(4096, pool.acquire(100, 1 << 30).capacity());
  }

  @Test
  void aBufferAtRestIsTakenUpToTheWish() {
    ByteBuffer big = pool.acquire(16 * 1024, 0);
    pool.release(big);
    assertEquals(16 * 1024, pool.retainedBytes());
    assertNotSame(big, pool.acquire(100, 8192));
    assertSame(big, pool.acquire(100, 9000));
    assertEquals(0, pool.retainedBytes());
  }

  @Test
  void neverMoreThanTheBoundIsRetained() {
    ByteBuffer a = pool.acquire(16 * 1024, 0);
    ByteBuffer b = pool.acquire(8 * 1024, 0);
    ByteBuffer c = pool.acquire(4 * 1024, 0);
    pool.release(a);
    pool.release(b);
    pool.release(c);
    assertEquals(20 * 1024, pool.retainedBytes());
    assertNotSame(b, pool.acquire(8 * 1024, 0));
  }

  @Test
  void growingKeepsTheFirstBytes() {
    ByteBuffer old = pool.acquire(1, 1);
    old.put(15, (byte) 42);
    ByteBuffer grown = pool.grow(old, 16, 5000, 0);
    assertEquals(8192, grown.capacity());
    assertEquals(42, grown.get(15));
    assertSame(old, pool.acquire(1, 1));
  }

  @Test
  void positionAndLimitAreSetAnew() {
    ByteBuffer buffer = pool.acquire(1, 1);
    pool.release(buffer.position(3).limit(5));
    assertEquals(4096, pool.acquire(1, 1).remaining());
  }

  @Test
  void badSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PayloadPool(-1));
    assertThrows(IllegalArgumentException.class, () -> pool.acquire((1 << 30) + 1, 0));
  }
}
