package io.github.volfram.examples;

import io.github.volfram.WebSocketStream;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** Waits for readiness in the kernel instead of asking again and again. */
final class ReadinessLoop {

  private ReadinessLoop() {}

  /** Hands over each text until the peer closes; returns how often the thread was woken. */
  static int receive(SocketChannel channel, WebSocketStream stream, Consumer<String> texts)
      throws IOException {
    int wakeups = 0;
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, 0);
      while (true) {
        switch (stream.read()) {
          case TEXT -> texts.accept(stream.text());
          case BINARY, PING, PONG, CLOSE -> {}
          case WOULD_BLOCK -> {
            // Wrong here: "continue", which would keep a core busy to learn nothing.
            key.interestOps(stream.interestOps());
            selector.select(ready -> {}, stream.selectTimeoutMillis());
            wakeups++;
            stream.flush();
          }
          case CLOSED -> {
            return wakeups;
          }
        }
      }
    }
  }
}
