package io.github.volfram.internal.engine;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import java.nio.ByteBuffer;

/**
 * Receives the completions of a flush, which may happen within a callback; there are only those two
 * kinds that call no callback.
 */
final class FlushSink implements CompletionSink {

  private final EventLoop loop;

  FlushSink(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    loop.unsent(token, buffer, index, length);
  }

  @Override
  public void closed(long token, int errno) {
    loop.closed(token, errno);
  }

  @Override
  public void accepted(long listenerToken, AcceptedSocket socket) {
    throw unexpected("accepted");
  }

  @Override
  public void acceptFailed(long listenerToken, int errno) {
    throw unexpected("acceptFailed");
  }

  @Override
  public void connected(long token, int errno) {
    throw unexpected("connected");
  }

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    throw unexpected("received");
  }

  @Override
  public void writable(long token) {
    throw unexpected("writable");
  }

  private static IllegalStateException unexpected(String what) {
    return new IllegalStateException("a flush delivers unsent and closed, not " + what);
  }
}
