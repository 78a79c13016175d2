package io.github.volfram.internal.transport;

import java.net.SocketAddress;

/** One end of a fake connection. */
final class FakeSocket {

  final FakePipe in;
  final FakePipe out;
  final SocketAddress local;
  final SocketAddress remote;
  private final FakeNetwork network;
  private boolean open = true;

  FakeSocket(
      FakeNetwork network, FakePipe in, FakePipe out, SocketAddress local, SocketAddress remote) {
    this.network = network;
    this.in = in;
    this.out = out;
    this.local = local;
    this.remote = remote;
    network.opened();
  }

  boolean isOpen() {
    return open;
  }

  void close() {
    if (open) {
      out.end();
      disappear();
    }
  }

  void reset() {
    if (open) {
      out.reset();
      disappear();
    }
  }

  private void disappear() {
    open = false;
    in.abandon();
    network.closed();
  }

  /** The error that a write meets now, or 0. */
  int writeErrno() {
    if (in.isReset()) {
      return Errno.ECONNRESET;
    }
    return out.isAbandoned() ? Errno.EPIPE : 0;
  }
}
