package io.github.volfram.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.testing.Faults.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {

  private ServerSocket target;
  private FaultProxy proxy;
  private Socket client;
  private Socket server;

  @BeforeEach
  void open() throws IOException {
    target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    proxy = new FaultProxy(target.getLocalSocketAddress());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    target.close();
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private void connect() throws IOException {
    client = new Socket();
    client.connect(proxy.address());
    server = target.accept();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void withoutFaultsBothDirectionsAndTheirEndsPass() throws IOException {
    connect();
    client.getOutputStream().write(random(30_000));
    client.shutdownOutput();
    assertArrayEquals(random(30_000), server.getInputStream().readAllBytes());

    server.getOutputStream().write(random(20_000));
    server.close();
    assertArrayEquals(random(20_000), client.getInputStream().readAllBytes());
    assertEquals(1, proxy.accepted());
  }

  @Test
  void segmentsKeepBytesAndOrder() throws IOException {
    proxy.towardsTarget(Faults.NONE.inSegmentsOf(7));
    connect();
    client.getOutputStream().write(random(5000));
    client.shutdownOutput();

    assertArrayEquals(random(5000), server.getInputStream().readAllBytes());
  }

  @Test
  void delayedSegmentsArriveOneByOne() throws IOException {
    proxy.towardsTarget(Faults.NONE.inSegmentsOf(3).delayedBy(Duration.ofMillis(20)));
    connect();
    long start = System.nanoTime();
    client.getOutputStream().write(random(12));

    assertEquals(3, server.getInputStream().read(new byte[12]));
    assertEquals(9, server.getInputStream().readNBytes(9).length);
    assertTrue(System.nanoTime() - start >= 80_000_000);
  }

  @Test
  void throttlingTakesItsTime() throws IOException {
    proxy.towardsClient(Faults.NONE.inSegmentsOf(100).throttledTo(10_000));
    connect();
    long start = System.nanoTime();
    server.getOutputStream().write(random(1000));

    assertArrayEquals(random(1000), client.getInputStream().readNBytes(1000));
    assertTrue(System.nanoTime() - start >= 90_000_000);
  }

  @Test
  void aCutByFinLeavesTheOtherDirection() throws IOException {
    proxy.towardsTarget(Faults.NONE.endingAfter(10, Ending.FIN));
    connect();
    client.getOutputStream().write(random(25));
    assertEquals(10, server.getInputStream().readAllBytes().length);

    server.getOutputStream().write(random(30));
    assertArrayEquals(random(30), client.getInputStream().readNBytes(30));
  }

  @Test
  void aCutByRstResetsBothEnds() throws IOException {
    proxy.towardsTarget(Faults.NONE.endingAfter(10, Ending.RST));
    connect();
    client.getOutputStream().write(random(25));

    assertThrows(IOException.class, () -> readToEnd(server));
    assertThrows(IOException.class, () -> readToEnd(client));
  }

  private static void readToEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    while (in.read() >= 0) {
      // What came before the reset.
    }
  }

  @Test
  void aBlackHoleSwallowsBytesAndEnd() throws IOException {
    proxy.towardsTarget(Faults.NONE.endingAfter(4, Ending.BLACK_HOLE));
    connect();
    client.getOutputStream().write(random(2_000_000));
    client.shutdownOutput();
    assertEquals(4, server.getInputStream().readNBytes(4).length);

    server.setSoTimeout(100);
    assertThrows(SocketTimeoutException.class, () -> server.getInputStream().read());
    server.getOutputStream().write(1);
    assertEquals(1, client.getInputStream().read());
  }

  @Test
  void aStallFillsTheSendersBuffers() throws IOException {
    proxy.towardsTarget(Faults.NONE.endingAfter(4, Ending.STALL));
    try (SocketChannel sender = SocketChannel.open(proxy.address())) {
      server = target.accept();
      sender.configureBlocking(false);
      ByteBuffer bytes = ByteBuffer.allocateDirect(64 << 20);
      long lastProgress = System.nanoTime();
      while (bytes.hasRemaining() && System.nanoTime() - lastProgress < 300_000_000) {
        if (sender.write(bytes) > 0) {
          lastProgress = System.nanoTime();
        }
      }

      assertTrue(bytes.hasRemaining(), "64 MiB were taken");
      assertEquals(4, server.getInputStream().readNBytes(4).length);
    }
  }

  @Test
  void resettingAllResetsWhatIsThere() throws IOException {
    connect();
    client.getOutputStream().write(1);
    assertEquals(1, server.getInputStream().read());
    proxy.resetAll();

    assertThrows(IOException.class, () -> readToEnd(client));
    assertThrows(IOException.class, () -> readToEnd(server));
  }

  @Test
  void aMissingTargetResetsTheClient() throws IOException {
    target.close();
    client = new Socket();
    client.connect(proxy.address());

    assertThrows(IOException.class, () -> readToEnd(client));
  }
}
