package io.github.volfram.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.PemFiles;
import io.github.volfram.ServerOptions;
import io.github.volfram.TlsKeys;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import io.github.volfram.testing.AcceptKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS with OpenSSL at the other end; the WebSocket's bytes are made and read here. */
@Timeout(120)
class OpenSslTest {

  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final byte[] MASK = {1, 2, 3, 4};
  private static final int LENGTH = 20_000;

  @TempDir static Path directory;

  private static PemFiles pem;

  @BeforeAll
  static void makeKeys() throws Exception {
    Peers.openssl();
    pem = PemFiles.create(directory, "EC");
  }

  /** What is piped through openssl; its diagnostics are not of interest. */
  private static Process openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Peers.openssl().toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String head(Process from) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
      int next = from.getInputStream().read();
      assertTrue(next >= 0, "the end came after " + head.toString(US_ASCII));
      head.write(next);
    }
    return head.toString(US_ASCII);
  }

  private static byte[] payload() {
    byte[] payload = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      payload[i] = (byte) (i / 7);
    }
    return payload;
  }

  private static byte[] frame(byte[] payload, boolean masked) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 8);
    frame.put((byte) 0x82).put((byte) ((masked ? 0x80 : 0) | 126)).putShort((short) payload.length);
    if (masked) {
      frame.put(MASK);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (masked ? payload[i] ^ MASK[i & 3] : payload[i]));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static void write(Process to, byte[] bytes) throws IOException {
    to.getOutputStream().write(bytes);
    to.getOutputStream().flush();
  }

  @ParameterizedTest
  @CsvSource({
    "NATIVE, -tls1_3, -no_ticket",
    "NATIVE, -tls1_2, -no_ticket",
    "NATIVE, -tls1_2, -maxfraglen=512",
    "NIO, -tls1_3, -no_ticket",
    "NIO, -tls1_2, -no_ticket",
    "NIO, -tls1_2, -maxfraglen=512"
  })
  void sClientSpeaksWithOurServer(Backend backend, String protocol, String more) throws Exception {
    Peers.require(backend);
    try (WebSocketServer server =
        WebSocketServer.start(
            ServerOptions.builder()
                .backend(backend)
                .tls(TlsKeys.fromPem(pem.certificates(), pem.key()))
                .build(),
            new EchoListener())) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "s_client",
                  "-quiet",
                  "-verify_quiet",
                  "-connect",
                  "127.0.0.1:" + server.port(),
                  "-servername",
                  "localhost",
                  "-alpn",
                  "http/1.1",
                  "-CAfile",
                  pem.certificates().toString(),
                  "-verify_return_error",
                  protocol));
      arguments.addAll(List.of(more.split("=")));
      Process client = openssl(arguments.toArray(String[]::new));
      try {
        write(
            client,
            ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: "
                    + KEY
                    + "\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(US_ASCII));
        String answer = head(client);
        assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        byte[] expected = frame(payload(), false);
        for (int i = 0; i < 3; i++) {
          write(client, frame(payload(), true));
          assertArrayEquals(expected, client.getInputStream().readNBytes(expected.length));
        }
        write(client, new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xE8});
        assertArrayEquals(
            new byte[] {(byte) 0x88, 2, 3, (byte) 0xE8}, client.getInputStream().readAllBytes());
      } finally {
        client.destroyForcibly();
      }
    }
  }

  /** A port that was free just now. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @CsvSource({"NATIVE, -tls1_3", "NATIVE, -tls1_2", "NIO, -tls1_3", "NIO, -tls1_2"})
  void ourClientSpeaksWithSServer(Backend backend, String protocol) throws Exception {
    Peers.require(backend);
    RecordingListener recorder =
        new RecordingListener() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            super.onBinary(webSocket, payload);
            webSocket.offerBinary(payload);
          }
        };
    int port = freePort();
    Process server =
        openssl(
            "s_server",
            "-quiet",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            pem.certificates().toString(),
            "-key",
            pem.key().toString(),
            protocol);
    try (WebSocketClient client =
        WebSocketClient.create(
            ClientOptions.builder().backend(backend).sslContext(pem.clientContext()).build())) {
      URI uri = URI.create("wss://localhost:" + port + "/");
      var future = client.connect(uri, recorder);
      while (isRefused(future)) { // it does not listen yet
        assertTrue(server.isAlive(), "s_server has ended");
        future = client.connect(uri, recorder);
      }
      String request = head(server);
      write(
          server,
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + AcceptKey.ofHead(request)
                  + "\r\n\r\n")
              .getBytes(US_ASCII));
      write(server, frame(payload(), false));
      future.get(30, TimeUnit.SECONDS);
      recorder.log.expect(Event.open("", ""), Event.binary(payload()));
      byte[] echoed = server.getInputStream().readNBytes(8 + LENGTH);
      for (int i = 0; i < LENGTH; i++) {
        echoed[8 + i] ^= echoed[4 + (i & 3)];
      }
      assertEquals(ByteBuffer.wrap(payload()), ByteBuffer.wrap(echoed, 8, LENGTH));
      write(server, new byte[] {(byte) 0x88, 2, 3, (byte) 0xE8});
      assertEquals(0x88, server.getInputStream().read());
      server.destroy();
      recorder.log.expect(Event.close(1000, ""));
    } finally {
      server.destroyForcibly();
    }
  }

  /** Waits until it is refused, or there is a connection that now waits for the answer. */
  private static boolean isRefused(java.util.concurrent.CompletableFuture<WebSocket> future)
      throws InterruptedException {
    try {
      future.get(1, TimeUnit.SECONDS);
      return false;
    } catch (java.util.concurrent.TimeoutException waiting) {
      return false;
    } catch (ExecutionException refused) {
      return true;
    }
  }
}
