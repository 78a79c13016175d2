package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is delivered, from which memory, and when the assembler stops. */
class MessageAssemblerTest {

  private static final int MAX = 1 << 20;

  private final PayloadPool pool = new PayloadPool(1 << 22);

  private MessageAssembler assembler(boolean wholeMessages) {
    return new MessageAssembler(
        Role.CLIENT, Receiver.LIMITS, JavaMasker.INSTANCE, pool, wholeMessages);
  }

  /** Remembers the buffers that came. */
  private static class Views implements MessageSink {
    final List<ByteBuffer> buffers = new ArrayList<>();
    final List<Integer> indexes = new ArrayList<>();

    @Override
    public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
      buffers.add(buffer);
      indexes.add(index);
      return true;
    }

    @Override
    public boolean ping(ByteBuffer buffer, int index, int length) {
      return message(Opcode.PING, buffer, index, length, true);
    }

    @Override
    public boolean pong(ByteBuffer buffer, int index, int length) {
      return message(Opcode.PONG, buffer, index, length, true);
    }

    @Override
    public boolean close(int code, String reason) {
      return true;
    }
  }

  @Test
  void aCompleteMessageIsAViewOfTheInput() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("82 02 01 02 89 01 03"));
    Views views = new Views();
    assembler(true).receive(in, 0, 7, views);
    assertSame(in, views.buffers.get(0));
    assertEquals(List.of(2, 6), views.indexes);
    assertSame(in, views.buffers.get(1));
    assertEquals(0, pool.retainedBytes());
  }

  @Test
  void aMessageInPartsComesFromThePoolWithHeadroomAndGoesBack() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("82 02 01 02"));
    Views views = new Views();
    MessageAssembler assembler = assembler(true);
    assembler.receive(in, 0, 3, views);
    assembler.receive(in, 3, 1, views);
    assertNotSame(in, views.buffers.get(0));
    assertTrue(views.buffers.get(0).isDirect());
    assertEquals(List.of(MessageAssembler.HEADROOM_BYTES), views.indexes);
    assertEquals(4096, pool.retainedBytes());
    assertSame(views.buffers.get(0), pool.acquire(1, 1));
  }

  @Test
  void announcedBytesReserveNothing() throws Exception {
    byte[] header = new Wire(Role.CLIENT).header(0x82, MAX).raw("00").bytes();
    MessageAssembler assembler = assembler(true);
    assembler.receive(ByteBuffer.wrap(header), 0, header.length, new EventLog());
    assembler.release();
    assertEquals(4096, pool.retainedBytes());
  }

  @Test
  void aRetainedBufferThatFitsTheAnnouncementIsTaken() throws Exception {
    ByteBuffer big = pool.acquire(2 * MAX, 0);
    pool.release(big);
    byte[] bytes = new Wire(Role.CLIENT).frame(0x82, Wire.filled(MAX)).bytes();
    Views views = new Views();
    MessageAssembler assembler = assembler(true);
    assembler.receive(ByteBuffer.wrap(bytes), 0, 20, views);
    assembler.receive(ByteBuffer.wrap(bytes), 20, bytes.length - 20, views);
    assertSame(big, views.buffers.get(0));
  }

  @Test
  void aControlFrameInPartsHoldsMemoryOnlyMeanwhile() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("89 03 01 02 03"));
    EventLog log = new EventLog();
    MessageAssembler assembler = assembler(true);
    for (int i = 0; i < 5; i++) {
      assembler.receive(in, i, 1, log);
    }
    log.expect("ping 010203").assertExhausted();
    assertEquals(4096, pool.retainedBytes());
  }

  @Test
  void afterAFalseSinkTheRestIsTakenLater() throws Exception {
    for (boolean whole : new boolean[] {true, false}) {
      ByteBuffer in = ByteBuffer.wrap(Wire.hex("81 01 61 89 01 62 8A 00 81 01 63"));
      EventLog log = new EventLog();
      log.proceed = false;
      MessageAssembler assembler = assembler(whole);
      assertEquals(3, assembler.receive(in, 0, 11, log));
      log.expect("text 61").assertExhausted();
      assertEquals(3, assembler.receive(in, 3, 8, log));
      log.expect("ping 62").assertExhausted();
      assertEquals(2, assembler.receive(in, 6, 5, log));
      log.expect("pong ").assertExhausted();
      assertEquals(3, assembler.receive(in, 8, 3, log));
      log.expect("text 63").assertExhausted();
    }
  }

  @Test
  void chunksAreDeliveredAsTheyArrive() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("01 02 61 C3 89 00 80 02 BC 62"));
    EventLog log = new EventLog();
    MessageAssembler assembler = assembler(false);
    assembler.receive(in, 0, 3, log);
    assertEquals("a", new String(log.openBytes(), java.nio.charset.StandardCharsets.UTF_8));
    assembler.receive(in, 3, 1, log);
    assertEquals(2, log.chunks); // the second ends inside a character
    assembler.receive(in, 4, 4, log);
    log.expect("ping ").assertExhausted();
    assembler.receive(in, 8, 2, log);
    log.expect("text 61c3bc62").assertExhausted();
    assertEquals(3, log.chunks);
    assertEquals(0, pool.retainedBytes());
  }

  @Test
  void theLastChunkMayBeEmptyAndEmptyOnesBeforeAreLeftOut() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("02 00 00 01 61 00 00 80 00"));
    EventLog log = new EventLog();
    assembler(false).receive(in, 0, 9, log);
    log.expect("binary 61").assertExhausted();
    assertEquals(2, log.chunks);
  }

  @Test
  void chunksMayMakeAMessageOfAnyLengthWhereNoLimitIsSet() throws Exception {
    FrameLimits limits = new FrameLimits(Long.MAX_VALUE, Integer.MAX_VALUE, 0);
    MessageAssembler assembler =
        new MessageAssembler(Role.CLIENT, limits, JavaMasker.INSTANCE, pool, false);
    EventLog log = new EventLog();
    byte[] bytes = new Wire(Role.CLIENT).frame(0x02, "a").header(0x80, 1L << 40).raw("62").bytes();
    assertEquals(bytes.length, assembler.receive(ByteBuffer.wrap(bytes), 0, bytes.length, log));
    assertEquals(2, log.chunks);
  }

  @Test
  void afterACloseFrameTheRestIsLeft_5_5_1() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("88 02 03 E8 89 00 FF FF FF"));
    EventLog log = new EventLog();
    MessageAssembler assembler = assembler(true);
    assertFalse(assembler.closeReceived());
    assertEquals(4, assembler.receive(in, 0, 9, log));
    assertTrue(assembler.closeReceived());
    assertEquals(5, assembler.receive(in, 4, 5, log));
    log.expect("close 1000 ''").assertExhausted();
  }

  @Test
  void aCloseFrameFreesTheOpenMessage() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("02 01 61 88 00"));
    EventLog log = new EventLog();
    assembler(true).receive(in, 0, 5, log);
    log.expect("close 1005 ''").assertExhausted();
    assertEquals(4096, pool.retainedBytes());
  }

  @Test
  void aViolationFreesMemoryAndEndsTheAssembler() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("02 01 61 83 00"));
    EventLog log = new EventLog();
    MessageAssembler assembler = assembler(true);
    assertThrows(ProtocolViolation.class, () -> assembler.receive(in, 0, 5, log));
    assertEquals(4096, pool.retainedBytes());
    assertThrows(IllegalStateException.class, () -> assembler.receive(in, 0, 1, log));
    assembler.release();
    assertEquals(4096, pool.retainedBytes());
  }

  @Test
  void whatTheSinkThrowsFreesMemoryToo() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("02 01 61 80 01 62"));
    MessageAssembler assembler = assembler(true);
    Views throwing =
        new Views() {
          @Override
          public boolean message(int opcode, ByteBuffer b, int index, int length, boolean last) {
            throw new ArithmeticException("sink");
          }
        };
    assertThrows(ArithmeticException.class, () -> assembler.receive(in, 0, 6, throwing));
    assertEquals(4096, pool.retainedBytes());
    assertThrows(IllegalStateException.class, () -> assembler.receive(in, 0, 1, throwing));
  }

  @Test
  void releaseIsIdempotentAndFinal() throws Exception {
    MessageAssembler assembler = assembler(true);
    assembler.receive(ByteBuffer.wrap(Wire.hex("02 01 61 89 01")), 0, 5, new EventLog());
    assembler.receive(ByteBuffer.wrap(Wire.hex("62 89 02 63")), 0, 4, new EventLog());
    assembler.release();
    assembler.release();
    assertEquals(2 * 4096, pool.retainedBytes());
    assertThrows(
        IllegalStateException.class,
        () -> assembler.receive(ByteBuffer.allocate(1), 0, 1, new EventLog()));
  }

  @Test
  void releaseFromWithinTheSinkStopsDelivery() throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Wire.hex("02 01 61 80 01 62 89 00"));
    MessageAssembler assembler = assembler(true);
    int[] events = new int[1];
    Views releasing =
        new Views() {
          @Override
          public boolean message(int opcode, ByteBuffer b, int index, int length, boolean last) {
            events[0]++;
            assembler.release();
            assertNotSame(b, pool.acquire(1, 1)); // still ours until we return
            return true;
          }
        };
    assertEquals(6, assembler.receive(in, 0, 8, releasing));
    assertEquals(1, events[0]);
    assertEquals(4096, pool.retainedBytes());
  }
}
