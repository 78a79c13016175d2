package io.github.volfram.benchmarks.peers;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import org.xnio.Options;
import org.xnio.Pooled;

/** Undertow with one I/O thread, which the messages are handled on. */
@SuppressWarnings("deprecation") // its API hands out the deprecated type Pooled
final class UndertowPeer {

  private UndertowPeer() {}

  static void start(int port, Mode mode) throws GeneralSecurityException, IOException {
    WebSocketProtocolHandshakeHandler handler =
        Handlers.websocket(
            (exchange, channel) -> {
              channel.getReceiveSetter().set(mode == Mode.FANOUT ? new FanOut() : new Echo());
              channel.resumeReceives();
            });
    if (mode == Mode.DEFLATE) {
      handler.addExtension(new PerMessageDeflateHandshake());
    }
    Undertow.Builder builder = Undertow.builder();
    if (mode == Mode.WSS) {
      builder.addHttpsListener(port, "127.0.0.1", TlsKey.context());
    } else {
      builder.addHttpListener(port, "127.0.0.1");
    }
    builder
        .setIoThreads(1)
        .setWorkerThreads(1)
        .setSocketOption(Options.TCP_NODELAY, true)
        .setSocketOption(Options.BACKLOG, PeerServer.BACKLOG)
        .setHandler(handler)
        .build()
        .start();
  }

  private static final class FanOut extends AbstractReceiveListener {

    @Override
    protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
      ByteBuffer copy;
      try (Pooled<ByteBuffer[]> data = message.getData()) {
        copy = WebSockets.mergeBuffers(data.getResource());
      }
      for (WebSocketChannel peer : channel.getPeerConnections()) {
        if (peer != channel) {
          WebSockets.sendBinary(copy.duplicate(), peer, null);
        }
      }
    }
  }

  private static final class Echo extends AbstractReceiveListener {

    @Override
    protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
      WebSockets.sendText(message.getData(), channel, null);
    }

    @Override
    protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
      Pooled<ByteBuffer[]> data = message.getData();
      WebSockets.sendBinary(data.getResource(), channel, new Release(data));
    }
  }

  /** Gives the buffers of a message back when it has been sent. */
  private record Release(Pooled<ByteBuffer[]> data) implements WebSocketCallback<Void> {

    @Override
    public void complete(WebSocketChannel channel, Void context) {
      data.close();
    }

    @Override
    public void onError(WebSocketChannel channel, Void context, Throwable cause) {
      data.close();
    }
  }
}
