package io.github.volfram.benchmarks.clients;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** volfram with one loop. */
final class VolframClient implements Client {

  private final WebSocketClient client;

  VolframClient(Backend backend) {
    client = WebSocketClient.create(ClientOptions.builder().backend(backend).build());
  }

  @Override
  public Runnable open(URI uri, ClosedLoop loop) {
    WebSocket webSocket = client.connect(uri, new Listener(loop)).join();
    ByteBuffer payload = ByteBuffer.wrap(loop.payload());
    return () ->
        loop.begin(
            () -> {
              if (!webSocket.offerBinary(payload.clear())) {
                loop.failed("the message was refused", null);
              }
            });
  }

  private record Listener(ClosedLoop loop) implements WebSocketListener {

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      loop.answered(payload);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      loop.failed("the connection was closed with " + code, cause);
    }
  }
}
