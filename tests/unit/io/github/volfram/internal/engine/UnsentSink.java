package io.github.volfram.internal.engine;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import java.nio.ByteBuffer;

/** A sink for tests of sending that expects nothing else. */
class UnsentSink implements CompletionSink {

  @Override
  public void accepted(long listenerToken, AcceptedSocket socket) {
    throw new AssertionError("accepted");
  }

  @Override
  public void acceptFailed(long listenerToken, int errno) {
    throw new AssertionError("acceptFailed");
  }

  @Override
  public void connected(long token, int errno) {}

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    throw new AssertionError("received");
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    throw new AssertionError("unsent");
  }

  @Override
  public void writable(long token) {
    throw new AssertionError("writable");
  }

  @Override
  public void closed(long token, int errno) {
    throw new AssertionError("closed");
  }
}
