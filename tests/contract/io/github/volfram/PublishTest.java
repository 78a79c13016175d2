package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics over sockets, on both backends. */
@Timeout(120)
final class PublishTest extends BackendFixture {

  PublishTest(Backend backend) {
    super(backend);
  }

  private static final class Subscribing implements WebSocketListener {
    final AtomicInteger opened = new AtomicInteger();

    @Override
    public void onOpen(WebSocket webSocket) {
      webSocket.subscribe("news");
      opened.incrementAndGet();
    }
  }

  /** Collects the texts of one connection. */
  private static final class Reader implements WebSocketListener {
    final Queue<String> texts = new ConcurrentLinkedQueue<>();

    @Override
    public void onText(WebSocket webSocket, String text) {
      texts.add(text);
    }
  }

  @Test
  void aThousandSubscribersOnThreeLoopsGetEveryMessageInOrder() throws Exception {
    Subscribing atServer = new Subscribing();
    WebSocketServer server = server(options().loops(3).build(), atServer);
    WebSocketClient client = client();
    List<Reader> readers = new ArrayList<>();
    List<CompletableFuture<WebSocket>> connecting = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Reader reader = new Reader();
      readers.add(reader);
      connecting.add(client.connect(uri(server), reader));
      if (i % 100 == 99) { // not more at a time than the backlog takes
        for (CompletableFuture<WebSocket> one : connecting) {
          one.get(60, TimeUnit.SECONDS);
        }
        connecting.clear();
      }
    }
    until("all are subscribed", () -> atServer.opened.get() == 1000);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String text = i + "x".repeat(i * 97);
      expected.add(text);
      assertTrue(server.publishText("news", text));
    }
    assertTrue(server.broadcastText("the end", any -> true));
    expected.add("the end");
    for (Reader reader : readers) {
      until("the last has arrived", () -> reader.texts.size() == expected.size());
      assertEquals(expected, List.copyOf(reader.texts));
    }
  }

  /** Bytes of direct buffers and, after a collection, of the heap. */
  private static long memory() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return direct + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void subscribersThatReadNothingShareWhatWaitsForThem() throws Exception {
    int subscribers = 12;
    int messages = 24;
    int bytes = 1 << 20;
    Subscribing atServer = new Subscribing();
    WebSocketServer server = server(options().outboundHardCapBytes(1L << 30).build(), atServer);
    WebSocketClient client = client();
    Closes deaf =
        new Closes() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.pauseReading();
          }
        };
    List<WebSocket> connections = new ArrayList<>();
    for (int i = 0; i < subscribers; i++) {
      connections.add(connect(client, server, deaf));
    }
    until("all are subscribed", () -> atServer.opened.get() == subscribers);
    long before = memory();
    for (int i = 0; i < messages; i++) {
      assertTrue(server.publishBinary("news", ByteBuffer.allocate(bytes)));
    }
    // The loop answers in the order of what it was asked.
    List<ConnectionInfo> listed = server.connections().get(60, TimeUnit.SECONDS);
    long buffered = listed.stream().mapToLong(ConnectionInfo::bufferedBytes).sum();
    assertTrue(buffered > (long) subscribers * messages * bytes / 2, "each counts it whole");
    long grown = memory() - before;
    // Each message once, and for each subscriber the rest of the one that has begun to leave.
    assertTrue(grown < buffered / 2, grown + " bytes for " + buffered);
    connections.forEach(WebSocket::abort);
    until("all are closed", () -> server.connectionCount() == 0);
  }

  @Test
  void publicationsAndOwnMessagesOfCompressingConnectionsMix() throws Exception {
    List<DeflateOptions> forms =
        List.of(
            DeflateOptions.DEFAULT.withThresholdBytes(0),
            DeflateOptions.DEFAULT.withThresholdBytes(0).withoutContextTakeover(),
            DeflateOptions.DEFAULT.withThresholdBytes(0).withMaxWindowBits(10, 15));
    Queue<WebSocket> accepted = new ConcurrentLinkedQueue<>();
    WebSocketServer server =
        server(
            options().deflate(DeflateOptions.DEFAULT.withThresholdBytes(0)).build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket) {
                webSocket.subscribe("news");
                accepted.add(webSocket);
              }
            });
    List<Reader> readers = new ArrayList<>();
    for (DeflateOptions form : forms) {
      Reader reader = new Reader();
      readers.add(reader);
      connect(
          client(ClientOptions.builder().backend(backend).deflate(form).build()), server, reader);
    }
    Reader plain = new Reader();
    readers.add(plain);
    connect(client(), server, plain);
    until("all are subscribed", () -> accepted.size() == readers.size());
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String text = i + " is much like the one before, which is why it compresses so well";
      expected.add(text);
      if (i % 3 == 0) {
        for (WebSocket webSocket : accepted) {
          assertTrue(webSocket.offerText(text));
        }
      } else {
        assertTrue(server.publishText("news", text));
      }
    }
    for (Reader reader : readers) {
      until("the last has arrived", () -> reader.texts.size() == expected.size());
      assertEquals(expected, List.copyOf(reader.texts));
    }
  }

  @Test
  void aClosedServerPublishesNothingAndAClientHasNoTopics() throws Exception {
    WebSocketServer server = server(options().build(), new Subscribing());
    WebSocket webSocket = connect(client(), server, new Reader());
    assertThrows(IllegalStateException.class, () -> webSocket.subscribe("news"));
    assertThrows(
        IllegalStateException.class, () -> webSocket.publishBinary("news", ByteBuffer.allocate(1)));
    server.close();
    assertFalse(server.publishText("news", "late"));
  }
}
