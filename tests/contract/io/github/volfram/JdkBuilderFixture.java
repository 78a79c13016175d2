package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A client that either builder makes, and a server that tells what it has heard. */
abstract class JdkBuilderFixture {

  static final long PATIENCE_SECONDS = 30;

  final String maker;
  final List<AutoCloseable> open = new ArrayList<>();

  /** What the server's connections have heard. */
  final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  final BlockingQueue<io.github.volfram.WebSocket> accepted = new LinkedBlockingQueue<>();

  JdkBuilderFixture(String maker) {
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

  WebSocket.Builder builder() {
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
  final class Server implements WebSocketListener {
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
  static class Client implements WebSocket.Listener {
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

  static <T> T assertNotNullNow(@Nullable T value) {
    assertNotNull(value, "something was expected");
    return value;
  }

  static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static URI uri(WebSocketServer server) {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  WebSocketServer server() throws IOException {
    return server(request -> UpgradeResponse.accept(new Server()));
  }

  WebSocketServer server(UpgradeHandler handler) throws IOException {
    WebSocketServer server =
        WebSocketServer.start(ServerOptions.builder().backend(Backend.NIO).build(), handler);
    open.add(server);
    return server;
  }

  WebSocket connect(Client client) throws Exception {
    return get(builder().buildAsync(uri(server()), client));
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  static Throwable failure(CompletableFuture<?> future) {
    return assertThrows(
            ExecutionException.class, () -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .getCause();
  }

  String heard() throws InterruptedException {
    return assertNotNullNow(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  io.github.volfram.WebSocket accepted() throws InterruptedException {
    return assertNotNullNow(accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }
}
