package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.IdleStrategy;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A network that costs nothing: its connections upgrade, and from then on each receives the same
 * frames in every turn; what is sent is taken at once and counted. So what a turn over it takes is
 * the library's own.
 */
final class ScriptedTransport implements Transport {

  /** What a turn brings. */
  private enum Act {
    ACCEPT,
    UPGRADE,
    DELIVER,
    NOTHING
  }

  private static final byte[] REQUEST =
      String.join(
              "\r\n",
              "GET / HTTP/1.1",
              "Host: 127.0.0.1",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Version: 13",
              "",
              "")
          .getBytes(StandardCharsets.US_ASCII);

  /** What a transport guarantees before the received bytes. */
  private static final int ROOM_BYTES = 16;

  private final ByteBuffer sendArena = ByteBuffer.allocateDirect(SEND_ARENA_BYTES);
  private final ByteBuffer arena;
  private final long[] tokens;
  private final ByteBuffer frame;
  private final int headerBytes;
  private final int frames;
  private final int stride;
  private Act act = Act.ACCEPT;
  private long listener;
  private int adopted;
  private long sentBytes;
  private volatile @Nullable Thread waiting;
  private volatile boolean woken;

  /**
   * Makes a network.
   *
   * @param frame what each connection receives, from index 0 to the capacity
   * @param headerBytes how many bytes of it are its header
   * @param frames how often each receives it in one turn
   */
  ScriptedTransport(int connections, ByteBuffer frame, int headerBytes, int frames) {
    this.tokens = new long[connections];
    this.frame = frame;
    this.headerBytes = headerBytes;
    this.frames = frames;
    this.stride = ROOM_BYTES + Math.max(frames * frame.capacity(), REQUEST.length);
    this.arena = ByteBuffer.allocateDirect(connections * stride);
  }

  /** A loop over this network. */
  EventLoop newLoop(Masker masker, IdleStrategy idle) {
    DeflatePool noDeflate = new DeflatePool(Deflater.DEFAULT_COMPRESSION, 0, 0);
    return new EventLoop(this, masker, noDeflate, Idle.of(idle, this), System::nanoTime);
  }

  /** Accepts and upgrades all connections of a server, in two turns of its loop. */
  void open(EventLoop loop, UpgradeHandler handler) throws IOException {
    ServerOptions options = ServerOptions.builder().backend(Backend.NIO).build();
    loop.tasks().begin();
    loop.listeners()
        .listen(
            new Acceptor(options, List.of(loop), handler, null),
            options.tls(),
            options.address(),
            1,
            null);
    loop.poll();
    act = Act.UPGRADE;
    loop.poll();
    act = Act.NOTHING;
    for (int i = 0; i < tokens.length; i++) {
      for (int number = 0; number < frames; number++) {
        arena.put(at(i) + number * frame.capacity(), frame, 0, frame.capacity());
      }
    }
  }

  /** From now on every turn delivers the frames to each connection. */
  void deliver() {
    act = Act.DELIVER;
  }

  long sentBytes() {
    return sentBytes;
  }

  private int at(int connection) {
    return connection * stride + ROOM_BYTES;
  }

  @Override
  public int turn(long timeoutNanos, CompletionSink sink) {
    switch (act) {
      case ACCEPT -> {
        for (int i = 0; i < tokens.length; i++) {
          sink.accepted(listener, () -> {});
        }
      }
      case UPGRADE -> {
        for (int i = 0; i < tokens.length; i++) {
          arena.put(at(i), REQUEST);
          sink.received(tokens[i], arena, at(i), REQUEST.length);
        }
      }
      case DELIVER -> {
        for (int i = 0; i < tokens.length; i++) {
          int at = at(i);
          for (int number = 0; number < frames; number++) { // replies in place overwrite headers
            arena.put(at + number * frame.capacity(), frame, 0, headerBytes);
          }
          sink.received(tokens[i], arena, at, frames * frame.capacity());
        }
      }
      case NOTHING -> {
        if (timeoutNanos != 0) {
          await();
        }
        return 0;
      }
    }
    return tokens.length;
  }

  private void await() {
    waiting = Thread.currentThread();
    while (!woken) {
      LockSupport.park(this);
    }
    waiting = null;
    woken = false;
  }

  @Override
  public void wakeup() {
    woken = true;
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public ByteBuffer sendArena() {
    return sendArena;
  }

  @Override
  public SocketAddress listen(long token, SocketAddress address, int backlog, boolean reusePort) {
    listener = token;
    return new InetSocketAddress(1);
  }

  @Override
  public void adopt(long token, AcceptedSocket socket, SocketSettings settings) {
    tokens[adopted++] = token;
  }

  @Override
  public void submit(long token, ByteBuffer buffer, int index, int length) {
    sentBytes += length;
  }

  @Override
  public void flush(CompletionSink sink) {}

  @Override
  public void connect(long token, SocketAddress address, SocketSettings settings) {
    throw new UnsupportedOperationException("no connection is opened from this side");
  }

  @Override
  public void pauseAccepting(long token, boolean paused) {}

  @Override
  public void awaitWritable(long token, boolean armed) {}

  @Override
  public void pauseReading(long token) {}

  @Override
  public void resumeReading(long token) {}

  @Override
  public void shutdownOutput(long token) {}

  @Override
  public void close(long token) {}

  @Override
  public void abort(long token) {}

  @Override
  public @Nullable SocketAddress localAddress(long token) {
    return null;
  }

  @Override
  public @Nullable SocketAddress remoteAddress(long token) {
    return null;
  }

  @Override
  public void close() {}
}
