package io.github.volfram.benchmarks.clients;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/** OkHttp, all connections with one client, whose dispatcher lets as many run as there are. */
final class OkHttpClientSubject implements Client {

  private static final int MOST_CONNECTIONS = 4096;

  private final OkHttpClient http;

  OkHttpClientSubject() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(MOST_CONNECTIONS);
    dispatcher.setMaxRequestsPerHost(MOST_CONNECTIONS);
    http = new OkHttpClient.Builder().dispatcher(dispatcher).build();
  }

  @Override
  public Runnable open(URI uri, ClosedLoop loop) {
    CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    Request request = new Request.Builder().url(uri.toString()).build();
    http.newWebSocket(request, new Listener(loop, opened));
    WebSocket webSocket = opened.join();
    ByteString payload = ByteString.of(loop.payload());
    return () -> loop.begin(() -> webSocket.send(payload));
  }

  private static final class Listener extends WebSocketListener {
    private final ClosedLoop loop;
    private final CompletableFuture<WebSocket> opened;

    Listener(ClosedLoop loop, CompletableFuture<WebSocket> opened) {
      this.loop = loop;
      this.opened = opened;
    }

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
      opened.complete(webSocket);
    }

    @Override
    public void onMessage(WebSocket webSocket, ByteString bytes) {
      loop.answered(bytes.asByteBuffer());
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable error, Response response) {
      loop.failed("the connection failed", error);
    }
  }
}
