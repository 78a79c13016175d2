package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The same code with the JDK's own builder and with this library's, on both backends. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"JDK", "NATIVE", "NIO"})
final class JdkBuilderTest extends JdkBuilderFixture {

  JdkBuilderTest(String maker) {
    super(maker);
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
