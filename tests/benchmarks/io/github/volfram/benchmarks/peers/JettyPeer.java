package io.github.volfram.benchmarks.peers;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * Jetty with its native API: one selector that accepts, too, and as few threads as it takes. It
 * agrees to permessage-deflate whenever it is offered.
 */
final class JettyPeer {

  private static final int MAX_THREADS = 8;
  private static final int MIN_THREADS = 4;
  private static final int ACCEPTORS = 0;
  private static final int SELECTORS = 1;
  private static final int BUFFER_BYTES = 16 * 1024;

  private JettyPeer() {}

  static void start(int port, Mode mode) throws Exception {
    Server server = new Server(new QueuedThreadPool(MAX_THREADS, MIN_THREADS));
    ServerConnector connector =
        new ServerConnector(server, ACCEPTORS, SELECTORS, protocols(mode == Mode.WSS));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setAcceptQueueSize(PeerServer.BACKLOG);
    server.addConnector(connector);
    server.setHandler(
        WebSocketUpgradeHandler.from(
            server, container -> configure(container, mode == Mode.FANOUT)));
    server.start();
  }

  private static ConnectionFactory[] protocols(boolean secure) throws Exception {
    HttpConnectionFactory http = new HttpConnectionFactory();
    if (!secure) {
      return new ConnectionFactory[] {http};
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(TlsKey.store());
    tls.setKeyStorePassword(TlsKey.password());
    return AbstractConnectionFactory.getFactories(tls, http);
  }

  private static void configure(ServerWebSocketContainer container, boolean fanout) {
    container.setMaxBinaryMessageSize(PeerServer.MAX_MESSAGE_BYTES);
    container.setMaxTextMessageSize(PeerServer.MAX_MESSAGE_BYTES);
    container.setMaxFrameSize(PeerServer.MAX_MESSAGE_BYTES);
    container.setInputBufferSize(BUFFER_BYTES);
    container.setOutputBufferSize(BUFFER_BYTES);
    container.setAutoFragment(false);
    container.setIdleTimeout(Duration.ZERO);
    container.addMapping(
        "/", (request, response, callback) -> fanout ? new FanOut(container) : new Echo());
  }

  /** Public, as Jetty calls it by method handles. */
  public static final class FanOut implements Session.Listener.AutoDemanding {
    private final ServerWebSocketContainer container;
    private Session publisher;

    private FanOut(ServerWebSocketContainer container) {
      this.container = container;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
      publisher = opened;
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
      callback.succeed();
      for (Session session : container.getOpenSessions()) {
        if (session != publisher) {
          session.sendBinary(copy.duplicate(), Callback.NOOP);
        }
      }
    }
  }

  /** Public, as Jetty calls it by method handles. */
  public static final class Echo implements Session.Listener.AutoDemanding {
    private Session session;

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      session.sendBinary(payload, callback);
    }

    @Override
    public void onWebSocketText(String text) {
      session.sendText(text, Callback.NOOP);
    }
  }
}
