package io.github.volfram.interop;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client made of {@code java.net.http.WebSocket}. */
final class JdkClient implements Peer, WebSocket.Listener {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final EventLog log = new EventLog();
  private final String probe;
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
  private volatile WebSocket webSocket;

  private JdkClient(String probe) {
    this.probe = probe;
  }

  static Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols)
      throws Exception {
    JdkClient client = new JdkClient(headers.getOrDefault("x-probe", ""));
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    headers.forEach(builder::header);
    if (!subprotocols.isEmpty()) {
      builder.subprotocols(
          subprotocols.get(0), subprotocols.stream().skip(1).toArray(String[]::new));
    }
    try {
      builder.buildAsync(uri, client).get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
      return client;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        throw new RefusedException(refused.getResponse().statusCode());
      }
      throw e;
    }
  }

  @Override
  public EventLog log() {
    return log;
  }

  @Override
  public void sendText(String whole) {
    webSocket.sendText(whole, true).join();
  }

  @Override
  public void sendBinary(byte[] payload) {
    webSocket.sendBinary(ByteBuffer.wrap(payload), true).join();
  }

  @Override
  public void sendPing(byte[] payload) {
    webSocket.sendPing(ByteBuffer.wrap(payload)).join();
  }

  @Override
  public void sendPong(byte[] payload) {
    webSocket.sendPong(ByteBuffer.wrap(payload)).join();
  }

  @Override
  public void sendClose(int code, String reason) {
    webSocket.sendClose(code, reason).join();
  }

  @Override
  public void sendTextFragments(String... parts) {
    for (int i = 0; i < parts.length; i++) {
      webSocket.sendText(parts[i], i == parts.length - 1).join();
    }
  }

  @Override
  public void sendBinaryFragments(byte[]... parts) {
    for (int i = 0; i < parts.length; i++) {
      webSocket.sendBinary(ByteBuffer.wrap(parts[i]), i == parts.length - 1).join();
    }
  }

  @Override
  public void close() {
    webSocket.abort();
  }

  @Override
  public void onOpen(WebSocket opened) {
    webSocket = opened;
    log.add(Event.open(opened.getSubprotocol(), probe));
    opened.request(Long.MAX_VALUE);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      log.add(Event.text(text.toString()));
      text.setLength(0);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
    binary.writeBytes(Event.bytes(part));
    if (last) {
      log.add(Event.binary(binary.toByteArray()));
      binary.reset();
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer payload) {
    log.add(Event.ping(Event.bytes(payload)));
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer payload) {
    log.add(Event.pong(Event.bytes(payload)));
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    log.add(Event.close(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    log.add(Event.error(String.valueOf(error)));
  }
}
