package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and clients on Unix domain sockets, on both backends. */
@Timeout(120)
final class UnixSocketTest extends BackendFixture {

  private static final URI URI_OF_IT = URI.create("ws://inside.example:7/chat");

  @TempDir Path directory;

  UnixSocketTest(Backend backend) {
    super(backend);
  }

  private Path path() {
    return directory.resolve("s");
  }

  private WebSocketServer start() throws IOException {
    return server(options().unixPath(path()).build(), new Echo());
  }

  private ClientOptions.Builder through() {
    return ClientOptions.builder().backend(backend).unixPath(path());
  }

  private static void assertEchoes(WebSocketClient client, URI uri) throws Exception {
    EchoChecker checker = new EchoChecker();
    WebSocket webSocket = client.connect(uri, checker).get(30, TimeUnit.SECONDS);
    checker.check(webSocket, 0, 200, 1_000_000);
    assertInstanceOf(UnixDomainSocketAddress.class, webSocket.remoteAddress());
    webSocket.close();
    until("closed", () -> client.connectionCount() == 0);
  }

  @Test
  void messagesGoBothWaysAndTheFileGoesWithTheServer() throws Exception {
    WebSocketServer server = start();
    assertEquals(UnixDomainSocketAddress.of(path()), server.socketAddress());
    assertThrows(IllegalStateException.class, server::port);
    assertEchoes(client(through().build()), URI_OF_IT);
    server.close();
    assertFalse(Files.exists(path()));
  }

  @Test
  void theHostIsThatOfTheUri() throws Exception {
    BlockingQueue<UpgradeRequest> requests = new LinkedBlockingQueue<>();
    open.add(
        WebSocketServer.start(
            options().unixPath(path()).build(),
            request -> {
              requests.add(request);
              return UpgradeResponse.accept(new Echo());
            }));
    assertEchoes(client(through().build()), URI_OF_IT);
    UpgradeRequest request = requests.take();
    assertEquals("inside.example:7", request.header("Host"));
    assertEquals("/chat", request.path());
  }

  @Test
  void tlsWorksToo() throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    server(options().unixPath(path()).tls(contexts.server()).build(), new Echo());
    assertEchoes(
        client(through().sslContext(contexts.client()).build()), URI.create("wss://localhost/"));
  }

  @Test
  void aLiveServersFileIsNotTaken() throws Exception {
    start();
    IOException busy = assertThrows(IOException.class, this::start);
    assertTrue(busy.getMessage().contains("in use"), busy.getMessage());
    assertTrue(busy.getMessage().contains(path().toString()), busy.getMessage());
    assertEchoes(client(through().build()), URI_OF_IT);
  }

  @Test
  void aDeadServersFileIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path()));
    }
    assertTrue(Files.exists(path()), "it is left behind");
    start();
    assertEchoes(client(through().build()), URI_OF_IT);
  }

  @Test
  void aFileThatIsNoSocketStays() throws Exception {
    Files.writeString(path(), "a letter");
    IOException refused = assertThrows(IOException.class, this::start);
    assertTrue(refused.getMessage().contains("no socket"), refused.getMessage());
    assertEquals("a letter", Files.readString(path()));
  }

  @Test
  void theFileOfASuccessorStays() throws Exception {
    WebSocketServer first = start();
    Files.delete(path());
    start();
    first.close();
    assertEchoes(client(through().build()), URI_OF_IT);
  }

  @Test
  void whereNobodyListensThePathIsNamed_K8() throws Exception {
    WebSocketClient client = client(through().build());
    Throwable failed = failure(client.connect(URI_OF_IT, new Echo()));
    assertInstanceOf(ConnectException.class, failed);
    assertTrue(failed.getMessage().contains(path().toString()), failed.getMessage());
    assertEquals(0, client.connectionCount());
  }

  @Test
  void theFileGoesWhenAThreadCannotBeStarted() throws Exception {
    ThreadFactory factory =
        task ->
            threads.isEmpty()
                ? noted(task)
                : new Thread(task) {
                  @Override
                  public void start() {
                    throw new OutOfMemoryError("unable to create native thread: a test");
                  }
                };
    ServerOptions options = options().unixPath(path()).loops(2).threadFactory(factory).build();
    assertThrows(OutOfMemoryError.class, () -> server(options, new Echo()));
    assertFalse(Files.exists(path()));
    assertThreadsEnded();
  }

  @Test
  void aPathThatIsTooLongIsRefused() {
    Path tooLong = directory.resolve("x".repeat(120));
    assertThrows(IOException.class, () -> server(options().unixPath(tooLong).build(), new Echo()));
  }
}
