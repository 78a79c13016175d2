package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.CompletionSink;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** A socket that has a token: a listener or a connection. */
abstract sealed class NioChannel permits NioListener, NioConnection {

  private final long token;
  private @Nullable SelectionKey key;
  private int interest;

  NioChannel(long token) {
    this.token = token;
  }

  final long token() {
    return token;
  }

  /** The channel beneath, seen as what a selector takes. */
  abstract SelectableChannel selectable();

  /** The channel beneath, seen as what has an address. */
  abstract NetworkChannel network();

  /** The operations that the selector shall watch for in the present state. */
  abstract int wantedInterest();

  /**
   * Acts on an event.
   *
   * @return the number of completions delivered
   */
  abstract int ready(ReceiveArena arena, CompletionSink sink);

  final void register(Selector selector) throws ClosedChannelException {
    interest = wantedInterest();
    key = selectable().register(selector, interest, this);
  }

  /** Tells the selector of a change; free of charge when there is none. */
  final void updateInterest() {
    int wanted = wantedInterest();
    if (wanted != interest && key != null && key.isValid()) {
      interest = wanted;
      key.interestOps(wanted);
    }
  }

  final int readyOperations() {
    return key != null && key.isValid() ? key.readyOps() : 0;
  }

  final boolean isOpen() {
    return selectable().isOpen();
  }

  /** Closes; the selector frees the descriptor when it selects next. */
  void close() {
    try {
      selectable().close();
    } catch (IOException ignored) {
      // The descriptor is gone all the same, and there is nobody to whom it would matter.
    }
  }

  final @Nullable SocketAddress localAddress() {
    try {
      return network().getLocalAddress();
    } catch (IOException e) {
      return null;
    }
  }
}
