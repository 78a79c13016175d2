package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.transport.FakeNetwork;
import io.github.volfram.internal.transport.Transport;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a sender submits, on a transport that writes it down. */
final class SenderTest {

  private record Submission(long token, ByteBuffer buffer, int index, byte[] bytes) {}

  private final List<Submission> submissions = new ArrayList<>();
  private final ByteBuffer arena = ByteBuffer.allocateDirect(Transport.SEND_ARENA_BYTES);
  private int flushes;

  private final Transport transport =
      (Transport)
          Proxy.newProxyInstance(
              Transport.class.getClassLoader(),
              new Class<?>[] {Transport.class},
              (proxy, method, arguments) -> {
                switch (method.getName()) {
                  case "sendArena":
                    return arena;
                  case "submit":
                    submitted(
                        (Long) arguments[0],
                        (ByteBuffer) arguments[1],
                        (Integer) arguments[2],
                        (Integer) arguments[3]);
                    return null;
                  case "flush":
                    flushes++;
                    return null;
                  default:
                    throw new AssertionError(method);
                }
              });

  private final EventLoop loop =
      new EventLoop(
          new FakeNetwork().open(),
          JavaMasker.INSTANCE,
          new DeflatePool(6, 4, 16),
          Idle.ofInvoker(),
          System::nanoTime);
  private final Delivery delivery = new Delivery();
  private final Sender sender =
      new Sender(transport, new UnsentSink(), JavaMasker.INSTANCE, delivery, new PayloadPool(0));
  private final Connection one = connection(1);
  private final Connection two = connection(2);

  private Connection connection(long token) {
    Connection connection =
        new Connection(
            loop,
            new ConnectionSettings(Role.SERVER, ServerOptions.builder().build()),
            ConnectionState.OPEN);
    connection.token = token;
    return connection;
  }

  private void submitted(long token, ByteBuffer buffer, int index, int length) {
    byte[] bytes = new byte[length];
    buffer.get(index, bytes);
    submissions.add(new Submission(token, buffer, index, bytes));
  }

  @Test
  void framesOfOneConnectionMakeOneRun() {
    sender.frame(one, Opcode.BINARY, ByteBuffer.wrap(new byte[] {1}));
    sender.text(one, Opcode.TEXT, "ab", 2);
    sender.frame(two, Opcode.BINARY, ByteBuffer.wrap(new byte[] {2}));
    assertEquals(1, submissions.size(), "the second run is still open");
    sender.beginTurn();
    assertEquals(2, submissions.size());
    assertArrayEquals(
        new byte[] {(byte) 0x82, 1, 1, (byte) 0x81, 2, 'a', 'b'}, submissions.get(0).bytes());
    assertEquals(1, submissions.get(0).token());
    assertArrayEquals(new byte[] {(byte) 0x82, 1, 2}, submissions.get(1).bytes());
    assertEquals(2, submissions.get(1).token());
    assertEquals(0, flushes);
    sender.beginTurn();
    assertEquals(2, submissions.size());
  }

  @Test
  void aFullArenaIsFlushedAndUsedAgain() {
    byte[] payload = new byte[1000];
    int frames = Transport.SEND_ARENA_BYTES / 1004;
    for (int i = 0; i < frames; i++) {
      sender.frame(one, Opcode.BINARY, ByteBuffer.wrap(payload));
    }
    assertEquals(0, flushes);
    sender.frame(one, Opcode.BINARY, ByteBuffer.wrap(payload));
    assertEquals(1, flushes);
    assertEquals(frames * 1004, submissions.get(0).bytes().length);
    sender.beginTurn();
    assertEquals(0, submissions.get(1).index());
    assertEquals(1004, submissions.get(1).bytes().length);
  }

  @Test
  void aLongDirectPayloadIsSentFromWhereItLies() {
    ByteBuffer payload = ByteBuffer.allocateDirect(1 << 20);
    payload.position(5);
    sender.frame(one, Opcode.BINARY, payload);
    assertEquals(1, flushes, "the caller may reuse it");
    assertEquals(2, submissions.size());
    assertSame(payload, submissions.get(1).buffer());
    assertEquals(5, submissions.get(1).index());
    assertEquals((1 << 20) - 5, submissions.get(1).bytes().length);
    assertEquals(5, payload.position());
  }

  @Test
  void aLongHeapPayloadIsCopiedInPieces() {
    byte[] payload = new byte[1 << 20];
    new java.util.Random(1).nextBytes(payload);
    sender.frame(one, Opcode.BINARY, ByteBuffer.wrap(payload));
    sender.beginTurn();
    byte[] all = new byte[payload.length + 10];
    int at = 0;
    for (Submission submission : submissions) {
      assertSame(arena, submission.buffer());
      System.arraycopy(submission.bytes(), 0, all, at, submission.bytes().length);
      at += submission.bytes().length;
    }
    assertEquals(all.length, at);
    ByteBuffer expected = ByteBuffer.allocate(all.length);
    FrameEncoder.putHeader(expected, 0, true, 0, Opcode.BINARY, payload.length);
    assertArrayEquals(expected.put(10, payload).array(), all);
  }

  @Test
  void aLongReceivedPayloadIsSentFromWhereItLies() {
    ByteBuffer received = ByteBuffer.allocateDirect(10_000);
    ByteBuffer view = delivery.begin(received, 100, 3000, false, true);
    sender.frame(two, Opcode.BINARY, ByteBuffer.wrap(new byte[1]));
    sender.frame(one, Opcode.BINARY, view);
    assertTrue(delivery.end());
    assertEquals(2, submissions.size(), "and after what was sent before");
    assertSame(received, submissions.get(1).buffer());
    assertEquals(96, submissions.get(1).index());
    assertEquals(3004, submissions.get(1).bytes().length);
    assertEquals((byte) 0x82, received.get(96));
    assertEquals(0, flushes);
  }

  @Test
  void aShortReceivedPayloadIsCopied() {
    ByteBuffer received = ByteBuffer.allocateDirect(10_000);
    ByteBuffer view = delivery.begin(received, 100, 500, false, true);
    sender.frame(one, Opcode.BINARY, view);
    assertFalse(delivery.end());
    sender.beginTurn();
    assertSame(arena, submissions.get(0).buffer());
  }

  @Test
  void whatLeavesWithAResetIsDropped() {
    sender.frame(one, Opcode.BINARY, ByteBuffer.wrap(new byte[1]));
    sender.leave(one, true);
    sender.frame(two, Opcode.BINARY, ByteBuffer.wrap(new byte[1]));
    sender.leave(one, false);
    sender.leave(two, false);
    assertEquals(1, submissions.size());
    assertEquals(2, submissions.get(0).token());
    sender.beginTurn();
    assertEquals(1, submissions.size());
  }

  @Test
  void lengthsNearTheLimitOfIntAreNotTakenForShort() {
    assertFalse(Sender.fits(Integer.MAX_VALUE));
    assertTrue(Sender.fits(Transport.SEND_ARENA_BYTES / 4 - FrameEncoder.MAX_HEADER_BYTES));
    assertFalse(Sender.fits(Transport.SEND_ARENA_BYTES / 4 - FrameEncoder.MAX_HEADER_BYTES + 1));
  }
}
