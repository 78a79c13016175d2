package io.github.volfram.internal.engine;

import io.github.volfram.internal.frame.FrameEncoder;
import java.nio.ByteBuffer;

/**
 * A whole message as one unmasked frame, encoded once for any number of connections of servers.
 * Immutable; any thread may use it.
 */
final class SharedFrame {

  private final ByteBuffer bytes;

  private SharedFrame(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Encodes a frame; the payload is copied, from position to limit. */
  static SharedFrame of(int rsv, int opcode, ByteBuffer payload) {
    int length = payload.remaining();
    int header = FrameEncoder.headerBytes(length, false);
    ByteBuffer bytes = ByteBuffer.allocate(header + length);
    FrameEncoder.putHeader(bytes, 0, true, rsv, opcode, length);
    bytes.put(header, payload, payload.position(), length);
    return new SharedFrame(bytes);
  }

  /** The header and the payload, from 0 to the capacity. */
  ByteBuffer bytes() {
    return bytes;
  }

  int length() {
    return bytes.capacity();
  }
}
