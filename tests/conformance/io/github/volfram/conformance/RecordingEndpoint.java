package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Echoes on one connection after the other, and writes down what it is told. */
interface RecordingEndpoint extends AutoCloseable {

  /** The other end of a new connection; with compression it is without context takeover. */
  RawPeer peer(boolean deflate) throws IOException;

  /** What it was told on the connection that has ended, as {@link Events} writes it. */
  List<String> told() throws Exception;

  @Override
  void close() throws IOException;

  /** One of ours. */
  static RecordingEndpoint of(Backend backend, boolean asServer) throws IOException {
    return asServer ? new OwnServer(backend) : new OwnClient(backend);
  }

  /** What a peer that is a client offers. */
  static String offer(boolean deflate) {
    return deflate ? "permessage-deflate" : "";
  }

  /** What a peer that is a server answers. */
  static String answer(boolean deflate) {
    return deflate
        ? "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        : "";
  }

  /** Echoes, and writes down what it is told. */
  final class Log implements WebSocketListener {
    static final DeflateOptions DEFLATE =
        DeflateOptions.DEFAULT.withThresholdBytes(0).withoutContextTakeover();

    private final List<String> events = new ArrayList<>();
    private final BlockingQueue<List<String>> ended = new LinkedBlockingQueue<>();

    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      events.add(Events.text(copy(utf8)));
      webSocket.offerTextUtf8(utf8);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.binary(copy(payload)));
      webSocket.offerBinary(payload);
    }

    @Override
    public void onPing(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.ping(copy(payload)));
    }

    @Override
    public void onPong(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.pong(copy(payload)));
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
      events.add(cause == null ? Events.closed(code, reason) : Events.failed(code));
      ended.add(List.copyOf(events));
      events.clear();
    }

    private static byte[] copy(ByteBuffer view) {
      byte[] bytes = new byte[view.remaining()];
      view.duplicate().get(bytes);
      return bytes;
    }

    List<String> ofNextConnection() throws InterruptedException {
      List<String> told = ended.poll(20, TimeUnit.SECONDS);
      assertNotNull(told, "expected the connection to end, it did not");
      return told;
    }
  }

  /** Our server. */
  final class OwnServer implements RecordingEndpoint {
    private final Log log = new Log();
    private final WebSocketServer server;

    OwnServer(Backend backend) throws IOException {
      ServerOptions options = ServerOptions.builder().backend(backend).deflate(Log.DEFLATE).build();
      server = WebSocketServer.start(options, log);
    }

    @Override
    public RawPeer peer(boolean deflate) throws IOException {
      return RawPeer.connect(server.port(), offer(deflate));
    }

    @Override
    public List<String> told() throws Exception {
      return log.ofNextConnection();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Our client. */
  final class OwnClient implements RecordingEndpoint {
    private final Log log = new Log();
    private final WebSocketClient client;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    OwnClient(Backend backend) throws IOException {
      client =
          WebSocketClient.create(
              ClientOptions.builder().backend(backend).deflate(Log.DEFLATE).build());
    }

    @Override
    public RawPeer peer(boolean deflate) throws IOException {
      client.connect(URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/"), log);
      return RawPeer.accept(listener, answer(deflate));
    }

    @Override
    public List<String> told() throws Exception {
      return log.ofNextConnection();
    }

    @Override
    public void close() throws IOException {
      client.close();
      listener.close();
    }
  }
}
