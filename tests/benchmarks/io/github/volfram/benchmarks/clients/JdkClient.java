package io.github.volfram.benchmarks.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** java.net.http, all connections with one HttpClient. */
final class JdkClient implements Client {

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public Runnable open(URI uri, ClosedLoop loop) {
    WebSocket webSocket = http.newWebSocketBuilder().buildAsync(uri, new Listener(loop)).join();
    return () -> loop.begin(new Sender(webSocket, loop));
  }

  /** An answer may come before its send is complete, and one send at a time is what is allowed. */
  private static final class Sender implements Runnable {
    private final ClosedLoop loop;
    private CompletableFuture<WebSocket> sent;

    Sender(WebSocket webSocket, ClosedLoop loop) {
      this.loop = loop;
      sent = CompletableFuture.completedFuture(webSocket);
    }

    /** The first message is sent by another thread than those that follow answers. */
    @Override
    public synchronized void run() {
      sent = sent.thenCompose(w -> w.sendBinary(ByteBuffer.wrap(loop.payload()), true));
    }
  }

  /** A message may come in several calls, whatever the frames were. */
  private static final class Listener implements WebSocket.Listener {
    private final ClosedLoop loop;
    private final ByteBuffer parts;

    Listener(ClosedLoop loop) {
      this.loop = loop;
      parts = ByteBuffer.allocate(loop.payload().length);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
      if (last && parts.position() == 0) {
        loop.answered(data);
      } else {
        parts.put(data);
        if (last) {
          loop.answered(parts.flip());
          parts.clear();
        }
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      loop.failed("the connection failed", error);
    }
  }
}
