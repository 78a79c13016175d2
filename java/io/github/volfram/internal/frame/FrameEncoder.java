package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;

/**
 * Writes frame headers (RFC 6455 §5.2), drawn at {@link FrameDecoder}. Stateless, allocates
 * nothing; absolute indexes, a buffer's position and limit are not changed.
 */
public final class FrameEncoder {

  /** The longest header: two bytes, a 64-bit length and a masking key. */
  public static final int MAX_HEADER_BYTES = 14;

  /** The reserved bit that marks a compressed message, on its first frame (RFC 7692 §6). */
  public static final int RSV1 = FrameDecoder.RSV1;

  private static final int KEY_BYTES = 4;

  private FrameEncoder() {}

  /** How long the header of a frame is. */
  public static int headerBytes(long payloadLength, boolean masked) {
    int bytes;
    if (payloadLength <= FrameDecoder.PAYLOAD_BYTE_MAX) {
      bytes = 2;
    } else if (payloadLength <= FrameDecoder.PAYLOAD_SHORT_MAX) {
      bytes = 4;
    } else {
      bytes = 10;
    }
    return masked ? bytes + KEY_BYTES : bytes;
  }

  /**
   * Writes the header of an unmasked frame.
   *
   * @param rsv the reserved bits, 0 to 7: {@link #RSV1} or 0
   * @return how many bytes were written
   */
  public static int putHeader(
      ByteBuffer dst, int index, boolean fin, int rsv, int opcode, long payloadLength) {
    return put(dst, index, fin, rsv, opcode, payloadLength, 0);
  }

  /**
   * Writes the header of a masked frame.
   *
   * @param key the masking key, written big-endian; any value including 0
   * @return how many bytes were written
   */
  public static int putMaskedHeader(
      ByteBuffer dst, int index, boolean fin, int rsv, int opcode, long payloadLength, int key) {
    int bytes = put(dst, index, fin, rsv, opcode, payloadLength, FrameDecoder.B1_FLAG_MASK);
    WireOrder.INT.set(dst, index + bytes, key);
    return bytes + KEY_BYTES;
  }

  private static int put(
      ByteBuffer dst, int index, boolean fin, int rsv, int opcode, long payloadLength, int b1) {
    int b0 = (fin ? FrameDecoder.B0_FLAG_FIN : 0) | rsv << FrameDecoder.B0_SHIFT_RSV | opcode;
    dst.put(index, (byte) b0);
    if (payloadLength <= FrameDecoder.PAYLOAD_BYTE_MAX) {
      dst.put(index + 1, (byte) (b1 | (int) payloadLength));
      return 2;
    }
    if (payloadLength <= FrameDecoder.PAYLOAD_SHORT_MAX) {
      dst.put(index + 1, (byte) (b1 | FrameDecoder.PAYLOAD_SHORT));
      WireOrder.SHORT.set(dst, index + 2, (short) payloadLength);
      return 4;
    }
    dst.put(index + 1, (byte) (b1 | FrameDecoder.PAYLOAD_LONG));
    WireOrder.LONG.set(dst, index + 2, payloadLength);
    return 10;
  }
}
