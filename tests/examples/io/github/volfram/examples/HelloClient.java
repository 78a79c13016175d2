package io.github.volfram.examples;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

final class HelloClient {

  public static void main(String[] args) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            answer.complete(text);
          }
        };
    try (WebSocketClient client = WebSocketClient.create()) {
      WebSocket webSocket = client.connect(URI.create(args[0]), listener).join();
      webSocket.offerText("hello");
      System.out.println(answer.join());
      webSocket.close();
    }
  }
}
