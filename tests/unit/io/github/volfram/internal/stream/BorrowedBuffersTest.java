package io.github.volfram.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.junit.jupiter.api.Test;

class BorrowedBuffersTest {

  private final Pipe pipe = new Pipe();
  private final Port port = new Port(pipe);

  @Test
  void anInputWithoutBytesHoldsNoBuffer() throws IOException {
    ChannelInput input = new ChannelInput(port, 100);
    assertEquals(0, input.fill());
    assertEquals(0, input.buffer().capacity());
    pipe.readable = 40;
    assertEquals(40, input.fill());
    assertNotEquals(0, input.buffer().capacity());
    input.consumed(40);
    assertEquals(0, input.fill());
    assertEquals(0, input.buffer().capacity());
    pipe.readable = 1000;
    assertEquals(100, input.fill(), "no more than the read buffer, whatever was borrowed");
  }

  @Test
  void anOutputWithoutBytesHoldsNoBuffer() throws IOException {
    OutputQueue queue = new OutputQueue(port);
    assertTrue(queue.flush());
    put(queue, 10_000);
    assertFalse(queue.flush());
    assertNotEquals(0, queue.buffer().capacity());
    pipe.writable = Integer.MAX_VALUE;
    assertTrue(queue.flush());
    assertEquals(0, queue.buffer().capacity());
  }

  @Test
  void anOutputMovesItsBytesRatherThanGrowForEver() throws IOException {
    OutputQueue queue = new OutputQueue(port);
    put(queue, 3000);
    int largest = 0;
    for (int i = 0; i < 1000; i++) {
      put(queue, 1000);
      pipe.writable = 1000;
      queue.flush();
      largest = Math.max(largest, queue.buffer().capacity());
      assertEquals(3000, queue.pendingBytes());
    }
    assertTrue(largest <= 16 << 10, "a buffer of " + largest + " bytes for 4,000");
  }

  private void put(OutputQueue queue, int bytes) {
    int at = queue.reserve(bytes);
    for (int i = 0; i < bytes; i++) {
      queue.buffer().put(at + i, pipe.nextPut++);
    }
    queue.commit(bytes);
  }

  /** Gives and takes as many bytes as a test says, and checks the order of those it takes. */
  private static final class Pipe implements ByteChannel {

    int readable;
    int writable;
    byte nextPut;
    private byte nextTaken;

    @Override
    public int read(ByteBuffer into) {
      int count = Math.min(readable, into.remaining());
      into.position(into.position() + count);
      readable -= count;
      return count;
    }

    @Override
    public int write(ByteBuffer from) {
      int count = Math.min(writable, from.remaining());
      for (int i = 0; i < count; i++) {
        assertEquals(nextTaken++, from.get());
      }
      writable -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
