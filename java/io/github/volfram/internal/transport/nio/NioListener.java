package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.CompletionSink;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;

/** A listening socket. */
final class NioListener extends NioChannel {

  /** So that a flood of new connections does not keep the others waiting. */
  private static final int MAX_ACCEPTS = 64;

  static {
    // Once descriptors have run out, no class can be loaded from a folder any more; so what
    // describes that failure is loaded beforehand.
    IoErrors.load();
  }

  private final ServerSocketChannel channel;
  private boolean paused;

  private NioListener(long token, ServerSocketChannel channel) {
    super(token);
    this.channel = channel;
  }

  static NioListener bind(long token, SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    ServerSocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (reusePort) {
        sharePort(channel);
      }
      channel.bind(address, backlog);
      return new NioListener(token, channel);
    } catch (IOException | UnresolvedAddressException e) {
      channel.close();
      BindException named =
          new BindException(
              "cannot bind "
                  + address
                  + ": "
                  + (e instanceof UnresolvedAddressException ? "unresolved" : e.getMessage()));
      named.initCause(e);
      throw named;
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void sharePort(ServerSocketChannel channel) throws IOException {
    if (!channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
      throw new IOException("SO_REUSEPORT is not there");
    }
    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
  }

  SocketAddress boundAddress() throws IOException {
    return channel.getLocalAddress();
  }

  void pause(boolean paused) {
    this.paused = paused;
    updateInterest();
  }

  @Override
  int wantedInterest() {
    return paused ? 0 : SelectionKey.OP_ACCEPT;
  }

  @Override
  int ready(ReceiveArena arena, CompletionSink sink) {
    int accepted = 0;
    while (accepted < MAX_ACCEPTS && !paused && isOpen()) {
      SocketChannel socket;
      try {
        socket = channel.accept();
      } catch (IOException e) {
        if (IoErrors.concernsOneConnection(e)) {
          break;
        }
        sink.acceptFailed(token(), IoErrors.acceptErrno(e));
        return accepted + 1;
      }
      if (socket == null) {
        break;
      }
      accepted++;
      sink.accepted(token(), new NioAcceptedSocket(socket));
    }
    return accepted;
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
