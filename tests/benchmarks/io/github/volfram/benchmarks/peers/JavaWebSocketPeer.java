package io.github.volfram.benchmarks.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.DefaultExtension;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;

/** Java-WebSocket with one decoder thread, without its timer for lost connections. */
final class JavaWebSocketPeer extends WebSocketServer {

  private final CountDownLatch started = new CountDownLatch(1);

  private final boolean fanout;

  private JavaWebSocketPeer(int port, Mode mode) {
    super(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        1,
        List.of(
            new Draft_6455(
                List.of(
                    mode == Mode.DEFLATE
                        ? new PerMessageDeflateExtension()
                        : new DefaultExtension()),
                List.of(new Protocol("")),
                PeerServer.MAX_MESSAGE_BYTES)));
    this.fanout = mode == Mode.FANOUT;
    setTcpNoDelay(true);
    setReuseAddr(true);
    setMaxPendingConnections(PeerServer.BACKLOG);
    setConnectionLostTimeout(0);
  }

  static void start(int port, Mode mode)
      throws InterruptedException, GeneralSecurityException, IOException {
    JavaWebSocketPeer server = new JavaWebSocketPeer(port, mode);
    if (mode == Mode.WSS) {
      server.setWebSocketFactory(new DefaultSSLWebSocketServerFactory(TlsKey.context()));
    }
    server.start();
    server.started.await();
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    if (fanout) {
      broadcast(text, others(socket));
    } else {
      socket.send(text);
    }
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer bytes) {
    if (fanout) {
      broadcast(bytes, others(socket));
    } else {
      socket.send(bytes);
    }
  }

  private List<WebSocket> others(WebSocket publisher) {
    List<WebSocket> others = new ArrayList<>(getConnections());
    others.remove(publisher);
    return others;
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {}

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {
    if (socket == null) {
      error.printStackTrace();
      System.exit(1);
    }
  }
}
