package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the JDK that collects whole messages. */
final class JdkPeer implements WebSocket.Listener {

  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private ByteArrayOutputStream binary = new ByteArrayOutputStream();
  private final boolean reads;
  private WebSocket webSocket;

  private JdkPeer(boolean reads) {
    this.reads = reads;
  }

  static JdkPeer connect(String url, String... headers) {
    return connect(true, url, headers);
  }

  /** A client that receives nothing until {@link #read()}. */
  static JdkPeer connectWithoutReading(String url) {
    return connect(false, url);
  }

  private static JdkPeer connect(boolean reads, String url, String... headers) {
    JdkPeer peer = new JdkPeer(reads);
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    peer.webSocket = builder.buildAsync(URI.create(url), peer).join();
    return peer;
  }

  WebSocket webSocket() {
    return webSocket;
  }

  void read() {
    webSocket.request(Long.MAX_VALUE);
  }

  void send(String message) {
    webSocket.sendText(message, true).join();
  }

  void send(byte[] message) {
    webSocket.sendBinary(ByteBuffer.wrap(message), true).join();
  }

  String text() throws InterruptedException {
    return (String) next();
  }

  byte[] binary() throws InterruptedException {
    return (byte[]) next();
  }

  private Object next() throws InterruptedException {
    Object message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(message, "a message was expected");
    return message;
  }

  void assertClosedWith(int code) throws Exception {
    assertEquals(code, closeCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(Long.MAX_VALUE);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      messages.add(text.toString());
      text.setLength(0);
    }
    return null;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] part = new byte[data.remaining()];
    data.get(part);
    binary.writeBytes(part);
    if (last) {
      messages.add(binary.toByteArray());
      binary = new ByteArrayOutputStream();
    }
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closeCode.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closeCode.completeExceptionally(error);
  }
}
