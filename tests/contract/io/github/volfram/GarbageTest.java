package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.volfram.interop.Peers;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a loop allocates for messages that it echoes, once everything is warm. */
@Timeout(120)
final class GarbageTest {

  private static final int MESSAGES = 100_000;
  private static final int PAYLOAD = 64;

  /**
   * What the JVM's own background may book on the thread; below a thousandth of a byte per message.
   */
  private static final int NATIVE_SLACK_BYTES = 100;

  /** What {@code java.nio} allocates for a selection, at most, spread over its batch. */
  private static final double NIO_BYTES_PER_MESSAGE = 8;

  @ParameterizedTest
  @CsvSource({
    "NATIVE, 0x81, 100",
    "NATIVE, 0x82, 100",
    "NATIVE, 0x82, 1",
    "NIO, 0x81, 100",
    "NIO, 0x82, 100",
    "NIO, 0x82, 1"
  })
  void anEchoedMessageCostsNoGarbage(Backend backend, String firstByte, int depth)
      throws Exception {
    Peers.require(backend);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    AtomicReference<Thread> loop = new AtomicReference<>();
    ServerOptions options =
        ServerOptions.builder()
            .backend(backend)
            .threadFactory(
                task -> {
                  Thread thread = new Thread(task, "loop");
                  loop.set(thread);
                  return thread;
                })
            .build();
    try (WebSocketServer server = WebSocketServer.start(options, new BackendFixture.Echo());
        Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(60_000);
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      shakeHands(out, in);
      byte[] batch = batch(Integer.decode(firstByte), depth);
      byte[] echoed = new byte[depth * (2 + PAYLOAD)];
      int messages = depth == 1 ? MESSAGES / 4 : MESSAGES; // each is a turn of the loop
      long least = Long.MAX_VALUE;
      // Warm-up and the compiler's own passes may book something: the best of a few runs counts.
      for (int run = 0; run < 6 && (run < 2 || least > 0); run++) {
        long before = threads.getThreadAllocatedBytes(loop.get().getId());
        for (int i = 0; i < messages / depth; i++) {
          out.write(batch);
          in.readFully(echoed);
        }
        least = Math.min(least, threads.getThreadAllocatedBytes(loop.get().getId()) - before);
      }
      assertEquals('a', echoed[2]);
      System.out.printf(
          "%s %s depth %d: %.3f bytes of garbage per message%n",
          backend, firstByte, depth, (double) least / messages);
      if (backend == Backend.NATIVE) {
        assertTrue(least < NATIVE_SLACK_BYTES, least + " bytes for " + messages + " messages");
      } else {
        assertTrue(least < NIO_BYTES_PER_MESSAGE * messages, least + " bytes");
      }
    }
  }

  private static void shakeHands(OutputStream out, DataInputStream in) throws Exception {
    out.write(
        ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head.toString());
  }

  private static byte[] batch(int firstByte, int depth) {
    byte[] payload = new byte[PAYLOAD];
    Arrays.fill(payload, (byte) 'a');
    ByteBuffer frames = ByteBuffer.allocate(depth * (6 + PAYLOAD));
    for (int i = 0; i < depth; i++) {
      frames.put((byte) firstByte).put((byte) (0x80 | PAYLOAD)).putInt(0x01020304);
      for (int at = 0; at < PAYLOAD; at++) {
        frames.put((byte) (payload[at] ^ 1 + (at & 3)));
      }
    }
    return frames.array();
  }
}
