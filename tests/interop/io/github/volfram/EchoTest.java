package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.EchoListener;
import io.github.volfram.interop.Peers;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our client and our server over loopback. */
@Timeout(60)
class EchoTest {

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void echoesMessagesOfEverySize(Backend backend) throws Exception {
    Peers.require(backend);
    ServerOptions options =
        ServerOptions.builder().backend(backend).maxMessageBytes(32 << 20).build();
    BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    WebSocketListener recorder =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            events.add(text);
          }

          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            events.add(ByteBuffer.wrap(bytes));
          }

          @Override
          public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
            events.add(code + reason + cause);
          }
        };
    try (WebSocketServer server = WebSocketServer.start(options, new EchoListener());
        WebSocketClient client =
            WebSocketClient.create(
                ClientOptions.builder().backend(backend).maxMessageBytes(32 << 20).build())) {
      assertEquals(backend, server.backend());
      WebSocket ws =
          client
              .connect(URI.create("ws://localhost:" + server.port() + "/x?y"), recorder)
              .get(10, TimeUnit.SECONDS);
      for (int size : new int[] {0, 1, 125, 126, 65535, 65536, 1_000_000, 16 << 20}) {
        String text = "ä".repeat(size / 2) + "a".repeat(size % 2);
        CompletableFuture<Void> sent = ws.sendText(text);
        assertEquals(text, events.poll(10, TimeUnit.SECONDS), "size " + size);
        sent.get(10, TimeUnit.SECONDS);
        ByteBuffer binary = ByteBuffer.allocate(size);
        new java.util.Random(size).nextBytes(binary.array());
        assertTrue(ws.offerBinary(binary));
        assertEquals(binary, events.poll(10, TimeUnit.SECONDS), "size " + size);
        assertEquals(0, ws.bufferedBytes());
      }
      assertEquals(1, server.connectionCount());
      ws.close(4000, "bye");
      assertEquals("4000null", events.poll(10, TimeUnit.SECONDS));
    }
  }

  private static WebSocketListener into(BlockingQueue<String> texts) {
    return new WebSocketListener() {
      @Override
      public void onText(WebSocket webSocket, String text) {
        texts.add(text);
      }
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void compressesWhereBothSidesAgree(Backend backend) throws Exception {
    Peers.require(backend);
    DeflateOptions deflate = DeflateOptions.DEFAULT.withThresholdBytes(0);
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(backend).deflate(deflate).build(),
                new EchoListener());
        WebSocketClient client =
            WebSocketClient.create(
                ClientOptions.builder().backend(backend).deflate(deflate).build())) {
      WebSocket ws =
          client
              .connect(URI.create("ws://127.0.0.1:" + server.port()), into(texts))
              .get(10, TimeUnit.SECONDS);
      for (int size : new int[] {0, 1, 100, 70_000, 900_000}) {
        String text = "volfram ".repeat(size / 8 + 1).substring(0, size);
        assertTrue(ws.offerText(text));
        assertTrue(ws.offerText(text, false));
        assertEquals(text, texts.poll(10, TimeUnit.SECONDS), "size " + size);
        assertEquals(text, texts.poll(10, TimeUnit.SECONDS), "size " + size);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void wholeMessagesWaitForTheEndOfOneInParts(Backend backend) throws Exception {
    Peers.require(backend);
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().backend(backend).build(), new EchoListener());
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).build())) {
      WebSocket ws =
          client
              .connect(URI.create("ws://127.0.0.1:" + server.port()), into(texts))
              .get(10, TimeUnit.SECONDS);
      byte[] euro = "€".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(ws.offerTextPart(ByteBuffer.wrap(euro, 0, 1), false));
      CompletableFuture<Void> whole = ws.sendText("whole");
      assertTrue(ws.offerTextPart(ByteBuffer.wrap(euro, 1, 1), false));
      assertTrue(ws.offerTextPart(ByteBuffer.wrap(euro, 2, 1), true));
      assertEquals("€", texts.poll(10, TimeUnit.SECONDS));
      assertEquals("whole", texts.poll(10, TimeUnit.SECONDS));
      whole.get(10, TimeUnit.SECONDS);
    }
  }
}
