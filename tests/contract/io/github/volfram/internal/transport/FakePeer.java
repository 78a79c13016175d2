package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.SocketAddress;

/** The other end of a fake connection, with the faults that a test may ask for. */
public final class FakePeer implements Peer {

  private final FakeSocket socket;

  FakePeer(FakeSocket socket) {
    this.socket = socket;
  }

  /** How many bytes the transport can send that this peer has not read; the rest is unsent. */
  public FakePeer holdsAtMost(int bytes) {
    socket.in.limitCapacity(bytes);
    return this;
  }

  /** How many bytes one flush of the transport gets rid of, whatever room there is. */
  public FakePeer takesPerWrite(int bytes) {
    socket.in.limitWrites(bytes);
    return this;
  }

  /** How many bytes the transport receives at a time: 1 forces every split. */
  public FakePeer deliversAtMost(int bytes) {
    socket.out.limitReads(bytes);
    return this;
  }

  /** Everything that has arrived and was not read yet. */
  public byte[] readAll() {
    byte[] all = new byte[socket.in.size()];
    for (int read = 0; read < all.length; ) {
      read += socket.in.read(all, read, all.length - read);
    }
    return all;
  }

  /** Writes everything, or fails when it does not fit. */
  public void writeAll(byte[] bytes) throws IOException {
    int written = write(bytes, 0, bytes.length);
    if (written < bytes.length) {
      throw new IllegalStateException("only " + written + " of " + bytes.length + " bytes fit");
    }
  }

  /** Whether the transport has ended its stream and everything before was read. */
  public boolean isAtEnd() {
    return socket.in.isEnded() && socket.in.size() == 0;
  }

  /** Whether the transport has reset the connection. */
  public boolean isReset() {
    return socket.in.isReset();
  }

  @Override
  public SocketAddress localAddress() {
    return socket.local;
  }

  @Override
  public SocketAddress remoteAddress() {
    return socket.remote;
  }

  @Override
  public int write(byte[] bytes, int offset, int length) throws IOException {
    int errno = socket.writeErrno();
    if (errno != 0) {
      throw new IOException(Errno.text(errno));
    }
    int taken = socket.out.takes(length);
    socket.out.write(bytes, offset, taken);
    return taken;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (socket.in.isReset()) {
      throw new IOException(Errno.text(Errno.ECONNRESET));
    }
    int read = socket.in.read(bytes, offset, length);
    return read == 0 && socket.in.isEnded() ? -1 : read;
  }

  @Override
  public void shutdownOutput() {
    socket.out.end();
  }

  @Override
  public void reset() {
    socket.reset();
  }

  @Override
  public void close() {
    socket.close();
  }
}
