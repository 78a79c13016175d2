package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --unix} of each command that has it. */
class UnixFlagTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"echo, native, /", "echo, nio, /", "demo, native, /echo", "demo, nio, /echo"})
  void connectReachesTheServerAndTheFileGoesWithIt(String command, String backend, String path)
      throws Exception {
    Backends.require(backend);
    Path socket = directory.resolve("s");
    try (CliProcess server =
        CliProcess.start(command, "--unix=" + socket, "--backend=" + backend)) {
      String ready = server.readyLine();
      assertTrue(ready.contains(" listening on " + socket + " ("), ready);
      try (CliProcess connect =
          CliProcess.start(
              "connect",
              "--unix=" + socket,
              "--backend=" + backend,
              "ws://inside.example" + path)) {
        assertEquals("connected to ws://inside.example" + path, connect.nextErrorLine());
        connect.type("Hello");
        assertEquals("Hello", connect.nextLine());
        connect.endInput();
        assertEquals(0, connect.exitCode());
      }
      server.terminate();
      assertEquals(0, server.exitCode());
      assertFalse(Files.exists(socket));
    }
  }

  @Test
  void thePageOfTheDemoIsServedThere() throws Exception {
    Path socket = directory.resolve("s");
    try (CliProcess demo = CliProcess.start("demo", "--unix=" + socket)) {
      demo.readyLine();
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.write(
            ByteBuffer.wrap(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        String answer =
            new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.contains(" backend"), answer);
      }
    }
  }

  @Test
  void whereNobodyListensIsOneLine() throws Exception {
    Path socket = directory.resolve("nobody");
    try (CliProcess connect =
        CliProcess.start("connect", "--unix=" + socket, "ws://inside.example/")) {
      String line = connect.failure(1);
      assertTrue(line.contains(socket.toString()), line);
    }
  }
}
