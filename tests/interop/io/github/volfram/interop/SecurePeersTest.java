package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.PemFiles;
import io.github.volfram.ReadOutcome;
import io.github.volfram.ServerOptions;
import io.github.volfram.StreamOptions;
import io.github.volfram.TlsKeys;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS and compression together: our client, server and stream with npm's ws and each other. */
@Timeout(120)
class SecurePeersTest {

  private static final DeflateOptions ALWAYS = DeflateOptions.DEFAULT.withThresholdBytes(0);
  private static final StreamOptions STREAM = StreamOptions.builder().deflate(ALWAYS).build();

  @TempDir static Path directory;

  private static PemFiles pem;

  @BeforeAll
  static void makeKeys() throws Exception {
    pem = PemFiles.create(directory, "EC");
  }

  private static List<byte[]> messages() {
    byte[] noise = new byte[100_000];
    new Random(4).nextBytes(noise);
    byte[] again = "again and again ".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    return List.of(new byte[0], new byte[1], noise, again, again);
  }

  /** The server of ws, in a process of its own. */
  private record NodeEcho(Process process, int port) implements AutoCloseable {
    static NodeEcho start() throws IOException {
      Process process =
          NodePeer.start(
              "secure.mjs", "server", pem.certificates().toString(), pem.key().toString());
      String line =
          new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      byte[] port = NodePeer.arguments(line).get(0);
      return new NodeEcho(process, Integer.parseInt(new String(port, StandardCharsets.US_ASCII)));
    }

    URI uri() {
      return URI.create("wss://localhost:" + port + "/");
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static WebSocketServer server(Backend backend) throws IOException {
    return WebSocketServer.start(
        ServerOptions.builder().backend(backend).deflate(ALWAYS).tls(pemContext()).build(),
        new EchoListener());
  }

  private static javax.net.ssl.SSLContext pemContext() throws IOException {
    return TlsKeys.fromPem(pem.certificates(), pem.key());
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void ourClientAndTheServerOfWs(Backend backend) throws Exception {
    Peers.require(backend);
    RecordingListener recorder = new RecordingListener();
    try (NodeEcho echo = NodeEcho.start();
        WebSocketClient client =
            WebSocketClient.create(
                ClientOptions.builder()
                    .backend(backend)
                    .deflate(ALWAYS)
                    .sslContext(pem.clientContext())
                    .build())) {
      WebSocket webSocket = client.connect(echo.uri(), recorder).get(30, TimeUnit.SECONDS);
      recorder.log.expect(Event.open("", ""));
      for (byte[] message : messages()) {
        assertTrue(webSocket.offerBinary(ByteBuffer.wrap(message)));
        recorder.log.expect(Event.binary(message));
      }
      webSocket.close();
      recorder.log.expect(Event.close(1000, ""));
    }
  }

  private static void assertEchoedToWs(int port) throws Exception {
    Process node =
        NodePeer.start(
            "secure.mjs", "client", "wss://localhost:" + port + "/", pem.certificates().toString());
    String line =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    node.destroyForcibly();
    assertEquals(
        "5 1000 permessage-deflate",
        new String(NodePeer.arguments(line).get(0), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void theClientOfWsAndOurServer(Backend backend) throws Exception {
    Peers.require(backend);
    Peers.node();
    try (WebSocketServer echo = server(backend)) {
      assertEchoedToWs(echo.port());
    }
  }

  @Test
  void ourStreamAndTheServerOfWs() throws Exception {
    try (NodeEcho echo = NodeEcho.start()) {
      assertEchoedToStream(echo.uri());
    }
  }

  private static void assertEchoedToStream(URI uri) throws Exception {
    try (WaitingStream client = WaitingStream.connect(uri, pem.clientContext(), STREAM)) {
      for (byte[] message : messages()) {
        client.send(ByteBuffer.wrap(message), false);
        assertEquals(ReadOutcome.BINARY, client.read());
        assertEquals(ByteBuffer.wrap(message), client.stream.payload());
      }
      client.stream.close();
      assertEquals(ReadOutcome.CLOSE, client.read());
      assertEquals(1000, client.stream.closeCode());
      assertEquals(ReadOutcome.CLOSED, client.read());
    }
  }

  @Test
  void theClientOfWsAndOurStream() throws Exception {
    Peers.node();
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread echo =
          new Thread(
              () -> {
                try (WaitingStream server =
                    WaitingStream.accept(listening.accept(), pemContext(), STREAM)) {
                  server.echo();
                } catch (IOException e) {
                  e.printStackTrace();
                }
              });
      echo.start();
      assertEchoedToWs(listening.socket().getLocalPort());
      echo.join(30_000);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void ourStreamAndOurServer(Backend backend) throws Exception {
    Peers.require(backend);
    try (WebSocketServer echo = server(backend)) {
      assertEchoedToStream(URI.create("wss://localhost:" + echo.port() + "/"));
    }
  }
}
