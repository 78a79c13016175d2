package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A transport on a {@link FakeNetwork}. As strict as the contract allows: bytes of the receive
 * arena are overwritten as soon as they are no longer valid, so that a caller who holds on to them
 * sees it at once.
 */
public final class FakeTransport implements Transport {

  private final FakeNetwork network;
  private final ByteBuffer sendArena = ByteBuffer.allocateDirect(SEND_ARENA_BYTES);
  private final FakeArena arena = new FakeArena();
  private final Map<Integer, FakeChannel> channels = new TreeMap<>();
  private Deque<FakeChannel> queued = new ArrayDeque<>();
  private boolean inTurn;
  private boolean closed;
  private int completions;
  private volatile boolean woken;

  FakeTransport(FakeNetwork network) {
    this.network = network;
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
    Deque<FakeSocket> waiting = new ArrayDeque<>();
    SocketAddress bound = network.bind(address, waiting);
    channels.put(Tokens.slot(token), FakeChannel.listener(token, bound, waiting));
    return bound;
  }

  /** Lets accepting fail with this error from now on, or work again with 0. */
  public void failAccepting(long token, int errno) {
    listener(token).acceptErrno = errno;
  }

  @Override
  public void pauseAccepting(long token, boolean paused) {
    listener(token).paused = paused;
  }

  private FakeChannel listener(long token) {
    FakeChannel channel = channel(token);
    if (channel.backlog == null) {
      throw new IllegalStateException("not a listening socket: " + token);
    }
    return channel;
  }

  @Override
  public void connect(long token, SocketAddress address, SocketSettings settings) {
    requireFree(token);
    Integer refusal = network.refusal(address);
    FakeChannel channel =
        refusal == null
            ? FakeChannel.connection(token, network.dial(address), settings)
            : FakeChannel.refused(token, refusal);
    channel.connecting = true;
    channels.put(Tokens.slot(token), channel);
  }

  @Override
  public void adopt(long token, AcceptedSocket socket, SocketSettings settings) {
    requireFree(token);
    channels.put(
        Tokens.slot(token),
        FakeChannel.connection(token, ((FakeAcceptedSocket) socket).take(), settings));
  }

  @Override
  public void submit(long token, ByteBuffer buffer, int index, int length) {
    FakeChannel channel = connection(token);
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("not a direct buffer: " + buffer);
    }
    if (index < 0 || length < 0 || index > buffer.capacity() - length) {
      throw new IndexOutOfBoundsException(index + " + " + length + " of " + buffer.capacity());
    }
    if (length > 0) {
      if (channel.regions.isEmpty()) {
        queued.add(channel);
      }
      channel.regions.add(new FakeRegion(buffer, index, length));
    }
  }

  @Override
  public int turn(long timeoutNanos, CompletionSink sink) throws IOException {
    requireOpen();
    if (inTurn) {
      throw new IllegalStateException("turn called from within a completion");
    }
    inTurn = true;
    completions = 0;
    try {
      send(sink);
      arena.rewind();
      network.advance(0);
      serve(sink);
      long end = timeoutNanos < 0 ? Long.MAX_VALUE : network.nanoTime() + timeoutNanos;
      while (completions == 0 && timeoutNanos != 0 && !woken) {
        Long next = network.nextActionAt();
        if (next == null && timeoutNanos < 0) {
          throw new IllegalStateException("this wait would never end: nothing is scheduled");
        }
        if (next == null || next > end) {
          network.advance(end - network.nanoTime());
          break;
        }
        network.runNext();
        serve(sink);
      }
      woken = false;
      return completions;
    } finally {
      inTurn = false;
    }
  }

  @Override
  public void flush(CompletionSink sink) {
    requireOpen();
    send(sink);
  }

  private void send(CompletionSink sink) {
    Deque<FakeChannel> due = queued;
    queued = new ArrayDeque<>();
    for (FakeChannel channel : due) {
      completions += channel.send(sink);
    }
  }

  private void serve(CompletionSink sink) {
    for (FakeChannel channel : List.copyOf(channels.values())) {
      if (!arena.hasRoom()) {
        send(sink);
        arena.rewind();
      }
      if (channel.open) {
        completions += channel.serve(arena, this::submittedOfArena, sink);
      }
    }
  }

  /** The regions of the receive arena that are queued and therefore still needed. */
  private List<FakeRegion> submittedOfArena() {
    List<FakeRegion> regions = new ArrayList<>();
    for (FakeChannel channel : queued) {
      for (FakeRegion region : channel.regions) {
        if (region.buffer() == arena.buffer()) {
          regions.add(region);
        }
      }
    }
    return regions;
  }

  @Override
  public void awaitWritable(long token, boolean armed) {
    connection(token).awaitingWritable = armed;
  }

  @Override
  public void pauseReading(long token) {
    connection(token).paused = true;
  }

  @Override
  public void resumeReading(long token) {
    connection(token).paused = false;
  }

  @Override
  public void shutdownOutput(long token) {
    connection(token).shutdownOutput();
  }

  @Override
  public void close(long token) {
    FakeChannel channel = channel(token);
    channel.sendNow();
    forget(channel);
    if (channel.backlog != null) {
      network.unbind(channel.bound);
    } else if (channel.socket != null) {
      channel.socket.close();
    }
  }

  @Override
  public void abort(long token) {
    FakeChannel channel = connection(token);
    forget(channel);
    if (channel.socket != null) {
      channel.socket.reset();
    }
  }

  private void forget(FakeChannel channel) {
    channels.remove(Tokens.slot(channel.token));
    channel.regions.clear();
    channel.open = false;
  }

  @Override
  public SocketAddress localAddress(long token) {
    FakeChannel channel = channel(token);
    return channel.socket != null ? channel.socket.local : channel.bound;
  }

  @Override
  public SocketAddress remoteAddress(long token) {
    FakeChannel channel = connection(token);
    return channel.socket != null ? channel.socket.remote : null;
  }

  @Override
  public void wakeup() {
    woken = true;
  }

  @Override
  public void close() {
    if (!closed) {
      if (inTurn) {
        throw new IllegalStateException("close called from within a completion");
      }
      for (FakeChannel channel : List.copyOf(channels.values())) {
        close(channel.token);
      }
      closed = true;
    }
  }

  private FakeChannel channel(long token) {
    requireOpen();
    FakeChannel channel = channels.get(Tokens.slot(token));
    if (channel == null || channel.token != token) {
      throw new IllegalStateException("not open: token " + Long.toHexString(token));
    }
    return channel;
  }

  private FakeChannel connection(long token) {
    FakeChannel channel = channel(token);
    if (channel.backlog != null) {
      throw new IllegalStateException("not a connection: token " + Long.toHexString(token));
    }
    return channel;
  }

  private void requireFree(long token) {
    requireOpen();
    if (channels.containsKey(Tokens.slot(token))) {
      throw new IllegalStateException("slot in use: token " + Long.toHexString(token));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the transport is closed");
    }
  }
}
