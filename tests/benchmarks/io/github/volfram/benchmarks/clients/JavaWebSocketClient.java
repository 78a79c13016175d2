package io.github.volfram.benchmarks.clients;

import java.net.URI;
import java.nio.ByteBuffer;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/** Java-WebSocket: two threads to each connection; without its timer for lost connections. */
final class JavaWebSocketClient implements Client {

  @Override
  public Runnable open(URI uri, ClosedLoop loop) throws Exception {
    Connection connection = new Connection(uri, loop);
    connection.setTcpNoDelay(true);
    connection.setConnectionLostTimeout(0);
    if (!connection.connectBlocking()) {
      loop.failed("the connection was not opened", null);
    }
    return () -> loop.begin(() -> connection.send(loop.payload()));
  }

  private static final class Connection extends WebSocketClient {
    private final ClosedLoop loop;

    Connection(URI uri, ClosedLoop loop) {
      super(uri);
      this.loop = loop;
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String message) {
      loop.failed("a text for an answer", null);
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
      loop.answered(bytes);
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      loop.failed("the connection was closed with " + code, null);
    }

    @Override
    public void onError(Exception error) {
      loop.failed("the connection failed", error);
    }
  }
}
