package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Tokens;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transport on one {@link java.nio.channels.Selector}.
 *
 * <p>Why received bytes may be submitted in place although there is one receive arena: within a
 * turn every submitted region is written, or handed back by {@code unsent}, before the first byte
 * is received; and should the arena fill up within a turn, the queue is flushed once more before it
 * is used from its beginning again. So no byte of the arena is overwritten that is still queued.
 */
public final class NioTransport implements Transport {

  private final ByteBuffer sendArena = ByteBuffer.allocateDirect(SEND_ARENA_BYTES);
  private final ReceiveArena receiveArena = new ReceiveArena();
  private final SendQueue sends = new SendQueue(sendArena, receiveArena.buffer());
  private final NioPoller poller;
  private final Consumer<SelectionKey> onReady = this::ready;

  private @Nullable NioChannel[] channels = new @Nullable NioChannel[64];
  private boolean closed;

  /** The sink of the turn that runs now. */
  private @Nullable CompletionSink sink;

  /** How many completions the turn that runs now has delivered. */
  private int completions;

  /** Opens the selector and reserves the arenas. */
  public NioTransport() {
    try {
      poller = new NioPoller();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector: " + e.getMessage(), e);
    }
  }

  @Override
  public ByteBuffer sendArena() {
    requireOpen();
    return sendArena;
  }

  @Override
  public SocketAddress listen(long token, SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    requireFree(token);
    NioListener listener = NioListener.bind(token, address, backlog, reusePort);
    open(listener);
    return listener.boundAddress();
  }

  @Override
  public void pauseAccepting(long token, boolean paused) {
    if (channel(token) instanceof NioListener listener) {
      listener.pause(paused);
    } else {
      throw new IllegalStateException("not a listening socket: " + describe(token));
    }
  }

  @Override
  public void connect(long token, SocketAddress address, SocketSettings settings)
      throws IOException {
    requireFree(token);
    open(NioConnection.connect(token, address, settings));
  }

  @Override
  public void adopt(long token, AcceptedSocket socket, SocketSettings settings) throws IOException {
    requireFree(token);
    if (!(socket instanceof NioAcceptedSocket accepted)) {
      throw new IllegalArgumentException("accepted by another backend: " + socket);
    }
    open(NioConnection.adopt(token, accepted.take(), settings));
  }

  @Override
  public void submit(long token, ByteBuffer buffer, int index, int length) {
    NioConnection connection = connection(token);
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("not a direct buffer: " + buffer);
    }
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (length > 0) {
      sends.add(connection, buffer, index, length);
    }
  }

  @Override
  public int turn(long timeoutNanos, CompletionSink sink) throws IOException {
    requireOpen();
    requireNoTurn("turn");
    this.sink = Objects.requireNonNull(sink, "sink");
    completions = 0;
    try {
      recycleArena(sink);
      // What the flush has reported is already something that happened: no reason to wait.
      poller.select(completions > 0 ? 0 : timeoutNanos, onReady);
      return completions;
    } finally {
      this.sink = null;
    }
  }

  @Override
  public void flush(CompletionSink sink) throws IOException {
    requireOpen();
    int delivered = sends.flush(sink);
    completions += delivered;
  }

  @Override
  public void awaitWritable(long token, boolean armed) {
    connection(token).awaitWritable(armed);
  }

  @Override
  public void pauseReading(long token) {
    connection(token).pauseReading(true);
  }

  @Override
  public void resumeReading(long token) {
    connection(token).pauseReading(false);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What was submitted is sent first. When the kernel does not take all of it, the remainder is
   * handed back by the next flush, and the stream is not ended: that is to be asked for again.
   */
  @Override
  public void shutdownOutput(long token) {
    NioConnection connection = connection(token);
    if (sends.sendNow(connection)) {
      connection.shutdownOutput();
    }
  }

  @Override
  public void close(long token) {
    NioChannel channel = channel(token);
    if (channel instanceof NioConnection connection) {
      sends.sendNow(connection);
      sends.discard(connection);
    }
    forget(channel);
    channel.close();
  }

  @Override
  public void abort(long token) {
    NioConnection connection = connection(token);
    sends.discard(connection);
    forget(connection);
    connection.abort();
  }

  @Override
  public @Nullable SocketAddress localAddress(long token) {
    return channel(token).localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress(long token) {
    return connection(token).remoteAddress();
  }

  @Override
  public void wakeup() {
    poller.wakeup();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireNoTurn("close");
    closed = true;
    for (NioChannel channel : channels) {
      if (channel != null) {
        channel.close();
      }
    }
    Arrays.fill(channels, null);
    // The selector frees the descriptors of the channels closed above.
    poller.close();
  }

  private void ready(SelectionKey key) {
    CompletionSink sink = this.sink;
    NioChannel channel = (NioChannel) key.attachment();
    if (sink == null || channel == null) {
      throw new IllegalStateException("an event outside of a turn");
    }
    if (!receiveArena.hasRoom()) {
      recycleArena(sink);
    }
    // An earlier event of this batch may have closed it.
    if (channel.isOpen()) {
      int delivered = channel.ready(receiveArena, sink);
      completions += delivered;
    }
  }

  /** Sends all that may lie in the receive arena, then begins to fill it anew. */
  private void recycleArena(CompletionSink sink) {
    int delivered = sends.flush(sink);
    completions += delivered;
    receiveArena.rewind();
  }

  private void open(NioChannel channel) throws IOException {
    try {
      poller.register(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    int slot = Tokens.slot(channel.token());
    if (slot >= channels.length) {
      channels = Arrays.copyOf(channels, Math.max(slot + 1, channels.length * 2));
    }
    channels[slot] = channel;
  }

  private void forget(NioChannel channel) {
    channels[Tokens.slot(channel.token())] = null;
  }

  private @Nullable NioChannel at(long token) {
    int slot = Tokens.slot(token);
    return slot >= 0 && slot < channels.length ? channels[slot] : null;
  }

  private NioChannel channel(long token) {
    NioChannel channel = at(token);
    if (channel == null || channel.token() != token) {
      requireOpen();
      throw new IllegalStateException("not open: " + describe(token));
    }
    return channel;
  }

  private NioConnection connection(long token) {
    if (channel(token) instanceof NioConnection connection) {
      return connection;
    }
    throw new IllegalStateException("not a connection: " + describe(token));
  }

  private void requireFree(long token) {
    requireOpen();
    if (Tokens.slot(token) < 0) {
      throw new IllegalArgumentException("negative slot: " + describe(token));
    }
    NioChannel channel = at(token);
    if (channel != null) {
      throw new IllegalStateException(
          describe(token) + " shares its slot with the open " + describe(channel.token()));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the transport is closed");
    }
  }

  private void requireNoTurn(String call) {
    if (sink != null) {
      throw new IllegalStateException(call + " called from within a completion");
    }
  }

  private static String describe(long token) {
    return "token (slot " + Tokens.slot(token) + ", generation " + Tokens.generation(token) + ")";
  }
}
