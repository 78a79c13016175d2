package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.HandshakeException;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** An end of a connection made of this library, on NIO. It sends no fragments. */
final class OwnPeer implements Peer {

  private final RecordingListener listener;
  private final WebSocket webSocket;
  private final AutoCloseable owner;

  private OwnPeer(RecordingListener listener, AutoCloseable owner) throws Exception {
    this.listener = listener;
    this.owner = owner;
    webSocket = listener.webSocket();
  }

  /** A client. */
  static Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols)
      throws Exception {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .backend(Backend.NIO)
            .subprotocols(subprotocols.toArray(String[]::new));
    headers.forEach(options::header);
    WebSocketClient client = WebSocketClient.create(options.build());
    RecordingListener listener = new RecordingListener();
    try {
      client.connect(uri, listener).get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new OwnPeer(listener, client);
    } catch (ExecutionException e) {
      client.close();
      if (e.getCause() instanceof HandshakeException refused) {
        throw new RefusedException(refused.status());
      }
      throw e;
    }
  }

  /** A server. */
  static PeerServer launch() throws IOException {
    RecordingListener listener = new RecordingListener();
    WebSocketServer server =
        WebSocketServer.start(
            ServerOptions.builder().backend(Backend.NIO).build(),
            request -> answer(request, listener));
    return new PeerServer() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public Peer accepted() throws Exception {
        return new OwnPeer(listener, server);
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  /** What a server of ours answers: see {@link PeerServer}. */
  static UpgradeResponse answer(UpgradeRequest request, RecordingListener listener) {
    if (request.path().equals("/refuse")) {
      return UpgradeResponse.reject(403, "not here");
    }
    UpgradeResponse accept = UpgradeResponse.accept(listener);
    return request.subprotocols().contains(PeerServer.SUBPROTOCOL)
        ? accept.withSubprotocol(PeerServer.SUBPROTOCOL)
        : accept;
  }

  @Override
  public EventLog log() {
    return listener.log;
  }

  @Override
  public void sendText(String text) {
    assertTrue(webSocket.offerText(text));
  }

  @Override
  public void sendBinary(byte[] payload) {
    assertTrue(webSocket.offerBinary(ByteBuffer.wrap(payload)));
  }

  @Override
  public void sendPing(byte[] payload) {
    assertTrue(webSocket.offerPing(ByteBuffer.wrap(payload)));
  }

  @Override
  public void sendPong(byte[] payload) {
    assertTrue(webSocket.offerPong(ByteBuffer.wrap(payload)));
  }

  @Override
  public void sendClose(int code, String reason) {
    webSocket.close(code, reason);
  }

  @Override
  public void close() {
    webSocket.abort();
    try {
      owner.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
