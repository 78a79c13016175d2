package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Listening sockets that share an address (SO_REUSEPORT). Linux spreads connections over them. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class ReusePortTest extends BackendFixture {

  ReusePortTest(Backend backend) {
    super(backend);
  }

  /** Notes which threads connections are opened on. */
  private static final class Opens implements WebSocketListener {
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void onOpen(WebSocket webSocket) {
      threads.add(Thread.currentThread());
      count.incrementAndGet();
    }
  }

  private WebSocketServer sharing(int port, int loops, WebSocketListener listener)
      throws IOException {
    return server(options().port(port).loops(loops).reusePort(true).build(), listener);
  }

  @Test
  void everyLoopAcceptsOnTheOnePort() throws Exception {
    OpenSockets before = OpenSockets.now();
    Opens opens = new Opens();
    WebSocketServer server = sharing(0, 3, opens);
    assertEquals(3, OpenSockets.now().without(before).backlogs().size());
    assertEquals(1, server.addresses().size());
    WebSocketClient client = client();
    for (int i = 0; i < 1000 && opens.threads.size() < 3; i++) {
      connect(client, server, new Closes());
      int connected = i + 1;
      until("the server has opened it, too", () -> opens.count.get() == connected);
    }
    assertEquals(Set.copyOf(threads), opens.threads);
    assertEquals(opens.count.get(), server.counters().connectionsAccepted());
    server.close();
    assertThreadsEnded();
    assertInstanceOf(ConnectException.class, failure(client.connect(uri(server), new Closes())));
  }

  @Test
  void withoutItOneLoopListensForAll() throws Exception {
    OpenSockets before = OpenSockets.now();
    server(options().loops(3).build(), new Echo());
    assertEquals(1, OpenSockets.now().without(before).backlogs().size());
  }

  @Test
  void twoServersShareAPort() throws Exception {
    Opens firstOpens = new Opens();
    Opens secondOpens = new Opens();
    WebSocketServer first = sharing(0, 1, firstOpens);
    WebSocketServer second = sharing(first.port(), 1, secondOpens);
    assertEquals(first.address(), second.address());
    WebSocketClient client = client();
    for (int i = 0;
        i < 1000 && (firstOpens.count.get() == 0 || secondOpens.count.get() == 0);
        i++) {
      connect(client, first, new Closes());
      int connected = i + 1;
      until(
          "a server has opened it, too",
          () -> firstOpens.count.get() + secondOpens.count.get() == connected);
    }
    assertTrue(firstOpens.count.get() > 0 && secondOpens.count.get() > 0);
    first.close();
    int before = secondOpens.count.get();
    for (int i = 1; i <= 20; i++) { // now the other one gets them all
      connect(client, second, new Closes());
      int connected = before + i;
      until("it has opened", () -> secondOpens.count.get() == connected);
    }
  }

  @Test
  void aServerThatDoesNotShareIsRefused() throws Exception {
    WebSocketServer sharing = sharing(0, 2, new Echo());
    assertInUse(options().port(sharing.port()));
    WebSocketServer alone = server(options().build(), new Echo());
    assertInUse(options().port(alone.port()).loops(2).reusePort(true));
  }

  private static void assertInUse(ServerOptions.Builder options) {
    IOException refusal =
        assertThrows(
            IOException.class, () -> WebSocketServer.start(options.build(), new Closes()).close());
    String message = refusal.getMessage();
    assertTrue(message.contains("Address already in use"), message);
    assertTrue(message.contains("127.0.0.1:" + options.build().address().getPort()), message);
  }

  @Test
  void limitsHoldForAllLoopsTogether() throws Exception {
    ServerOptions few = options().loops(3).reusePort(true).maxConnections(5).build();
    WebSocketServer server = server(few, new Echo());
    WebSocketClient client = client();
    for (int i = 0; i < 5; i++) {
      connect(client, server, new Closes());
    }
    for (int i = 0; i < 5; i++) {
      HandshakeException refusal =
          assertInstanceOf(
              HandshakeException.class, failure(client.connect(uri(server), new Closes())));
      assertEquals(503, refusal.status());
    }
    assertEquals(5, server.counters().connectionsRefused());
  }

  @Test
  void everyPlaceIsSharedButUnixSockets() throws Exception {
    Path folder = Files.createTempDirectory("volfram");
    Path path = folder.resolve("socket");
    OpenSockets before = OpenSockets.now();
    Opens opens = new Opens();
    WebSocketServer server =
        server(
            options()
                .loops(2)
                .reusePort(true)
                .alsoListen(new InetSocketAddress("127.0.0.1", 0))
                .alsoListen(UnixDomainSocketAddress.of(path))
                .build(),
            opens);
    assertEquals(3, server.addresses().size());
    assertEquals(2 + 2 + 1, OpenSockets.now().without(before).listeners());
    WebSocketClient unix = client(ClientOptions.builder().backend(backend).unixPath(path).build());
    connect(unix, server, new Closes());
    connect(unix, server, new Closes());
    until("both were opened", () -> opens.count.get() == 2);
    assertEquals(Set.copyOf(threads), opens.threads, "one loop hands them out in turn");
    server.close();
    Files.delete(folder); // which is empty now
  }
}
