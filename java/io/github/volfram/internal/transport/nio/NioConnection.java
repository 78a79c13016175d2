package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Errno;
import io.github.volfram.internal.transport.SocketSettings;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection, established or on its way. */
final class NioConnection extends NioChannel {

  private enum Phase {
    /** The kernel has been asked to connect. */
    CONNECTING,
    /** Both directions flow. */
    OPEN,
    /** The peer has ended its stream; ours still flows. */
    INPUT_ENDED,
    /** Broken, and reported as such: nothing is watched or written any more. */
    BROKEN
  }

  /** TCP_QUICKACK of the module jdk.net, by its name as that module may be missing. */
  private static final @Nullable SocketOption<Boolean> QUICK_ACK = quickAckOption();

  private final SocketChannel channel;
  private final boolean quickAck;
  private Phase phase;
  private boolean readingPaused;
  private boolean awaitingWritable;

  /** The error of a send, to be reported when what has arrived has been read; 0 for none. */
  private int fault;

  /** The regions queued for this connection: a chain within {@link SendQueue}, -1 for none. */
  int firstRegion = -1;

  /** The end of that chain. */
  int lastRegion = -1;

  private NioConnection(long token, SocketChannel channel, SocketSettings settings, Phase phase) {
    super(token);
    this.channel = channel;
    this.quickAck = settings.quickAck();
    this.phase = phase;
  }

  static NioConnection connect(long token, SocketAddress address, SocketSettings settings)
      throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      configure(channel, settings);
      channel.connect(address);
      return new NioConnection(token, channel, settings, Phase.CONNECTING);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  static NioConnection adopt(long token, SocketChannel channel, SocketSettings settings)
      throws IOException {
    try {
      configure(channel, settings);
      return new NioConnection(token, channel, settings, Phase.OPEN);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void configure(SocketChannel channel, SocketSettings settings) throws IOException {
    channel.configureBlocking(false);
    if (settings.tcpNoDelay()) {
      apply(channel, StandardSocketOptions.TCP_NODELAY, true);
    }
    if (settings.receiveBufferBytes() > 0) {
      apply(channel, StandardSocketOptions.SO_RCVBUF, settings.receiveBufferBytes());
    }
    if (settings.sendBufferBytes() > 0) {
      apply(channel, StandardSocketOptions.SO_SNDBUF, settings.sendBufferBytes());
    }
  }

  @SuppressWarnings("unchecked") // by its definition
  private static @Nullable SocketOption<Boolean> quickAckOption() {
    try (SocketChannel any = SocketChannel.open()) {
      for (SocketOption<?> option : any.supportedOptions()) {
        if (option.name().equals("TCP_QUICKACK")) {
          return (SocketOption<Boolean>) option;
        }
      }
    } catch (IOException e) {
      // Descriptors have run out; then it is as if the option were not there.
    }
    return null;
  }

  private static <T> void apply(SocketChannel channel, SocketOption<T> option, T value)
      throws IOException {
    // A Unix-domain socket has no TCP_NODELAY.
    if (channel.supportedOptions().contains(option)) {
      channel.setOption(option, value);
    }
  }

  @Override
  int wantedInterest() {
    int writing = awaitingWritable && fault == 0 ? SelectionKey.OP_WRITE : 0;
    return switch (phase) {
      // A connect that succeeded at once is no longer pending, and shows itself as writable.
      case CONNECTING -> channel.isConnected() ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
      case OPEN -> readingPaused ? writing : writing | SelectionKey.OP_READ;
      case INPUT_ENDED -> writing;
      case BROKEN -> 0;
    };
  }

  @Override
  int ready(ReceiveArena arena, CompletionSink sink) {
    if (phase == Phase.CONNECTING) {
      return finishConnect(sink);
    }
    int operations = readyOperations();
    int completions = 0;
    if ((operations & SelectionKey.OP_READ) != 0 && phase == Phase.OPEN && !readingPaused) {
      completions += receive(arena, sink);
    }
    if ((operations & SelectionKey.OP_WRITE) != 0 && awaitingWritable && isOpen()) {
      completions += becomeWritable(sink);
    }
    return completions;
  }

  private int finishConnect(CompletionSink sink) {
    int errno = 0;
    try {
      if (!channel.finishConnect()) {
        return 0;
      }
      become(Phase.OPEN);
    } catch (IOException e) {
      errno = IoErrors.errno(e);
      become(Phase.BROKEN);
    }
    sink.connected(token(), errno);
    return 1;
  }

  private int receive(ReceiveArena arena, CompletionSink sink) {
    int length;
    try {
      length = arena.receive(channel);
    } catch (IOException e) {
      return fail(e, sink);
    }
    if (length == 0) {
      return 0;
    }
    if (length < 0 && fault != 0) {
      become(Phase.BROKEN);
      sink.closed(token(), fault);
    } else if (length < 0) {
      become(Phase.INPUT_ENDED);
      sink.closed(token(), 0);
    } else {
      if (quickAck) {
        acknowledge();
      }
      sink.received(token(), arena.buffer(), arena.index(), length);
    }
    return 1;
  }

  /** The kernel forgets TCP_QUICKACK, so each receive sets it anew. */
  private void acknowledge() {
    if (QUICK_ACK != null) {
      try {
        apply(channel, QUICK_ACK, true);
      } catch (IOException ignored) {
        // Broken meanwhile: the next read or write reports it.
      }
    }
  }

  private int becomeWritable(CompletionSink sink) {
    if (phase == Phase.BROKEN) {
      return 0;
    }
    awaitWritable(false);
    sink.writable(token());
    return 1;
  }

  /**
   * Reports that the connection is broken, once.
   *
   * @return the number of completions delivered
   */
  int fail(IOException e, CompletionSink sink) {
    if (phase == Phase.BROKEN) {
      return 0;
    }
    become(Phase.BROKEN);
    sink.closed(token(), fault == 0 ? IoErrors.errno(e) : fault);
    return 1;
  }

  /**
   * Whether what the peer said before it went, say a close frame, is received before this error of
   * a send is reported; until then the kernel is taken to be full.
   */
  boolean keepsReceiving(IOException e) {
    int errno = IoErrors.errno(e);
    boolean gone = errno == Errno.EPIPE || errno == Errno.ECONNRESET;
    if (!gone || phase != Phase.OPEN || readingPaused) {
      return false;
    }
    fault = errno;
    updateInterest();
    return true;
  }

  /** Whether bytes for it can only be thrown away. */
  boolean isBroken() {
    return phase == Phase.BROKEN || !isOpen();
  }

  /** Writes what the kernel takes now. */
  int write(ByteBuffer view) throws IOException {
    return takesNothing() ? 0 : channel.write(view);
  }

  /** Writes what the kernel takes now of several regions. */
  long write(ByteBuffer[] views, int from, int count) throws IOException {
    return takesNothing() ? 0 : channel.write(views, from, count);
  }

  private boolean takesNothing() {
    return phase == Phase.CONNECTING || fault != 0;
  }

  void pauseReading(boolean paused) {
    readingPaused = paused;
    updateInterest();
  }

  void awaitWritable(boolean armed) {
    awaitingWritable = armed;
    updateInterest();
  }

  void shutdownOutput() {
    if (phase == Phase.OPEN || phase == Phase.INPUT_ENDED) {
      try {
        channel.shutdownOutput();
      } catch (IOException ignored) {
        // Broken meanwhile: the next read or write reports it.
      }
    }
  }

  /** Closes with a reset. */
  void abort() {
    try {
      apply(channel, StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException ignored) {
      // Then it closes in good order, which is the most that can be done.
    }
    close();
  }

  @Nullable SocketAddress remoteAddress() {
    try {
      return channel.getRemoteAddress();
    } catch (IOException e) {
      return null;
    }
  }

  private void become(Phase next) {
    phase = next;
    updateInterest();
  }

  @Override
  SelectableChannel selectable() {
    return channel;
  }

  @Override
  NetworkChannel network() {
    return channel;
  }
}
