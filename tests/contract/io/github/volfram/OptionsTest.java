package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.transport.jna.NativeSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What no other suite sets, one by one, on both backends. */
@Timeout(60)
final class OptionsTest extends BackendFixture {

  OptionsTest(Backend backend) {
    super(backend);
  }

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

  private final WebSocketListener recorder =
      new Closes() {
        @Override
        public void onText(WebSocket webSocket, String text) {
          texts.add(text);
        }
      };

  private void expectEcho(WebSocket webSocket, String text) throws InterruptedException {
    assertTrue(webSocket.offerText(text));
    assertEquals(text, texts.poll(30, TimeUnit.SECONDS));
  }

  @Test
  void everyIdleStrategyEchoes() throws Exception {
    for (IdleStrategy strategy : IdleStrategy.values()) {
      WebSocketServer server = server(options().idle(strategy).build(), new Echo());
      try (WebSocketClient client =
          WebSocketClient.create(ClientOptions.builder().backend(backend).idle(strategy).build())) {
        WebSocket webSocket = connect(client, server, recorder);
        for (int i = 0; i < 100; i++) {
          expectEcho(webSocket, strategy + " " + i);
        }
      }
      server.close(); // or it would spin until the end of the test
    }
  }

  @Test
  void thePropertyDecidesWhereTheOptionDoesNot() throws Exception {
    Backend other = backend == Backend.NIO ? Backend.NATIVE : Backend.NIO;
    System.setProperty("volfram.backend", backend.toString());
    try {
      WebSocketServer byProperty = server(ServerOptions.builder().build(), new Echo());
      assertEquals(backend, byProperty.backend());
      if (other == Backend.NIO) {
        WebSocketServer byOption =
            server(ServerOptions.builder().backend(other).build(), new Echo());
        assertEquals(other, byOption.backend());
      }
    } finally {
      System.clearProperty("volfram.backend");
    }
  }

  @Test
  void anAttachmentStaysWithItsConnection() throws Exception {
    WebSocketListener counting =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            Object before = webSocket.attachment();
            webSocket.attach(text);
            webSocket.offerText(before + ", " + text);
          }
        };
    WebSocketServer server = server(options().build(), counting);
    for (int i = 0; i < 2; i++) {
      WebSocket webSocket = connect(client(), server, recorder);
      webSocket.offerText("first");
      assertEquals("null, first", texts.poll(30, TimeUnit.SECONDS));
      webSocket.offerText("second");
      assertEquals("first, second", texts.poll(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void aFrameLongerThanAllowedCloses1009() throws Exception {
    WebSocketServer server = server(options().maxFrameBytes(10).build(), new Echo());
    Closes closes = new Closes();
    WebSocket webSocket = connect(client(), server, closes);
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(10)));
    assertTrue(webSocket.offerBinary(ByteBuffer.allocate(11)));
    until("the connection is closed", () -> closes.closed.get() == 1);
    assertEquals(List.of(CloseCode.MESSAGE_TOO_BIG), List.copyOf(closes.codes));
  }

  @Test
  void pagesOfTheAllowedOriginsConnectAndNoOthers() throws Exception {
    String allowed = "https://one.example";
    String other = "https://two.example";
    WebSocketServer listed = server(options().allowOrigins(List.of(allowed)).build(), new Echo());
    assertEquals(101, statusFor(listed, allowed));
    assertEquals(403, statusFor(listed, other));
    assertEquals(403, statusFor(listed, "http://127.0.0.1:" + listed.port()));
    WebSocketServer any = server(options().allowAnyOrigin().build(), new Echo());
    assertEquals(101, statusFor(any, other));
    WebSocketServer own = server(options().build(), new Echo());
    assertEquals(403, statusFor(own, other));
    assertEquals(101, statusFor(own, "http://127.0.0.1:" + own.port()));
  }

  private int statusFor(WebSocketServer server, String origin) throws Exception {
    ClientOptions options =
        ClientOptions.builder().backend(backend).header("Origin", origin).build();
    return client(options)
        .connect(uri(server), new Closes())
        .handle((opened, e) -> e == null ? 101 : ((HandshakeException) cause(e)).status())
        .get(30, TimeUnit.SECONDS);
  }

  private static Throwable cause(Throwable e) {
    return e instanceof java.util.concurrent.CompletionException ? e.getCause() : e;
  }

  @Test
  void everyLevelOfCompressionIsUnderstood() throws Exception {
    String text = "volfram ".repeat(2_000);
    for (int level = 1; level <= 9; level++) {
      DeflateOptions deflate = new DeflateOptions(level, 0, false, false, 15, 15, 10);
      WebSocketServer server = server(options().deflate(deflate).build(), new Echo());
      WebSocketClient client =
          client(ClientOptions.builder().backend(backend).deflate(deflate).build());
      expectEcho(connect(client, server, recorder), text);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere 127.0.0.2 is nobody's
  void onlyTheHostIsListenedOn() throws Exception {
    WebSocketServer server = server(options().host("127.0.0.2").build(), new Echo());
    assertEquals("127.0.0.2", server.address().getAddress().getHostAddress());
    URI there = URI.create("ws://127.0.0.2:" + server.port() + "/");
    expectEcho(client().connect(there, recorder).get(30, TimeUnit.SECONDS), "there");
    assertInstanceOf(ConnectException.class, failure(client().connect(uri(server), recorder)));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theBacklogIsTheListenersOfTheKernel() throws Exception {
    OpenSockets before = OpenSockets.now();
    server(options().backlog(7).build(), new Echo());
    assertEquals(List.of(7), OpenSockets.now().without(before).backlogs());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void tcpNoDelayIsOnUnlessTurnedOff() throws Exception {
    assertEquals(2, noDelays(true));
    assertEquals(0, noDelays(false));
  }

  /** How many of the two sockets of a connection have TCP_NODELAY. */
  private long noDelays(boolean on) throws Exception {
    ServerOptions.Builder serverOptions = options();
    ClientOptions.Builder clientOptions = ClientOptions.builder().backend(backend);
    if (!on) { // on is the default
      serverOptions.tcpNoDelay(false);
      clientOptions.tcpNoDelay(false);
    }
    WebSocketServer server = server(serverOptions.build(), new Echo());
    WebSocketClient client = client(clientOptions.build());
    OpenSockets before = OpenSockets.now();
    expectEcho(connect(client, server, recorder), "open");
    return OpenSockets.now().without(before).noDelays();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theBuffersOfTheKernelAreAsLargeAsAskedFor() throws Exception {
    WebSocketServer server =
        server(options().receiveBufferBytes(20_000).sendBufferBytes(30_000).build(), new Echo());
    ClientOptions clientOptions =
        ClientOptions.builder()
            .backend(backend)
            .receiveBufferBytes(40_000)
            .sendBufferBytes(50_000)
            .build();
    WebSocketClient client = client(clientOptions);
    OpenSockets before = OpenSockets.now();
    expectEcho(connect(client, server, recorder), "open");
    // Linux doubles what it is asked for, see socket(7).
    OpenSockets sockets = OpenSockets.now().without(before);
    assertEquals(List.of(40_000, 80_000), sockets.receiveBuffers());
    assertEquals(List.of(60_000, 100_000), sockets.sendBuffers());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void everyReceiveIsAcknowledgedAtOnceWhereThatIsAsked() throws Exception {
    OpenSockets before = OpenSockets.now();
    BlockingQueue<List<Boolean>> seen = new LinkedBlockingQueue<>();
    WebSocketListener atServer =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            seen.add(quickAcks(before, Integer.parseInt(text), true));
            webSocket.offerText(text);
          }
        };
    WebSocketListener atClient =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            seen.add(quickAcks(before, Integer.parseInt(text), false));
          }
        };
    WebSocketServer server = server(options().quickAck(true).build(), atServer);
    WebSocketClient client =
        client(ClientOptions.builder().backend(backend).quickAck(true).build());
    WebSocket webSocket = connect(client, server, atClient);
    for (int i = 0; i < 20; i++) { // question and answer, after which the kernel would delay
      assertTrue(webSocket.offerText(String.valueOf(server.port())));
      assertEquals(List.of(true), seen.poll(30, TimeUnit.SECONDS), "server, " + i);
      assertEquals(List.of(true), seen.poll(30, TimeUnit.SECONDS), "client, " + i);
    }
  }

  /** Of the one connection's socket of the server or of the client. */
  private static List<Boolean> quickAcks(OpenSockets before, int port, boolean ofTheServer) {
    try {
      OpenSockets all = OpenSockets.now().without(before);
      OpenSockets servers = all.at(port);
      return (ofTheServer ? servers : all.without(servers).connections()).quickAcks();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void socketsPollTheirDeviceWhereTheBackendAndTheKernelLetThem() throws Exception {
    int micros = 50;
    int usual = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/core/busy_read")).strip());
    boolean may = backend == Backend.NATIVE && NativeSupport.current().busyPoll(micros).isEmpty();
    Duration time = Duration.ofNanos(micros * 1000);
    WebSocketServer server = server(options().busyPoll(time).build(), new Echo());
    WebSocketClient client =
        client(ClientOptions.builder().backend(backend).busyPoll(time).build());
    OpenSockets before = OpenSockets.now();
    expectEcho(connect(client, server, recorder), "open"); // whether it may or not
    int expected = may ? micros : usual;
    assertEquals(List.of(expected, expected), OpenSockets.now().without(before).busyPolls());
  }

  @Test
  void aTimeToPollOutOfBoundsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> options().busyPoll(Duration.ofMillis(-1)));
    assertThrows(
        IllegalArgumentException.class, () -> options().busyPoll(Duration.ofSeconds(1, 1)));
    assertEquals(
        Duration.ofSeconds(1), options().busyPoll(Duration.ofSeconds(1)).build().busyPoll());
  }

  @Test
  void aTimeOfCenturiesDoesNotOverflow() throws Exception {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    WebSocketServer server =
        server(
            options().handshakeTimeout(forever).idleTimeout(forever).closeTimeout(forever).build(),
            new Echo());
    expectEcho(connect(client(), server, recorder), "still there");
    assertEquals(forever, ReconnectOptions.builder().maxDelay(forever).build().maxDelay());
  }

  @Test
  void thePresetForLatencySpinsAndDelaysNothing() {
    ServerOptions options = options().tcpNoDelay(false).lowLatency().build();
    assertEquals(IdleStrategy.SPIN, options.idle());
    assertTrue(options.tcpNoDelay());
  }
}
