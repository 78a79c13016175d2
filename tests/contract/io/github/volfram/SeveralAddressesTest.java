package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that listen in several places, on both backends. */
@Timeout(120)
final class SeveralAddressesTest extends BackendFixture {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path directory;

  SeveralAddressesTest(Backend backend) {
    super(backend);
  }

  private static final class Client extends Closes {
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

    @Override
    public void onText(WebSocket webSocket, String text) {
      texts.add(text);
    }
  }

  /** Connects and is echoed; the connection stays. */
  private Client echoed(ClientOptions.Builder options, URI uri) throws Exception {
    Client client = new Client();
    WebSocket webSocket =
        client(options.backend(backend).build()).connect(uri, client).get(30, TimeUnit.SECONDS);
    assertTrue(webSocket.offerText("Hello"));
    assertEquals("Hello", client.texts.poll(30, TimeUnit.SECONDS));
    return client;
  }

  private static int port(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  @Test
  void wsAndWssAndAFileAreServedByOneServerAndEndWithIt() throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    UnixDomainSocketAddress file = UnixDomainSocketAddress.of(directory.resolve("s"));
    WebSocketServer server =
        server(
            options().loops(2).alsoListenTls(ANY_PORT, contexts::server).alsoListen(file).build(),
            new Echo());
    List<SocketAddress> addresses = server.addresses();
    assertEquals(3, addresses.size());
    assertEquals(server.address(), addresses.get(0));
    assertEquals(file, addresses.get(2));
    int securePort = port(addresses.get(1));

    List<Client> clients =
        List.of(
            echoed(ClientOptions.builder(), uri(server)),
            echoed(
                ClientOptions.builder().sslContext(contexts.client()),
                URI.create("wss://localhost:" + securePort + "/")),
            echoed(ClientOptions.builder().unixPath(file.getPath()), URI.create("ws://inside/")));
    assertEquals(3, server.connectionCount());
    Throwable plain =
        failure(client().connect(URI.create("ws://127.0.0.1:" + securePort + "/"), new Echo()));
    assertInstanceOf(IOException.class, plain);

    server.close();
    for (Client client : clients) {
      until("it is told", () -> client.closed.get() == 1);
      assertEquals(List.of(CloseCode.GOING_AWAY), List.copyOf(client.codes));
    }
    assertFalse(Files.exists(file.getPath()));
    for (int port : new int[] {port(addresses.get(0)), securePort}) {
      URI uri = URI.create("ws://127.0.0.1:" + port + "/");
      assertInstanceOf(ConnectException.class, failure(client().connect(uri, new Echo())));
    }
  }

  @Test
  void theFirstPlaceMayBeTheSecureOne() throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    WebSocketServer server =
        server(options().tls(contexts.server()).alsoListen(ANY_PORT).build(), new Echo());
    echoed(
        ClientOptions.builder().sslContext(contexts.client()),
        URI.create("wss://localhost:" + server.port() + "/"));
    echoed(
        ClientOptions.builder(),
        URI.create("ws://127.0.0.1:" + port(server.addresses().get(1)) + "/"));
  }

  @Test
  void whereOnePlaceIsTakenThereIsNoServer() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress busy = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
      int free = freePort();
      ServerOptions options =
          options()
              .port(free)
              .alsoListen(UnixDomainSocketAddress.of(path))
              .alsoListen(busy)
              .build();
      IOException refused = start(options);
      assertTrue(refused.getMessage().contains(":" + busy.getPort()), refused.getMessage());
      assertFalse(Files.exists(path));
      WebSocketServer second = server(options().port(free).unixPath(path).build(), new Echo());
      assertEquals(List.of(UnixDomainSocketAddress.of(path)), second.addresses());
      assertEquals(free, server(options().port(free).build(), new Echo()).port());
    }
  }

  @Test
  void onePlaceTwiceIsAMistakeThatLeavesNothingBehind() {
    Path path = directory.resolve("s");
    IOException refused =
        start(options().unixPath(path).alsoListen(UnixDomainSocketAddress.of(path)).build());
    assertTrue(refused.getMessage().contains(path.toString()), refused.getMessage());
    assertFalse(Files.exists(path));
  }

  private static IOException start(ServerOptions options) {
    return assertThrows(IOException.class, () -> WebSocketServer.start(options, new Echo()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theOriginIsJudgedByThePlace() throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    WebSocketServer server =
        server(options().alsoListenTls(ANY_PORT, contexts::server).build(), new Echo());
    int port = port(server.addresses().get(1));
    URI secure = URI.create("wss://localhost:" + port + "/");
    ClientOptions.Builder trusting = ClientOptions.builder().sslContext(contexts.client());
    echoed(trusting.header("Origin", "https://localhost:" + port), secure);
    @Nullable Throwable refused =
        failure(
            client(
                    ClientOptions.builder()
                        .backend(backend)
                        .sslContext(contexts.client())
                        .header("Origin", "http://localhost:" + port)
                        .build())
                .connect(secure, new Echo()));
    assertEquals(403, assertInstanceOf(HandshakeException.class, refused).status());
  }
}
