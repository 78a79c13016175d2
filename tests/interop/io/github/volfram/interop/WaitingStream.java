package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ReadOutcome;
import io.github.volfram.StreamHandshake;
import io.github.volfram.StreamOptions;
import io.github.volfram.TlsChannel;
import io.github.volfram.WebSocketStream;
import io.github.volfram.WriteOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;

/** A stream over TLS whose thread waits with a selector for whatever would block. */
final class WaitingStream implements AutoCloseable {

  private static final long PATIENCE_MILLIS = 30_000;

  private final SocketChannel socket;
  private final Selector selector;
  private final SelectionKey key;
  final WebSocketStream stream;

  private WaitingStream(SocketChannel socket, StreamHandshake handshake) throws IOException {
    this.socket = socket;
    selector = Selector.open();
    key = socket.register(selector, SelectionKey.OP_READ);
    while (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
      await(handshake.interest().selectionOps());
    }
    stream = handshake.stream();
  }

  static WaitingStream connect(URI uri, SSLContext context, StreamOptions options)
      throws IOException {
    SocketChannel socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", uri.getPort()));
    socket.configureBlocking(false);
    TlsChannel tls = TlsChannel.client(socket, context, uri.getHost(), uri.getPort());
    return new WaitingStream(socket, WebSocketStream.client(tls, uri, options));
  }

  static WaitingStream accept(SocketChannel socket, SSLContext context, StreamOptions options)
      throws IOException {
    socket.configureBlocking(false);
    TlsChannel tls = TlsChannel.server(socket, context);
    return new WaitingStream(socket, WebSocketStream.accept(tls, options));
  }

  private void await(int operations) throws IOException {
    key.interestOps(operations);
    assertTrue(selector.select(PATIENCE_MILLIS) > 0, "nothing happens");
    selector.selectedKeys().clear();
  }

  /** The next message or control frame, or the end. */
  ReadOutcome read() throws IOException {
    ReadOutcome outcome = stream.read();
    while (outcome == ReadOutcome.WOULD_BLOCK) {
      await(stream.interestOps());
      outcome = stream.read();
    }
    return outcome;
  }

  void send(ByteBuffer bytes, boolean text) throws IOException {
    WriteOutcome outcome = text ? stream.sendTextUtf8(bytes) : stream.sendBinary(bytes);
    assertTrue(outcome.isTaken(), outcome.toString());
    while (outcome != WriteOutcome.SENT) {
      await(stream.interestOps() & SelectionKey.OP_WRITE);
      outcome = stream.flush();
    }
  }

  /** Sends every message back until the peer closes. */
  void echo() throws IOException {
    for (ReadOutcome outcome = read(); outcome != ReadOutcome.CLOSED; outcome = read()) {
      if (outcome.isMessage()) {
        send(stream.payload(), outcome == ReadOutcome.TEXT);
      }
    }
  }

  @Override
  public void close() throws IOException {
    stream.abort();
    stream.channel().close();
    selector.close();
    socket.close();
  }
}
