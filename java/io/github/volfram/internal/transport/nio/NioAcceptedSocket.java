package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.AcceptedSocket;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;

/** An accepted channel until one loop takes it; atomic because it may cross threads. */
final class NioAcceptedSocket implements AcceptedSocket {

  private final AtomicReference<SocketChannel> channel;

  NioAcceptedSocket(SocketChannel channel) {
    this.channel = new AtomicReference<>(channel);
  }

  SocketChannel take() {
    SocketChannel taken = channel.getAndSet(null);
    if (taken == null) {
      throw new IllegalStateException("already adopted or discarded");
    }
    return taken;
  }

  @Override
  public void discard() {
    SocketChannel taken = channel.getAndSet(null);
    if (taken != null) {
      try {
        taken.close();
      } catch (IOException ignored) {
        // Nobody has used it yet, so nobody misses it.
      }
    }
  }
}
