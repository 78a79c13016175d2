package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages of all lengths on many connections at once, each compared with its echo by digest. */
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "NIO"})
@Timeout(300)
class ManyConnectionsTest {

  private static final int CONNECTIONS = 200;
  private static final int[] SIZES = {0, 1, 125, 126, 65_535, 65_536, 1_000_000};

  @Parameter Backend backend;

  private WebSocketServer server;
  private URI uri;

  @BeforeEach
  void startServer() throws Exception {
    Peers.require(backend);
    server =
        WebSocketServer.start(
            ServerOptions.builder().backend(backend).loops(2).build(), new EchoListener());
    assertEquals(backend, server.backend());
    uri = URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void ourClientGetsBackWhatItSentOnEveryConnection() throws Exception {
    try (WebSocketClient client =
        WebSocketClient.create(ClientOptions.builder().backend(backend).build())) {
      List<Exchange> exchanges = new ArrayList<>();
      List<CompletableFuture<WebSocket>> opening = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        exchanges.add(new Exchange(i));
        opening.add(client.connect(uri, exchanges.get(i)));
      }
      for (CompletableFuture<WebSocket> future : opening) {
        future.get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      assertEquals(CONNECTIONS, server.connectionCount());
      for (int i = 0; i < CONNECTIONS; i++) {
        exchanges.get(i).begin(opening.get(i).join());
      }
      for (Exchange exchange : exchanges) {
        assertEquals(SIZES.length, exchange.done.get(200, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void npmWsGetsBackWhatItSentOnEveryConnection() throws Exception {
    String sizes =
        Arrays.stream(SIZES).mapToObj(Integer::toString).collect(Collectors.joining(","));
    Process node = NodePeer.start("load.mjs", uri.toString(), Integer.toString(CONNECTIONS), sizes);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(node.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = lines.readLine();
      String told = new String(NodePeer.arguments(line).get(0), StandardCharsets.UTF_8);
      assertTrue(line.startsWith("echoed "), told);
      assertEquals(CONNECTIONS * SIZES.length, Integer.parseInt(told));
    } finally {
      node.destroyForcibly();
    }
  }

  /**
   * One connection that sends a message of each size, the next when the last has come back; every
   * connection begins with another size, and every other one sends text.
   */
  private static final class Exchange implements WebSocketListener {
    final CompletableFuture<Integer> done = new CompletableFuture<>();

    private final int index;
    private final boolean isText;
    private String digest = "";
    private int echoed;

    Exchange(int index) {
      this.index = index;
      this.isText = index % 2 == 1;
    }

    void begin(WebSocket webSocket) {
      byte[] payload = payload();
      digest = Event.digest(payload);
      send(webSocket, payload);
    }

    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      received(webSocket, utf8, true);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      received(webSocket, payload, false);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      if (code == 1000 && cause == null) {
        done.complete(echoed);
      } else {
        done.completeExceptionally(
            new AssertionError(this + " closed with " + code + " " + reason, cause));
      }
    }

    private void received(WebSocket webSocket, ByteBuffer payload, boolean asText) {
      String expected = digest + (isText ? " text" : " binary");
      String actual = Event.digest(payload) + (asText ? " text" : " binary");
      if (!actual.equals(expected)) {
        done.completeExceptionally(
            new AssertionError(this + " sent " + expected + ", received " + actual));
        return;
      }
      echoed++;
      if (echoed == SIZES.length) {
        webSocket.close();
      } else {
        begin(webSocket);
      }
    }

    private void send(WebSocket webSocket, byte[] payload) {
      ByteBuffer bytes = ByteBuffer.wrap(payload);
      boolean taken = isText ? webSocket.offerTextUtf8(bytes) : webSocket.offerBinary(bytes);
      if (!taken) {
        done.completeExceptionally(new AssertionError(this + " could not send"));
      }
    }

    /** So many random bytes, of UTF-8 where this connection sends text. */
    private byte[] payload() {
      byte[] payload = new byte[SIZES[(index + echoed) % SIZES.length]];
      new SplittableRandom(index * 31L + echoed).nextBytes(payload);
      if (isText) {
        for (int i = 0; i < payload.length; i++) {
          payload[i] = (byte) (payload[i] & 0x7f);
        }
        for (int i = 0; i + 1 < payload.length; i += 5) {
          payload[i] = (byte) (0xd0 | payload[i] & 0x0f);
          payload[i + 1] = (byte) (0x80 | payload[i + 1] & 0x3f);
        }
      }
      return payload;
    }

    @Override
    public String toString() {
      return "connection " + index + " after " + echoed + " echoes";
    }
  }
}
