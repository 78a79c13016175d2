package io.github.volfram.internal.stream;

import io.github.volfram.internal.frame.CloseFrame;
import java.nio.ByteBuffer;

/** Judges what an application puts into control frames (RFC 6455 §5.5). Stateless. */
final class ControlFrames {

  private static final int MAX_PAYLOAD_BYTES = 125;

  private ControlFrames() {}

  /** Returns the payload when it is short enough. */
  static ByteBuffer checked(ByteBuffer payload) {
    if (payload.remaining() > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "expected at most 125 bytes in a control frame, got " + payload.remaining());
    }
    return payload;
  }

  /** The payload of a close frame that an application may send (§7.4.2). */
  static byte[] closeByApplication(int code, String reason) {
    if (!CloseFrame.isSendable(code)) {
      throw new IllegalArgumentException("expected close code 1000 or 3000-4999, got " + code);
    }
    return CloseFrame.encode(code, reason);
  }
}
