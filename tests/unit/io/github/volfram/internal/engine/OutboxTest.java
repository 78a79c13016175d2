package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.SendCallback;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.transport.FakeNetwork;
import io.github.volfram.internal.transport.FakePeer;
import io.github.volfram.internal.transport.FakeTransport;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OutboxTest {

  private static final long TOKEN = Tokens.of(0, 1);

  private final PayloadPool pool = new PayloadPool(64 << 20);
  private final Outbox outbox = new Outbox(pool, JavaMasker.INSTANCE, 0);
  private final FakeNetwork network = new FakeNetwork();
  private final FakeTransport transport = network.open();

  private FakePeer connect() throws IOException {
    FakeNetwork.FakePeerListener listener = network.listen();
    transport.connect(TOKEN, listener.address(), SocketSettings.DEFAULT);
    return listener.accept();
  }

  /** Offers once, as a connection does when the socket is writable. */
  private boolean offer(long now) {
    int offered = outbox.beginOffer(transport, TOKEN);
    assertTrue(outbox.isOffering());
    transport.flush(
        new UnsentSink() {
          @Override
          public void unsent(long token, ByteBuffer buffer, int index, int length) {
            outbox.unsent(length);
          }
        });
    return outbox.endOffer(offered, now);
  }

  @Test
  void anyPartialAcceptanceKeepsTheBytesInOrderAndMasked() throws IOException {
    FakePeer peer = connect();
    transport.turn(0, new UnsentSink());
    Random random = new Random(3);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    for (int step = 0; step < 400; step++) {
      byte[] bytes = new byte[random.nextInt(random.nextInt(5) == 0 ? 200_000 : 500)];
      random.nextBytes(bytes);
      int key = random.nextBoolean() ? random.nextInt() : 0;
      int offset = random.nextInt(1000);
      ByteBuffer source = ByteBuffer.allocate(bytes.length + 7).put(7, bytes);
      outbox.append(source, 7, bytes.length, key, offset, step);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) (key >>> (24 - 8 * (offset + i & 3)));
      }
      expected.writeBytes(bytes);
      peer.takesPerWrite(1 + random.nextInt(random.nextBoolean() ? 10 : 300_000));
      offer(step);
      if (random.nextBoolean()) {
        arrived.writeBytes(peer.readAll());
      }
      assertFalse(outbox.isOffering());
    }
    peer.takesPerWrite(Integer.MAX_VALUE);
    while (outbox.size() > 0) {
      offer(0);
      arrived.writeBytes(peer.readAll());
    }
    arrived.writeBytes(peer.readAll());
    assertArrayEquals(expected.toByteArray(), arrived.toByteArray());
  }

  @Test
  void sizeCountsWhatTheKernelHasNotTaken() throws IOException {
    FakePeer peer = connect();
    transport.turn(0, new UnsentSink());
    peer.holdsAtMost(30);
    outbox.append(ByteBuffer.allocate(100), 0, 100, 0, 0, 5);
    assertEquals(100, outbox.size());
    assertEquals(5, outbox.progressNanos());
    assertFalse(offer(6));
    assertEquals(70, outbox.size());
    assertEquals(6, outbox.progressNanos());
    assertFalse(offer(7));
    assertEquals(70, outbox.size());
    assertEquals(6, outbox.progressNanos(), "nothing was taken");
    outbox.append(ByteBuffer.allocate(10), 0, 10, 0, 0, 8);
    assertEquals(6, outbox.progressNanos(), "more to send is no progress");
    peer.holdsAtMost(1000);
    assertTrue(offer(9));
    assertEquals(0, outbox.size());
  }

  @Test
  void memoryGoesBackToThePoolAsTheBytesLeaveAndAtTheEnd() throws IOException {
    FakePeer peer = connect();
    transport.turn(0, new UnsentSink());
    peer.holdsAtMost(100_000);
    outbox.append(ByteBuffer.allocate(300_000), 0, 300_000, 0, 0, 0);
    assertEquals(0, pool.retainedBytes());
    offer(0);
    assertEquals(65_536, pool.retainedBytes(), "the first chunk");
    outbox.owePong(new byte[1]);
    outbox.release();
    assertEquals(0, outbox.size());
    assertNull(outbox.takeOwedPong());
    assertTrue(pool.retainedBytes() >= 300_000, "" + pool.retainedBytes());
  }

  @Test
  void smallAppendsShareAChunk() {
    for (int i = 0; i < 1000; i++) {
      outbox.append(ByteBuffer.allocate(4), 0, 4, 0, 0, 0);
    }
    outbox.release();
    assertEquals(4096, pool.retainedBytes());
  }

  @Test
  void callbacksAreDueInOrderWhenTheirBytesAreGone() {
    SendCallback first = failure -> {};
    SendCallback second = failure -> {};
    outbox.await(10, first);
    outbox.await(20, second);
    assertNull(outbox.pollDone(9));
    assertSame(first, outbox.pollDone(15));
    assertNull(outbox.pollDone(19));
    assertTrue(outbox.hasPending());
    assertSame(second, outbox.pollDone(Long.MAX_VALUE));
    assertFalse(outbox.hasPending());
    assertNull(outbox.pollDone(Long.MAX_VALUE));
  }

  @Test
  void theLatestPingIsOwedAndTheMarkIsTakenOnce() {
    outbox.owePong(new byte[] {1});
    outbox.owePong(new byte[] {2});
    assertArrayEquals(new byte[] {2}, outbox.takeOwedPong());
    assertNull(outbox.takeOwedPong());
    assertFalse(outbox.takeFall(0, 10));
    outbox.noteAboveSoftMark();
    assertTrue(outbox.takeFall(0, 10));
    assertFalse(outbox.takeFall(0, 10));
  }
}
