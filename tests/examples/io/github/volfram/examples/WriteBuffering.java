package io.github.volfram.examples;

import io.github.volfram.StreamOptions;
import io.github.volfram.WebSocketStream;
import io.github.volfram.WriteOutcome;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Many small messages leave in few system calls, and a slow peer cannot fill the memory. */
final class WriteBuffering {

  /** What {@code write} gathers before it sends, and above what it refuses. */
  static final StreamOptions OPTIONS =
      StreamOptions.builder().writeBufferBytes(32 << 10).maxWriteBufferBytes(256 << 10).build();

  private WriteBuffering() {}

  /** Sends numbers, each as one message, and does other work while the peer is slow. */
  static void sendNumbers(
      SocketChannel channel, WebSocketStream stream, int count, Runnable otherWork)
      throws IOException {
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_WRITE);
      for (int i = 0; i < count; i++) {
        while (stream.writeText(Integer.toString(i)) == WriteOutcome.FULL) {
          otherWork.run(); // not taken: write it again when the peer has made room
          selector.select(ready -> {});
        }
      }
      while (stream.flush() == WriteOutcome.WOULD_BLOCK) {
        selector.select(ready -> {}); // taken, but not all sent
      }
    }
  }
}
