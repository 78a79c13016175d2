package io.github.volfram.internal.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Sends back, inverted in place, what it receives; keeps what the kernel does not take. */
final class EchoSink extends RecordingSink {

  private final Transport transport;
  private final Map<Long, ArrayDeque<ByteBuffer>> kept = new HashMap<>();

  EchoSink(Transport transport) {
    this.transport = transport;
  }

  static byte[] inverted(byte[] bytes) {
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = (byte) ~bytes[i];
    }
    return result;
  }

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    super.received(token, arena, index, length);
    arena.clear();
    for (int i = index; i < index + length; i++) {
      arena.put(i, (byte) ~arena.get(i));
    }
    if (kept(token).isEmpty()) {
      transport.submit(token, arena, index, length);
    } else {
      keep(token, arena, index, length);
    }
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    super.unsent(token, buffer, index, length);
    keep(token, buffer, index, length);
    transport.awaitWritable(token, true);
  }

  @Override
  public void writable(long token) {
    super.writable(token);
    ArrayDeque<ByteBuffer> buffers = kept(token);
    while (!buffers.isEmpty()) {
      ByteBuffer buffer = buffers.remove();
      transport.submit(token, buffer, 0, buffer.capacity());
    }
  }

  private void keep(long token, ByteBuffer buffer, int index, int length) {
    kept(token)
        .add(ByteBuffer.allocateDirect(length).put(0, buffer.duplicate().clear(), index, length));
  }

  private ArrayDeque<ByteBuffer> kept(long token) {
    return kept.computeIfAbsent(token, t -> new ArrayDeque<>());
  }
}
