package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;

/** Counts messages, or parts of them, and their bytes. */
public final class CountingSink implements MessageSink {

  /** How many messages came. */
  public int messages;

  /** How many bytes they had. */
  public long bytes;

  @Override
  public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
    messages++;
    bytes += length;
    return true;
  }

  @Override
  public boolean ping(ByteBuffer buffer, int index, int length) {
    return true;
  }

  @Override
  public boolean pong(ByteBuffer buffer, int index, int length) {
    return true;
  }

  @Override
  public boolean close(int code, String reason) {
    return true;
  }
}
