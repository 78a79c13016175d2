package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message that is compressed, sent and inflated costs no garbage. */
class DeflateGarbageTest {

  private static final int WARM_UP = 30_000;
  private static final int MESSAGES = 20_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The smallest object of all takes 16 bytes. */
  private static final double MOST_BYTES_PER_MESSAGE = 1;

  private final PayloadPool buffers = new PayloadPool(1 << 20);
  private final ByteBuffer payload = ByteBuffer.allocateDirect(1000).put(0, InflateTest.text(1000));
  private final ByteBuffer arena = ByteBuffer.allocateDirect(1 << 12);
  private final CountingSink counter = new CountingSink();

  @ParameterizedTest
  @CsvSource({
    "false, true, 15",
    "true, true, 15",
    "false, false, 15",
    "true, false, 15",
    "false, true, 9"
  })
  void nothingIsAllocatedPerMessage(boolean takeover, boolean whole, int windowBits)
      throws Exception {
    DeflateParameters parameters =
        new DeflateParameters(!takeover, windowBits, !takeover, windowBits);
    try (DeflatePool pool = new DeflatePool(1, 2, 2)) {
      MessageDeflater deflater = new MessageDeflater(parameters, 0, pool, buffers);
      MessageAssembler assembler =
          new MessageAssembler(
              Role.SERVER, Receiver.LIMITS, JavaMasker.INSTANCE, buffers, whole, parameters, pool);
      run(deflater, assembler, WARM_UP);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      run(deflater, assembler, MESSAGES);
      double perMessage = (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / MESSAGES;
      assertEquals((WARM_UP + MESSAGES) * 1000L, counter.bytes);
      assertTrue(perMessage <= MOST_BYTES_PER_MESSAGE, perMessage + " bytes per message");
      deflater.release();
      assembler.release();
    }
  }

  private void run(MessageDeflater deflater, MessageAssembler assembler, int messages)
      throws ProtocolViolation {
    for (int i = 0; i < messages; i++) {
      assertTrue(deflater.begin(1000));
      ByteBuffer out = deflater.deflate(payload, 0, 1000, true);
      int length = out.remaining();
      int header =
          FrameEncoder.putMaskedHeader(arena, 0, true, FrameEncoder.RSV1, Opcode.TEXT, length, 0);
      arena.put(header, out, out.position(), length);
      buffers.release(out);
      assembler.receive(arena, 0, header + length, counter);
    }
  }
}
