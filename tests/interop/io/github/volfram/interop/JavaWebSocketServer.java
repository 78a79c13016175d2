package io.github.volfram.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.protocols.IProtocol;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.WebSocketServer;

/** A server made of Java-WebSocket; it refuses with status 404. */
final class JavaWebSocketServer extends WebSocketServer {

  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<JavaWebSocketPeer> accepted = new CompletableFuture<>();

  private JavaWebSocketServer() {
    super(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        1,
        List.<Draft>of(
            new Draft_6455(
                List.of(), List.of(new Protocol(PeerServer.SUBPROTOCOL), new Protocol("")))));
    setConnectionLostTimeout(0);
    setReuseAddr(true);
    setTcpNoDelay(true);
    setDaemon(true);
  }

  static PeerServer launch() throws Exception {
    JavaWebSocketServer server = new JavaWebSocketServer();
    server.start();
    server.started.get(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new PeerServer() {
      @Override
      public int port() {
        return server.getPort();
      }

      @Override
      public Peer accepted() {
        return server.accepted.orTimeout(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS).join();
      }

      @Override
      public void close() {
        try {
          server.stop();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private EventLog log() {
    return accepted.join().log();
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket webSocket, Draft draft, ClientHandshake request) throws InvalidDataException {
    if (request.getResourceDescriptor().equals("/refuse")) {
      throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "not here");
    }
    return super.onWebsocketHandshakeReceivedAsServer(webSocket, draft, request);
  }

  @Override
  public void onStart() {
    started.complete(null);
  }

  @Override
  public void onOpen(WebSocket webSocket, ClientHandshake request) {
    JavaWebSocketPeer peer = new JavaWebSocketPeer(webSocket);
    IProtocol agreed = webSocket.getProtocol();
    String subprotocol = agreed == null ? "" : agreed.getProvidedProtocol();
    peer.log().add(Event.open(subprotocol, request.getFieldValue("x-probe")));
    accepted.complete(peer);
  }

  @Override
  public void onMessage(WebSocket webSocket, String text) {
    log().add(Event.text(text));
  }

  @Override
  public void onMessage(WebSocket webSocket, ByteBuffer payload) {
    log().add(Event.binary(Event.bytes(payload)));
  }

  @Override
  public void onWebsocketPing(WebSocket webSocket, Framedata ping) {
    log().add(Event.ping(Event.bytes(ping.getPayloadData())));
    super.onWebsocketPing(webSocket, ping);
  }

  @Override
  public void onWebsocketPong(WebSocket webSocket, Framedata pong) {
    log().add(Event.pong(Event.bytes(pong.getPayloadData())));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, boolean remote) {
    if (accepted.isDone()) {
      log().add(Event.close(code, reason));
    }
  }

  @Override
  public void onError(WebSocket webSocket, Exception error) {
    started.completeExceptionally(error);
    if (accepted.isDone()) {
      log().add(Event.error(String.valueOf(error)));
    }
  }
}
