package io.github.volfram.internal.frame;

import static io.github.volfram.internal.transport.Masker.UTF8_COMPLETE;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The payload of a close frame (RFC 6455 §5.5.1): nothing, or a code and a reason.
 *
 * @param code the peer's code, or {@link #NO_CODE}
 * @param reason may be empty
 */
public record CloseFrame(int code, String reason) {

  /** Stands for a close frame without a code; never on the wire (§7.1.5, §7.4.1). */
  public static final int NO_CODE = 1005;

  /** What 125 bytes of payload leave beside the code. */
  public static final int MAX_REASON_BYTES = FrameDecoder.CONTROL_PAYLOAD_MAX - Short.BYTES;

  private static final CloseFrame EMPTY = new CloseFrame(NO_CODE, "");

  /**
   * Whether a peer may send this code (§7.4): 1000 to 1003, 1007 to 1014, 3000 to 4999. 1012 to
   * 1014 are in IANA's registry, the last range is the libraries' and applications'.
   */
  public static boolean isReceivable(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  /** Whether an application may send this code: 1000, 3000 to 4999. */
  public static boolean isSendable(int code) {
    return code == 1000 || (code >= 3000 && code <= 4999);
  }

  /**
   * Whether the library itself may send this code. It echoes what it received, so that is
   * everything that may be received.
   */
  public static boolean isSendableByLibrary(int code) {
    return isReceivable(code);
  }

  /**
   * Makes a payload. Whether the sender is entitled to the code is the caller's to judge ({@link
   * #isSendable}).
   *
   * @param code what {@link #isSendableByLibrary} accepts, or {@link #NO_CODE} with an empty reason
   *     for an empty payload
   * @return 0, or 2 to 125 bytes
   * @throws IllegalArgumentException when the code is none that may be sent, or the reason takes
   *     more than 123 bytes or has a surrogate without a partner
   */
  public static byte[] encode(int code, String reason) {
    if (code == NO_CODE && reason.isEmpty()) {
      return new byte[0];
    }
    if (!isSendableByLibrary(code)) {
      throw new IllegalArgumentException(
          "expected a close code of 1000-1003, 1007-1014 or 3000-4999, got " + code);
    }
    int reasonBytes = Utf8.encodedLength(reason);
    if (reasonBytes > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "expected a close reason of at most 123 bytes in UTF-8, got " + reasonBytes);
    }
    byte[] payload = new byte[Short.BYTES + reasonBytes];
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    buffer.putShort(0, (short) code);
    Utf8.encode(reason, buffer, Short.BYTES);
    return payload;
  }

  /**
   * Reads an unmasked payload.
   *
   * @param buffer its position and limit are neither read nor changed
   * @throws ProtocolViolation 1002 for a payload of one byte or a code that must not be on the
   *     wire, 1007 for a reason that is not UTF-8
   */
  public static CloseFrame decode(ByteBuffer buffer, int index, int length)
      throws ProtocolViolation {
    if (length == 0) {
      return EMPTY;
    }
    if (length < Short.BYTES) {
      throw ProtocolViolation.protocolError(
          "RFC 6455 §5.5.1", "expected 0 or at least 2 bytes in a close frame, got " + length);
    }
    int code = (short) WireOrder.SHORT.get(buffer, index) & 0xFFFF;
    if (!isReceivable(code)) {
      throw ProtocolViolation.protocolError(
          "RFC 6455 §7.4",
          "expected a close code of 1000-1003, 1007-1014 or 3000-4999, got " + code);
    }
    int reasonBytes = length - Short.BYTES;
    if (reasonBytes == 0) {
      return new CloseFrame(code, "");
    }
    if (Utf8.next(UTF8_COMPLETE, buffer, index + Short.BYTES, reasonBytes) != UTF8_COMPLETE) {
      throw new ProtocolViolation(
          ProtocolViolation.INVALID_PAYLOAD,
          "RFC 6455 §8.1",
          "expected UTF-8 in the reason of a close frame with code " + code + ", got other bytes");
    }
    byte[] reason = new byte[reasonBytes];
    buffer.get(index + Short.BYTES, reason);
    return new CloseFrame(code, new String(reason, StandardCharsets.UTF_8));
  }
}
