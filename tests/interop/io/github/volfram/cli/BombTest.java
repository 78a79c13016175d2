package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages that would fill the heap of a server many times over (RFC 7692 §8). */
class BombTest {

  private static final int INFLATED_BYTES = 256 << 20;
  private static final int BOMBS = 4;

  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void aBombIsRefusedInAHeapThatCouldNotHoldIt_Z1(String backend) throws Exception {
    Backends.require(backend);
    byte[] bomb = bomb();
    try (CliProcess echo =
        CliProcess.startWith(
            List.of("-Xmx40m", "-XX:MaxDirectMemorySize=40m"),
            "echo",
            "--port=0",
            "--deflate",
            "--max-message-bytes=1m",
            "--backend=" + backend)) {
      String authority = echo.authority();
      int port = Integer.parseInt(authority.substring(authority.indexOf(':') + 1));
      for (int i = 0; i < BOMBS; i++) {
        assertRefused(port, bomb);
      }
      JdkPeer bystander = JdkPeer.connect("ws://" + authority + "/");
      bystander.send("Hello");
      assertEquals("Hello", bystander.text());
      echo.terminate();
      assertEquals(0, echo.exitCode());
      assertEquals(List.of(), echo.errors());
    }
  }

  private static void assertRefused(int port, byte[] bomb) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      assertTrue(head.toString().contains("permessage-deflate"), head::toString);
      ByteBuffer frame = ByteBuffer.allocate(14 + bomb.length); // masked with zeros
      frame.put((byte) 0xC2).put((byte) 0xFF).putLong(bomb.length).putInt(0).put(bomb);
      socket.getOutputStream().write(frame.array());
      assertEquals(0x88, in.readUnsignedByte());
      in.skipNBytes(1);
      assertEquals(1009, in.readUnsignedShort());
    }
  }

  /** Zeros without end, deflated as RFC 7692 §7.2.1 says. */
  private static byte[] bomb() {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    byte[] block = new byte[1 << 16];
    for (int i = 0; i < INFLATED_BYTES / zeros.length; i++) {
      deflater.setInput(zeros);
      int n;
      do {
        n = deflater.deflate(block, 0, block.length, Deflater.SYNC_FLUSH);
        out.write(block, 0, n);
      } while (n == block.length);
    }
    deflater.end();
    return Arrays.copyOf(out.toByteArray(), out.size() - 4);
  }
}
