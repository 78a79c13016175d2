package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags of the commands, one by one. */
class FlagsTest {

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere 127.0.0.2 is nobody's
  void echoListensOnTheHost() throws Exception {
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--host=127.0.0.2")) {
      String line = echo.readyLine();
      assertTrue(line.contains(" ws://127.0.0.2:"), line);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void echoPollsAsToldTo() throws Exception {
    Backends.require("native");
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--poller=epoll")) {
      String line = echo.readyLine();
      assertTrue(line.endsWith("(native backend: epoll)"), line);
    }
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--poller=kqueue")) {
      String line = echo.failure(1);
      assertTrue(line.contains("kqueue"), line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  @EnabledOnOs(OS.LINUX)
  void twoServersShareAPortWhereBothSaySo(String backend) throws Exception {
    Backends.require(backend);
    String choice = "--backend=" + backend;
    try (CliProcess first =
        CliProcess.start("echo", "--port=0", "--loops=2", "--reuse-port", choice)) {
      String authority = first.authority();
      String port = "--port=" + authority.substring(authority.indexOf(':') + 1);
      try (CliProcess second = CliProcess.start("demo", port, "--reuse-port", choice)) {
        assertEquals(authority, second.authority());
      }
      try (CliProcess alone = CliProcess.start("echo", port, choice)) {
        String line = alone.failure(1);
        assertTrue(line.contains("Address already in use"), line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void echoPollsTheDeviceOrSaysWhyNot(String backend) throws Exception {
    Backends.require(backend);
    try (CliProcess echo =
        CliProcess.start("echo", "--port=0", "--busy-poll=50", "--backend=" + backend)) {
      JdkPeer peer = JdkPeer.connect("ws://" + echo.authority() + "/");
      peer.send("Hello");
      assertEquals("Hello", peer.text());
      echo.terminate();
      assertEquals(0, echo.exitCode());
      assertEquals(
          backend.equals("nio"),
          echo.errors().stream().anyMatch(line -> line.contains("nio, which has no such option")));
    }
    try (CliProcess echo = CliProcess.start("echo", "--port=0", "--busy-poll=-1")) {
      assertTrue(echo.failure(2).contains("busyPoll"));
    }
  }

  @Test
  void echoAndConnectSpeakOverAUnixSocket(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("socket");
    try (CliProcess echo = CliProcess.start("echo", "--unix=" + path, "--backend=nio")) {
      String line = echo.readyLine();
      assertTrue(line.contains(path.toString()), line);
      try (CliProcess connect =
          CliProcess.start("connect", "--unix", path.toString(), "ws://anyone/")) {
        assertEquals("connected to ws://anyone/", connect.nextErrorLine());
        connect.type("Hello");
        assertEquals("Hello", connect.nextLine());
        connect.endInput();
        assertEquals(0, connect.exitCode());
      }
    }
  }

  @Test
  void connectSendsTheHeaderOfTheLongFlag() throws Exception {
    CompletableFuture<UpgradeRequest> seen = new CompletableFuture<>();
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(Backend.NIO).build(),
                request -> {
                  seen.complete(request);
                  return UpgradeResponse.accept(new EchoListener());
                });
        CliProcess connect =
            CliProcess.start(
                "connect", "--header=X-Token: a:b", "ws://127.0.0.1:" + server.port() + "/")) {
      assertEquals("a:b", seen.get(60, TimeUnit.SECONDS).header("X-Token"));
      connect.endInput();
      assertEquals(0, connect.exitCode());
    }
  }

  @Test
  void connectFollowsARedirectOnlyWhenToldTo() throws Exception {
    try (CliProcess echo = CliProcess.start("echo", "--port=0")) {
      String answer =
          "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ws://"
              + echo.authority()
              + "/\r\n\r\n";
      try (Answering redirecting = new Answering(answer);
          CliProcess connect = CliProcess.start("connect", redirecting.url())) {
        String line = connect.failure(1);
        assertTrue(line.contains("302"), line);
      }
      try (Answering redirecting = new Answering(answer);
          CliProcess connect =
              CliProcess.start("connect", "--max-redirects=1", redirecting.url())) {
        connect.type("Hello");
        assertEquals("Hello", connect.nextLine());
        connect.endInput();
        assertEquals(0, connect.exitCode());
      }
    }
  }

  @Test
  void connectAsksTheProxyWithItsPassword() throws Exception {
    String answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    try (Answering proxy = new Answering(answer);
        CliProcess connect =
            CliProcess.start(
                "connect",
                "--proxy=http://me:s%3Acret@127.0.0.1:" + proxy.port(),
                "ws://nowhere.invalid:9001/")) {
      String line = connect.failure(1);
      assertTrue(line.contains("403"), line);
      String head = proxy.head();
      assertTrue(head.startsWith("CONNECT nowhere.invalid:9001 HTTP/1.1\r\n"), head);
      String login =
          Base64.getEncoder().encodeToString("me:s:cret".getBytes(StandardCharsets.UTF_8));
      assertTrue(head.contains("\r\nProxy-Authorization: Basic " + login + "\r\n"), head);
    }
  }

  /** Answers one request with what it is told. */
  private static final class Answering implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> head = new CompletableFuture<>();

    Answering(String answer) throws IOException {
      Thread thread = new Thread(() -> answer(answer), "answering");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return listening.getLocalPort();
    }

    String url() {
      return "ws://127.0.0.1:" + port() + "/";
    }

    String head() throws Exception {
      return head.get(60, TimeUnit.SECONDS);
    }

    private void answer(String answer) {
      try (Socket socket = listening.accept()) {
        StringBuilder read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
          int next = socket.getInputStream().read();
          if (next < 0) {
            throw new IOException("the end came after " + read);
          }
          read.append((char) next);
        }
        head.complete(read.toString());
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        head.completeExceptionally(e);
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
