package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoCommandTest {

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void theReadyLineNamesAddressAndBackend(String backend) throws Exception {
    Backends.require(backend);
    try (CliProcess echo = CliProcess.start("echo", "--port", "0", "--backend", backend)) {
      String line = echo.readyLine();
      assertTrue(
          line.matches(
              "volfram echo listening on ws://127\\.0\\.0\\.1:[1-9][0-9]*/ \\("
                  + backend
                  + " backend: .+\\)"),
          line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void textAndBinaryComeBackUnchanged(String backend) throws Exception {
    Backends.require(backend);
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    try (CliProcess echo =
        CliProcess.start(
            "echo",
            "--port=0",
            "--backend=" + backend,
            "--loops=2",
            "--idle=backoff",
            "--cpu=0",
            "--max-message-bytes=64m")) {
      JdkPeer peer = JdkPeer.connect("ws://" + echo.authority() + "/any/path");
      for (String text : List.of("", "Hello", "Größe 𝄞 " + "x".repeat(100_000))) {
        peer.send(text);
        assertEquals(text, peer.text());
      }
      peer.send(bytes);
      assertArrayEquals(bytes, peer.binary());
      peer.send(new byte[0]);
      assertArrayEquals(new byte[0], peer.binary());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void theLongestMessageOfAutobahnComesBackWithoutAFlag(String backend) throws Exception {
    Backends.require(backend);
    byte[] bytes = new byte[16 << 20];
    new Random(2).nextBytes(bytes);
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--backend=" + backend)) {
      JdkPeer peer = JdkPeer.connect("ws://" + echo.authority() + "/");
      peer.send(bytes);
      assertArrayEquals(bytes, peer.binary());
    }
  }

  @Test
  void anyOriginMayUseIt() throws Exception {
    try (CliProcess echo = CliProcess.start("echo", "--port=0")) {
      JdkPeer peer =
          JdkPeer.connect("ws://" + echo.authority() + "/", "Origin", "https://example.org");
      peer.send("Hello");
      assertEquals("Hello", peer.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void aReaderThatStopsIsNotReadFromAndLosesNothing(String backend) throws Exception {
    Backends.require(backend);
    byte[] message = new byte[100_000];
    int count = 1_500; // more than the buffers of all sockets and the heap of the server hold
    try (CliProcess echo =
        CliProcess.startWith(
            List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m"),
            "echo",
            "--port=0",
            "--backend=" + backend)) {
      JdkPeer peer = JdkPeer.connectWithoutReading("ws://" + echo.authority() + "/");
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < count; i++) {
                  peer.send(numbered(message, i));
                }
              });
      assertThrows(TimeoutException.class, () -> sending.get(2, TimeUnit.SECONDS));
      peer.read();
      for (int i = 0; i < count; i++) {
        assertArrayEquals(numbered(message, i), peer.binary());
      }
      sending.get(60, TimeUnit.SECONDS);
    }
  }

  private static byte[] numbered(byte[] message, int number) {
    byte[] numbered = message.clone();
    numbered[0] = (byte) (number >> 8);
    numbered[message.length - 1] = (byte) number;
    return numbered;
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void sigtermClosesEveryConnectionAndEndsWithZero(String backend) throws Exception {
    Backends.require(backend);
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--backend=" + backend)) {
      String url = "ws://" + echo.authority() + "/";
      JdkPeer first = JdkPeer.connect(url);
      JdkPeer second = JdkPeer.connect(url);
      second.send("Hello");
      assertEquals("Hello", second.text());
      echo.terminate();
      first.assertClosedWith(1001);
      second.assertClosedWith(1001);
      int exitCode = echo.exitCode();
      assertEquals(List.of(), echo.errors());
      assertEquals(0, exitCode);
    }
  }
}
