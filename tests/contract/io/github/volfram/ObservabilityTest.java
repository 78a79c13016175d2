package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counters, connections and metrics, on both backends. */
@Timeout(120)
final class ObservabilityTest extends BackendFixture {

  private static final int CONNECTIONS = 6;
  private static final int MESSAGES = 50;

  ObservabilityTest(Backend backend) {
    super(backend);
  }

  private static final class Counting extends Closes {
    final AtomicInteger messages = new AtomicInteger();

    @Override
    public void onText(WebSocket webSocket, String text) {
      messages.incrementAndGet();
    }
  }

  private static List<ConnectionInfo> connections(WebSocketServer server) {
    return server.connections().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void whatAServerAndItsClientsCountAgrees() throws Exception {
    WebSocketServer server = server(options().loops(3).build(), new Echo());
    WebSocketClient client = client(ClientOptions.builder().backend(backend).loops(2).build());
    Counting heard = new Counting();
    List<WebSocket> open = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      open.add(connect(client, server, heard));
    }
    for (WebSocket webSocket : open) {
      for (int i = 0; i < MESSAGES; i++) {
        webSocket.sendText("message " + i);
      }
    }
    int all = CONNECTIONS * MESSAGES;
    until("echoed", () -> heard.messages.get() == all);

    Counters served = server.counters();
    assertEquals(CONNECTIONS, served.connectionsAccepted());
    assertEquals(CONNECTIONS, served.connectionsOpen());
    assertEquals(all, served.messagesReceived());
    assertEquals(all, served.messagesSent());
    assertEquals(0, served.messagesDropped());
    Counters asked = client.counters();
    assertEquals(CONNECTIONS, asked.connectionsAccepted());
    assertEquals(all, asked.messagesReceived());
    assertEquals(all, asked.messagesSent());
    assertEquals(asked.bytesSent(), served.bytesReceived());
    assertEquals(asked.bytesReceived(), served.bytesSent());

    open.get(0).close(1000, "");
    open.get(1).abort();
    until("closed", () -> server.counters().connectionsOpen() == CONNECTIONS - 2);
    assertEquals(1, server.counters().cleanCloses());
    assertEquals(1, server.counters().abnormalCloses());
    failure(client.connect(URI.create("ws://127.0.0.1:1/"), heard));
    assertEquals(1, client.counters().handshakesFailed());
    server.close();
    assertEquals(0, server.counters().connectionsOpen());
    assertEquals(CONNECTIONS - 1, server.counters().cleanCloses());
    assertEquals(all, server.counters().messagesSent());
  }

  @Test
  void theConnectionsOfAllLoopsAreListed() throws Exception {
    WebSocketServer server =
        server(options().loops(3).pingInterval(Duration.ofMillis(20)).build(), new Echo());
    WebSocketClient client = client();
    Counting heard = new Counting();
    List<WebSocket> open = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      open.add(connect(client, server, heard));
    }
    open.get(3).sendText("only here");
    until("echoed", () -> heard.messages.get() == 1);
    List<ConnectionInfo> listed = connections(server);
    assertEquals(
        open.stream().map(WebSocket::localAddress).collect(Collectors.toSet()),
        listed.stream().map(ConnectionInfo::remoteAddress).collect(Collectors.toSet()));
    ConnectionInfo busy =
        listed.stream().filter(info -> info.messagesReceived() == 1).findFirst().orElseThrow();
    assertEquals(open.get(3).localAddress(), busy.remoteAddress());
    assertEquals("open", busy.state());
    assertEquals(1, busy.messagesSent());
    assertInstanceOf(InetSocketAddress.class, busy.remoteAddress());
    assertEquals(1, listed.stream().mapToLong(ConnectionInfo::messagesReceived).sum());
    Counters counters = server.counters();
    assertTrue(
        listed.stream().mapToLong(ConnectionInfo::bytesReceived).sum() <= counters.bytesReceived());
    until("a pong", () -> connections(server).get(0).roundTripTime() != null);
    server.close();
    assertEquals(List.of(), connections(server));
  }

  @Test
  void aClientListsItsConnections() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    WebSocketClient client = client(ClientOptions.builder().backend(backend).loops(2).build());
    Counting heard = new Counting();
    List<WebSocket> open = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      open.add(connect(client, server, heard));
    }
    open.get(0).sendText("only here");
    until("echoed", () -> heard.messages.get() == 1);
    List<ConnectionInfo> listed = client.connections().get(30, TimeUnit.SECONDS);
    assertEquals(CONNECTIONS, listed.size());
    assertEquals(1, listed.stream().mapToLong(ConnectionInfo::messagesSent).sum());
    assertEquals(1, listed.stream().mapToLong(ConnectionInfo::messagesReceived).sum());
    for (ConnectionInfo info : listed) {
      assertEquals("open", info.state());
      assertEquals(server.address(), info.remoteAddress());
    }
    client.close();
    assertEquals(List.of(), client.connections().get(30, TimeUnit.SECONDS));
  }

  private static double counter(MeterRegistry registry, String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  @Test
  void micrometerReadsTheCounters() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    WebSocketClient client = client();
    MeterRegistry registry = new SimpleMeterRegistry();
    VolframMetrics.of(server, Tag.of("name", "echo")).bindTo(registry);
    VolframMetrics.of(client).bindTo(registry);
    Counting heard = new Counting();
    WebSocket webSocket = connect(client, server, heard);
    webSocket.sendText("hello");
    until("echoed", () -> heard.messages.get() == 1);
    assertEquals(
        1,
        registry
            .get("volfram.connections.open")
            .tags("role", "server", "name", "echo")
            .gauge()
            .value());
    assertEquals(
        1, registry.get("volfram.connections.open").tags("role", "client").gauge().value());
    assertEquals(1, counter(registry, "volfram.connections.accepted", "role", "server"));
    assertEquals(0, counter(registry, "volfram.connections.refused", "role", "server"));
    assertEquals(0, counter(registry, "volfram.handshakes.failed", "role", "server"));
    assertEquals(1, counter(registry, "volfram.messages", "role", "server", "direction", "in"));
    assertEquals(1, counter(registry, "volfram.messages", "role", "client", "direction", "out"));
    assertEquals(0, counter(registry, "volfram.messages.dropped", "role", "server"));
    assertEquals(
        server.counters().bytesSent(),
        counter(registry, "volfram.bytes", "role", "server", "direction", "out"));
    assertEquals(
        server.counters().bytesReceived(),
        counter(registry, "volfram.bytes", "role", "server", "direction", "in"));
    webSocket.close(1000, "");
    until("closed", () -> server.counters().connectionsOpen() == 0);
    assertEquals(1, counter(registry, "volfram.closes", "role", "server", "outcome", "clean"));
    assertEquals(0, counter(registry, "volfram.closes", "role", "server", "outcome", "abnormal"));
  }

  @Test
  void everythingElseWorksWithoutMicrometer() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("micrometer"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dvolfram.backend=" + (backend == Backend.NIO ? "nio" : "native"),
                "-cp",
                classPath,
                WithoutMicrometerMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("counted 1 message, and no metrics"), output);
  }
}
