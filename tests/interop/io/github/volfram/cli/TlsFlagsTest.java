package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.PemFiles;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The flags about TLS, compression and pings. */
class TlsFlagsTest {

  @TempDir static Path directory;

  private static PemFiles pem;

  @BeforeAll
  static void makeKeys() throws Exception {
    pem = PemFiles.create(directory, "EC");
  }

  private static String[] keys(String kind) {
    return kind.equals("pem")
        ? new String[] {"--tls-cert=" + pem.certificates(), "--tls-key=" + pem.key()}
        : new String[] {"--tls-keystore=" + pem.store(), "--tls-password=" + PemFiles.PASSWORD};
  }

  @ParameterizedTest
  @CsvSource({
    "echo, native, pem, wss, /",
    "echo, nio, pem, wss, /",
    "echo, native, keystore, wss, /",
    "echo, nio, keystore, wss, /",
    "demo, native, pem, https, /echo",
    "demo, nio, pem, https, /echo",
    "demo, native, keystore, https, /echo",
    "demo, nio, keystore, https, /echo"
  })
  void serversSpeakTlsAndConnectTrustsThemWhenToldTo(
      String command, String backend, String kind, String scheme, String path) throws Exception {
    Backends.require(backend);
    String[] keys = keys(kind);
    try (CliProcess server =
        CliProcess.start(command, "--port=0", "--backend=" + backend, keys[0], keys[1])) {
      String ready = server.readyLine();
      assertTrue(ready.contains(" " + scheme + "://127.0.0.1:"), ready);
      String url = "wss://" + ready.replaceAll(".*//([^/]+)/ .*", "$1") + path;
      try (CliProcess connect =
          CliProcess.start("connect", "--insecure", "--deflate", "--backend=" + backend, url)) {
        assertEquals("connected to " + url, connect.nextErrorLine());
        connect.type("Größe");
        assertEquals("Größe", connect.nextLine());
        connect.endInput();
        assertEquals(0, connect.exitCode());
      }
      try (CliProcess careful = CliProcess.start("connect", "--backend=" + backend, url)) {
        String line = careful.failure(1);
        assertTrue(line.contains("TLS failed"), line);
      }
    }
  }

  @Test
  void keysThatCannotBeUsedAreOneLine() throws Exception {
    String[] pemFlags = keys("pem");
    String[] storeFlags = keys("keystore");
    assertFails(2, "need each other", pemFlags[0]);
    assertFails(2, "need each other", pemFlags[1]);
    assertFails(2, "exclude each other", pemFlags[0], pemFlags[1], storeFlags[0]);
    assertFails(1, "password", storeFlags[0], "--tls-password=wrong");
    assertFails(1, "missing.pem", "--tls-cert=" + directory.resolve("missing.pem"), pemFlags[1]);
  }

  private static void assertFails(int exitCode, String why, String... flags) throws Exception {
    String[] arguments = new String[flags.length + 3];
    arguments[0] = "echo";
    arguments[1] = "--port=0";
    arguments[2] = "--backend=nio";
    System.arraycopy(flags, 0, arguments, 3, flags.length);
    try (CliProcess echo = CliProcess.start(arguments)) {
      String line = echo.failure(exitCode);
      assertTrue(line.contains(why), line);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void echoAgreesToCompressionWithDeflateOnly(boolean deflate) throws Exception {
    try (CliProcess echo =
        deflate
            ? CliProcess.start("echo", "--port=0", "--deflate")
            : CliProcess.start("echo", "--port=0")) {
      URI uri = URI.create("ws://" + echo.authority() + "/");
      try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
        socket.setSoTimeout(30_000);
        socket
            .getOutputStream()
            .write(
                ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        String answer = head(socket);
        assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        assertEquals(
            deflate, answer.contains("Sec-WebSocket-Extensions: permessage-deflate"), answer);
      }
    }
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("the end came after " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void connectOffersCompressionAndPingsASilentServerAsToldTo(String backend) throws Exception {
    Backends.require(backend);
    CompletableFuture<UpgradeRequest> asked = new CompletableFuture<>();
    CompletableFuture<Integer> pinged = new CompletableFuture<>();
    WebSocketListener silent =
        new WebSocketListener() {
          @Override
          public void onPing(WebSocket webSocket, ByteBuffer payload) {
            pinged.complete(payload.remaining());
          }
        };
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(Backend.NIO).build(),
                request -> {
                  asked.complete(request);
                  return UpgradeResponse.accept(silent);
                });
        CliProcess connect =
            CliProcess.start(
                "connect",
                "--deflate",
                "--ping-interval=1",
                "--backend=" + backend,
                "ws://127.0.0.1:" + server.port() + "/")) {
      assertEquals(
          "permessage-deflate; client_max_window_bits",
          asked.get(60, TimeUnit.SECONDS).header("Sec-WebSocket-Extensions"));
      assertEquals(8, pinged.get(60, TimeUnit.SECONDS));
      connect.endInput();
      assertEquals(0, connect.exitCode());
    }
  }
}
