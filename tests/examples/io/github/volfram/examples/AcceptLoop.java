package io.github.volfram.examples;

import static io.github.volfram.WriteOutcome.WOULD_BLOCK;

import io.github.volfram.StreamHandshake;
import io.github.volfram.WebSocketStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A server of one thread that accepts, shakes hands and echoes, whichever is ready. */
final class AcceptLoop implements Closeable {

  private static final long TICK_MILLIS = 1000;

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();

  AcceptLoop() throws IOException {
    listener.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  int port() {
    return listener.socket().getLocalPort();
  }

  /** Waits until something is ready, and serves all that is. */
  void turn() throws IOException {
    selector.select(this::serve, TICK_MILLIS);
    for (SelectionKey key : selector.keys()) { // those whose time is over
      if (key.attachment() instanceof StreamHandshake late && late.remaining().isZero()) {
        serve(key);
      }
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.attachment() instanceof WebSocketStream stream) {
        echo(key, stream);
      } else if (key.attachment() instanceof StreamHandshake handshake) {
        resume(key, handshake);
      } else {
        accept();
      }
    } catch (IOException ended) {
      if (key.channel() != listener) {
        close(key); // this connection only, whether refused, broken or at its end
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = listener.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, WebSocketStream.accept(channel));
    }
  }

  private static void resume(SelectionKey key, StreamHandshake handshake) throws IOException {
    if (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
      key.interestOps(handshake.interest().selectionOps());
    } else {
      key.attach(handshake.stream());
      echo(key, handshake.stream());
    }
  }

  private static void echo(SelectionKey key, WebSocketStream stream) throws IOException {
    // Reads only while the client takes its answers, so no write is ever FULL.
    boolean reading = stream.flush() != WOULD_BLOCK;
    while (reading) {
      switch (stream.read()) {
        case TEXT -> reading = stream.writeTextUtf8(stream.payload()) != WOULD_BLOCK;
        case BINARY -> reading = stream.writeBinary(stream.payload()) != WOULD_BLOCK;
        case PING, PONG, CLOSE -> {} // answered already
        case WOULD_BLOCK -> {
          stream.flush();
          reading = false;
        }
        case CLOSED -> throw new ClosedChannelException();
      }
    }
    key.interestOps(stream.wantsWrite() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException alreadyGone) {
      key.cancel();
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
