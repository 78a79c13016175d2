package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients behind a real proxy, tinyproxy, which wants a password. */
@Timeout(120)
final class TinyproxyTest extends BackendFixture {

  @TempDir Path directory;

  TinyproxyTest(Backend backend) {
    super(backend);
  }

  /** Starts a proxy and returns its port. */
  private int startProxy() throws IOException {
    Path program = Peers.tinyproxy();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path configuration = directory.resolve("tinyproxy.conf");
    Files.write(
        configuration,
        List.of(
            "Port " + port,
            "Listen 127.0.0.1",
            "Timeout 60",
            "MaxClients 20",
            "BasicAuth user secret"));
    Process process =
        new ProcessBuilder(program.toString(), "-d", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    open.add(() -> process.destroyForcibly().waitFor());
    until(
        "the proxy listens",
        () -> {
          assertTrue(process.isAlive(), "the proxy has ended");
          try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
          } catch (IOException notYet) {
            return false;
          }
        });
    return port;
  }

  private ClientOptions.Builder through(int port) {
    return ClientOptions.builder()
        .backend(backend)
        .proxy(InetSocketAddress.createUnresolved("localhost", port));
  }

  @Test
  void messagesGoThroughItInClearTextAndOverTls() throws Exception {
    int port = startProxy();
    TlsContexts contexts = TlsContexts.create(directory);
    WebSocketServer plain = server(options().build(), new Echo());
    WebSocketServer secure = server(options().tls(contexts.server()).build(), new Echo());
    ClientOptions options =
        through(port).proxyCredentials("user", "secret").sslContext(contexts.client()).build();
    WebSocketClient client = client(options);
    for (URI uri : List.of(uri(plain), URI.create("wss://localhost:" + secure.port() + "/"))) {
      EchoChecker checker = new EchoChecker();
      WebSocket webSocket = client.connect(uri, checker).get(30, TimeUnit.SECONDS);
      checker.check(webSocket, 0, 125, 65_536, 1_000_000);
      webSocket.close();
    }
    until("all are closed", () -> client.connectionCount() == 0);
  }

  @Test
  void itsRefusalsAreReported_K7() throws Exception {
    int port = startProxy();
    WebSocketServer server = server(options().build(), new Echo());
    Throwable unknown = failure(client(through(port).build()).connect(uri(server), new Echo()));
    assertEquals(407, assertInstanceOf(HandshakeException.class, unknown).status());
    int origin = server.port();
    server.close();
    WebSocketClient client = client(through(port).proxyCredentials("user", "secret").build());
    Throwable dead =
        failure(client.connect(URI.create("ws://127.0.0.1:" + origin + "/"), new Echo()));
    assertEquals(500, assertInstanceOf(HandshakeException.class, dead).status() / 100 * 100);
  }
}
