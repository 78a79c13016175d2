package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The same code with the JDK's own builder and with this library's, on both backends. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"JDK", "NATIVE", "NIO"})
final class JdkBuilderTest {

  private static final long PATIENCE_SECONDS = 30;

  private final String maker;
  private final List<AutoCloseable> open = new ArrayList<>();

  /** What the server's connections have heard. */
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final BlockingQueue<io.github.volfram.WebSocket> accepted = new LinkedBlockingQueue<>();

  JdkBuilderTest(String maker) {
    if (!maker.equals("JDK")) {
      Peers.require(Backend.valueOf(maker));
    }
    this.maker = maker;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  private WebSocket.Builder builder() {
    if (maker.equals("JDK")) {
      return HttpClient.newHttpClient().newWebSocketBuilder();
    }
    WebSocketClient client =
        WebSocketClient.create(
            ClientOptions.builder()
                .backend(Backend.valueOf(maker))
                .maxMessageBytes(16 << 20)
                .build());
    open.add(client);
    return client.jdkBuilder();
  }

  /** Tells what it has heard. */
  private final class Server implements WebSocketListener {
    @Override
    public void onOpen(io.github.volfram.WebSocket webSocket) {
      accepted.add(webSocket);
    }

    @Override
    public void onText(io.github.volfram.WebSocket webSocket, String text) {
      heard.add("text " + text);
    }

    @Override
    public void onBinary(io.github.volfram.WebSocket webSocket, ByteBuffer payload) {
      heard.add("binary " + text(payload));
    }

    @Override
    public void onPing(io.github.volfram.WebSocket webSocket, ByteBuffer payload) {
      heard.add("ping " + text(payload));
    }

    @Override
    public void onPong(io.github.volfram.WebSocket webSocket, ByteBuffer payload) {
      heard.add("pong " + text(payload));
    }

    @Override
    public void onClose(
        io.github.volfram.WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      heard.add("close " + code + " " + reason);
    }
  }

  /** Tells what it is invoked with; requests nothing but what a test does. */
  private static class Client implements WebSocket.Listener {
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    final long atFirst;

    Client(long atFirst) {
      this.atFirst = atFirst;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
      if (atFirst > 0) {
        webSocket.request(atFirst);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      events.add("text " + data + (last ? "" : "…"));
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      events.add("binary " + text(data) + (last ? "" : "…"));
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
      events.add("ping " + text(message));
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
      events.add("pong " + text(message));
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      events.add("close " + code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      events.add(error);
    }

    Object next() throws InterruptedException {
      return assertNotNullNow(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }

  private static <T> T assertNotNullNow(@Nullable T value) {
    assertNotNull(value, "something was expected");
    return value;
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static URI uri(WebSocketServer server) {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  private WebSocketServer server() throws IOException {
    return server(request -> UpgradeResponse.accept(new Server()));
  }

  private WebSocketServer server(UpgradeHandler handler) throws IOException {
    WebSocketServer server =
        WebSocketServer.start(ServerOptions.builder().backend(Backend.NIO).build(), handler);
    open.add(server);
    return server;
  }

  private WebSocket connect(Client client) throws Exception {
    return get(builder().buildAsync(uri(server()), client));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return assertThrows(
            ExecutionException.class, () -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .getCause();
  }

  private String heard() throws InterruptedException {
    return assertNotNullNow(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private io.github.volfram.WebSocket accepted() throws InterruptedException {
    return assertNotNullNow(accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void theListenerIsInvokedAsOftenAsItHasRequested() throws Exception {
    Client client = new Client(0);
    WebSocket webSocket = connect(client);
    io.github.volfram.WebSocket peer = accepted();
    for (int i = 0; i < 4; i++) {
      assertTrue(peer.offerText("message " + i));
    }
    peer.close(4000, "done");
    webSocket.request(2);
    assertEquals("text message 0", client.next());
    assertEquals("text message 1", client.next());
    get(webSocket.sendText("a round", true));
    assertEquals("text a round", heard());
    assertNull(client.events.poll(), "nothing more was requested");
    webSocket.request(1);
    assertEquals("text message 2", client.next());
    assertFalse(webSocket.isInputClosed());
    webSocket.request(2);
    assertEquals("text message 3", client.next());
    assertEquals("close 4000 done", client.next());
    assertTrue(webSocket.isInputClosed());
  }

  @Test
  void byDefaultEverythingIsRequested() throws Exception {
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket webSocket, CharSequence data, boolean last) {
            texts.add(data.toString());
            return WebSocket.Listener.super.onText(webSocket, data, last);
          }
        };
    get(builder().buildAsync(uri(server()), listener));
    io.github.volfram.WebSocket peer = accepted();
    for (int i = 0; i < 3; i++) {
      assertTrue(peer.offerPing(bytes("ignored")));
      assertTrue(peer.offerBinary(bytes("ignored")));
      assertTrue(peer.offerText("text " + i));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals("text " + i, texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void partsMakeOneMessage() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    assertSame(webSocket, get(webSocket.sendText("Grö", false)));
    get(webSocket.sendPing(bytes("between")));
    get(webSocket.sendText("ße ", false));
    get(webSocket.sendText("𝄞", true));
    assertEquals("ping between", heard());
    assertEquals("text Größe 𝄞", heard());
    ByteBuffer part = bytes("_ab_").position(1).limit(3);
    assertSame(webSocket, get(webSocket.sendBinary(part, false)));
    assertEquals(3, part.position());
    get(webSocket.sendBinary(bytes(""), false));
    get(webSocket.sendBinary(bytes("cd"), true));
    assertEquals("binary abcd", heard());
    get(webSocket.sendText("", true));
    assertEquals("text ", heard());
  }

  @Test
  void longMessagesArriveInParts() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    connect(client);
    String text = "aé€𝄞".repeat(100_000);
    assertTrue(accepted().offerText(text));
    assertEquals(text, whole(client, "text "));
  }

  /** The next message; its parts are joined, and none of them ends within a character. */
  private static String whole(Client client, String kind) throws InterruptedException {
    StringBuilder whole = new StringBuilder();
    while (true) {
      String part = (String) client.next();
      assertTrue(part.startsWith(kind), part);
      boolean last = !part.endsWith("…");
      whole.append(part, kind.length(), last ? part.length() : part.length() - 1);
      if (last) {
        return whole.toString();
      }
    }
  }

  @Test
  void longMessagesAreSent() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket =
        get(
            builder()
                .buildAsync(
                    uri(server(request -> UpgradeResponse.accept(new BackendFixture.Echo()))),
                    client));
    String text = "aé€𝄞".repeat(50_000);
    get(webSocket.sendText(text, true));
    assertEquals(text, whole(client, "text "));
    get(webSocket.sendBinary(bytes(text), true));
    StringBuilder length = new StringBuilder(whole(client, "binary "));
    assertTrue(length.length() >= text.length(), "parts may split characters");
  }

  @Test
  void pingsAndPongsGoBothWays() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    get(webSocket.sendPing(bytes("one")));
    assertEquals("ping one", heard());
    assertEquals("pong one", client.next());
    assertTrue(accepted().offerPing(bytes("two")));
    assertEquals("ping two", client.next());
    assertEquals("pong two", heard());
    get(webSocket.sendPong(bytes("three")));
    assertEquals("pong three", heard());
  }

  @Test
  void closingIsAnsweredAndEndsBothDirections() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    assertFalse(webSocket.isOutputClosed());
    assertFalse(webSocket.isInputClosed());
    assertSame(webSocket, get(webSocket.sendClose(3001, "enough")));
    assertTrue(webSocket.isOutputClosed());
    assertEquals("close 3001 enough", heard());
    assertTrue(((String) client.next()).startsWith("close 3001"));
    assertTrue(webSocket.isInputClosed());
    assertInstanceOf(IOException.class, failure(webSocket.sendText("too late", true)));
    assertInstanceOf(IOException.class, failure(webSocket.sendPing(bytes(""))));
  }

  @Test
  void codesThatOnlyTheJdksClientsSendArrive() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    get(webSocket.sendClose(1001, ""));
    assertEquals("close 1001 ", heard());
  }

  @Test
  void abortingIsIdempotentAndTellsTheListenerNothing() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    webSocket.abort();
    webSocket.abort();
    assertTrue(webSocket.isInputClosed());
    assertTrue(webSocket.isOutputClosed());
    assertEquals("close 1006 ", heard());
    assertInstanceOf(IOException.class, failure(webSocket.sendText("too late", true)));
    assertNull(client.events.poll());
  }

  @Test
  void aBrokenConnectionIsAnError() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    accepted().abort();
    assertInstanceOf(IOException.class, client.next());
    BackendFixture.until("the input is closed", webSocket::isInputClosed);
    BackendFixture.until("the output is closed", webSocket::isOutputClosed);
  }

  @Test
  void theEndOfTheStreamIsACloseWith1006() throws Exception {
    ScriptedProxy leaving =
        new ScriptedProxy(
            (head, socket) ->
                socket
                    .getOutputStream()
                    .write(
                        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                                + acceptOf(head)
                                + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
    open.add(leaving);
    Client client = new Client(1);
    get(builder().buildAsync(URI.create("ws://127.0.0.1:" + leaving.port() + "/"), client));
    assertEquals("close 1006 ", client.next());
  }

  private static String acceptOf(String head) {
    String key = head.replaceAll("(?is).*\r\nSec-WebSocket-Key: ([^\r]*)\r\n.*", "$1");
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theListenerIsCalledByTheExecutorThatIsGiven() throws Exception {
    assumeFalse(maker.equals("JDK"), "there it is the HttpClient's");
    AtomicInteger calls = new AtomicInteger();
    WebSocketClient own =
        WebSocketClient.create(ClientOptions.builder().backend(Backend.valueOf(maker)).build());
    open.add(own);
    Client client =
        new Client(Long.MAX_VALUE) {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket from, CharSequence data, boolean last) {
            events.add(Thread.currentThread().getName());
            return null;
          }
        };
    WebSocket.Builder builder =
        own.jdkBuilder(
            task -> {
              calls.incrementAndGet();
              task.run();
            });
    get(builder.buildAsync(uri(server()), client));
    assertTrue(accepted().offerText("Hello"));
    String thread = (String) client.next();
    assertTrue(thread.startsWith("volfram-client"), thread);
    assertTrue(calls.get() > 0);
  }

  @Test
  void aRefusalShowsTheResponse() throws Exception {
    WebSocketServer server =
        server(request -> UpgradeResponse.reject(403, "members only").withHeader("X-Why", "age"));
    WebSocketHandshakeException refused =
        assertInstanceOf(
            WebSocketHandshakeException.class,
            failure(builder().buildAsync(uri(server), new Client(1))));
    assertEquals(403, refused.getResponse().statusCode());
    assertEquals("age", refused.getResponse().headers().firstValue("x-why").orElse(""));
    assertEquals("members only", refused.getResponse().body());
    assertEquals("http", refused.getResponse().uri().getScheme());
    assertEquals(refused.getResponse().uri(), refused.getResponse().request().uri());
  }

  @Test
  void headersAndSubprotocolsAreSent() throws Exception {
    CompletableFuture<UpgradeRequest> seen = new CompletableFuture<>();
    WebSocketServer server =
        server(
            request -> {
              seen.complete(request);
              return UpgradeResponse.accept(new Server()).withSubprotocol("second");
            });
    WebSocket webSocket =
        get(
            builder()
                .header("X-One", "1")
                .subprotocols("first", "second")
                .buildAsync(uri(server), new Client(1)));
    assertEquals("second", webSocket.getSubprotocol());
    assertEquals("1", get(seen).header("X-One"));
    assertEquals(List.of("first", "second"), get(seen).subprotocols());
    assertEquals("", connect(new Client(1)).getSubprotocol());
  }

  @Test
  void mistakesFailAsTheJdkSays() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    assertThrows(IllegalArgumentException.class, () -> webSocket.request(0));
    assertInstanceOf(
        IllegalArgumentException.class, failure(webSocket.sendPing(ByteBuffer.allocate(126))));
    assertInstanceOf(IllegalArgumentException.class, failure(webSocket.sendClose(1002, "")));
    assertInstanceOf(
        IllegalArgumentException.class, failure(webSocket.sendClose(1000, "x".repeat(124))));
    get(webSocket.sendBinary(bytes("a"), false));
    assertInstanceOf(IllegalStateException.class, failure(webSocket.sendText("b", true)));
    assertInstanceOf(
        IllegalArgumentException.class,
        failure(builder().buildAsync(URI.create("http://127.0.0.1/"), new Client(1))));
    assertInstanceOf(
        IllegalArgumentException.class,
        failure(
            builder()
                .header("Sec-WebSocket-Key", "mine")
                .buildAsync(URI.create("ws://127.0.0.1:1/"), new Client(1))));
  }

  @Test
  void halfACharacterIsNotSent() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    assertInstanceOf(IOException.class, failure(webSocket.sendText("\ud834", true)));
  }

  @Test
  void aListenerThatThrowsHearsOfIt() throws Exception {
    IllegalStateException bug = new IllegalStateException("a bug");
    Client client =
        new Client(Long.MAX_VALUE) {
          @Override
          public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            throw bug;
          }
        };
    WebSocket webSocket = connect(client);
    assertTrue(accepted().offerText("Hello"));
    assertSame(bug, client.next());
    BackendFixture.until("the output is closed", webSocket::isOutputClosed);
  }

  @Test
  void aListenerMayWaitForWhatItSends() throws Exception {
    Client client =
        new Client(Long.MAX_VALUE) {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket from, CharSequence data, boolean last) {
            from.sendText(data + " echoed", true).join();
            return super.onText(from, data, last);
          }
        };
    connect(client);
    assertTrue(accepted().offerText("Hello"));
    assertEquals("text Hello echoed", heard());
    assertEquals("text Hello", client.next());
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedForTooLong_K8() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<WebSocket> building =
          builder()
              .connectTimeout(Duration.ofMillis(200))
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + silent.getLocalPort() + "/"), new Client(1));
      assertInstanceOf(HttpTimeoutException.class, failure(building));
    }
  }
}
