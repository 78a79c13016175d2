package io.github.volfram;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;

/** A {@link ScriptedChannel} that looks like a socket. */
final class ScriptedSocket extends SelectableChannel implements ByteChannel {

  private final ScriptedChannel channel;
  private boolean blocking;

  ScriptedSocket(ScriptedChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return channel.write(from);
  }

  @Override
  public SelectorProvider provider() {
    return SelectorProvider.provider();
  }

  @Override
  public int validOps() {
    return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
  }

  @Override
  public boolean isRegistered() {
    return false;
  }

  @Override
  public SelectionKey keyFor(Selector selector) {
    return null;
  }

  @Override
  public SelectionKey register(Selector selector, int ops, Object attachment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SelectableChannel configureBlocking(boolean block) {
    blocking = block;
    return this;
  }

  @Override
  public boolean isBlocking() {
    return blocking;
  }

  @Override
  public Object blockingLock() {
    return this;
  }

  @Override
  protected void implCloseChannel() {
    channel.close();
  }
}
