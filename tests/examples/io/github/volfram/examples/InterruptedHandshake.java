package io.github.volfram.examples;

import io.github.volfram.StreamHandshake;
import io.github.volfram.WebSocketStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client that connects without blocking, and does other work while its handshake waits. */
final class InterruptedHandshake {

  private InterruptedHandshake() {}

  /** Connects, sends one text and returns the answer. */
  static String ask(URI uri, String question, Runnable otherWork) throws IOException {
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open()) {
      channel.configureBlocking(false);
      channel.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      selector.select(ready -> {});
      channel.finishConnect();

      StreamHandshake handshake = WebSocketStream.client(channel, uri);
      while (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
        otherWork.run();
        // It says what it waits for, and until when.
        key.interestOps(handshake.interest().selectionOps());
        selector.select(ready -> {}, handshake.selectTimeoutMillis());
      }

      WebSocketStream stream = handshake.stream();
      stream.sendText(question);
      String answer = "";
      while (true) {
        switch (stream.read()) {
          case TEXT -> {
            answer = stream.text();
            stream.close();
          }
          case BINARY, PING, PONG, CLOSE -> {}
          case WOULD_BLOCK -> {
            key.interestOps(stream.interestOps());
            selector.select(ready -> {}, stream.selectTimeoutMillis());
            stream.flush();
          }
          case CLOSED -> {
            return answer;
          }
        }
      }
    }
  }
}
