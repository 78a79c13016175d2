package io.github.volfram.internal.transport.nio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Tokens;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An echoed message costs the loop's thread no garbage but what the JDK's selector makes. */
@Timeout(60)
class NioGarbageTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int CONNECTIONS = 64;
  private static final int WARM_UP = 60_000;
  private static final int MESSAGES = 60_000;

  /**
   * The JDK's selector looks up each ready descriptor in a map by a boxed number: 16 bytes when the
   * descriptor is above 127, none below, none at all with {@code -XX:AutoBoxCacheMax=65536} (JDK 17
   * and 25). The smallest object of our own would come on top of that.
   */
  private static final double MOST_BYTES_PER_MESSAGE = 16.5;

  @Test
  void anEchoInPlaceMakesNoGarbage() throws Exception {
    assertTrue(measure(false) <= MOST_BYTES_PER_MESSAGE);
  }

  @Test
  void anAnswerOfSeveralRegionsMakesNoGarbage() throws Exception {
    assertTrue(measure(true) <= MOST_BYTES_PER_MESSAGE);
  }

  private static double measure(boolean severalRegions) throws Exception {
    List<SocketChannel> peers = new ArrayList<>();
    Thread load = new Thread(() -> pingPong(peers), "load");
    double perMessage;
    try (NioTransport transport = new NioTransport()) {
      EchoSink sink = new EchoSink(transport, severalRegions);
      SocketAddress address =
          transport.listen(
              Tokens.of(0, 1), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
      for (int i = 0; i < CONNECTIONS; i++) {
        peers.add(SocketChannel.open(address));
      }
      load.start();
      turnUntil(transport, sink, WARM_UP);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long from = sink.messages;
      turnUntil(transport, sink, WARM_UP + MESSAGES);
      perMessage =
          (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / (sink.messages - from);
      if (Boolean.getBoolean("volfram.test.verbose")) {
        System.err.printf("%.3f bytes per message, %d turns%n", perMessage, sink.turns);
      }
    }
    load.join();
    for (SocketChannel peer : peers) {
      peer.close();
    }
    return perMessage;
  }

  private static void turnUntil(NioTransport transport, EchoSink sink, long messages)
      throws IOException {
    while (sink.messages < messages) {
      transport.turn(1_000_000_000, sink);
      sink.turns++;
    }
  }

  /** Keeps one message under way on every connection until the other side closes. */
  private static void pingPong(List<SocketChannel> peers) {
    ByteBuffer message = ByteBuffer.allocateDirect(70);
    try {
      while (true) {
        for (SocketChannel peer : peers) {
          peer.write(message.clear());
        }
        for (SocketChannel peer : peers) {
          message.clear();
          while (message.hasRemaining()) {
            if (peer.read(message) < 0) {
              return;
            }
          }
        }
      }
    } catch (IOException closedByTheOtherSide) {
      // That is how the measurement ends.
    }
  }

  private static final class EchoSink implements CompletionSink {
    private final NioTransport transport;
    private final boolean severalRegions;
    private int slot = 1;
    private long turns;
    private long messages;

    EchoSink(NioTransport transport, boolean severalRegions) {
      this.transport = transport;
      this.severalRegions = severalRegions;
    }

    @Override
    public void received(long token, ByteBuffer arena, int index, int length) {
      messages++;
      if (severalRegions) {
        ByteBuffer sends = transport.sendArena();
        for (int i = 0; i < length - 1; i++) {
          sends.put(i, arena.get(index + i));
        }
        transport.submit(token, sends, 0, length - 1);
        transport.submit(token, arena, index + length - 1, 1);
      } else {
        transport.submit(token, arena, index, length);
      }
    }

    @Override
    public void accepted(long listenerToken, AcceptedSocket socket) {
      try {
        transport.adopt(Tokens.of(slot++, 1), socket, SocketSettings.DEFAULT);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void acceptFailed(long listenerToken, int errno) {
      throw new AssertionError(errno);
    }

    @Override
    public void connected(long token, int errno) {
      throw new AssertionError(errno);
    }

    @Override
    public void unsent(long token, ByteBuffer buffer, int index, int length) {
      throw new AssertionError(length);
    }

    @Override
    public void writable(long token) {
      throw new AssertionError(token);
    }

    @Override
    public void closed(long token, int errno) {
      throw new AssertionError(errno);
    }
  }
}
