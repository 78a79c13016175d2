package io.github.volfram.internal.frame;

import static io.github.volfram.internal.frame.ProtocolViolation.INVALID_PAYLOAD;
import static io.github.volfram.internal.frame.ProtocolViolation.POLICY_VIOLATION;
import static io.github.volfram.internal.frame.ProtocolViolation.protocolError;
import static io.github.volfram.internal.frame.ProtocolViolation.tooBig;

import io.github.volfram.internal.transport.Masker;
import org.jspecify.annotations.Nullable;

/**
 * Judges how frames follow each other (RFC 6455 §5.4), how long they are (§10.4) and whether text
 * is UTF-8 (§8.1). The superclass of {@link MessageAssembler} and not a part of it, because an idle
 * connection has few bytes to spend.
 */
abstract class MessageRules implements FrameSink {

  /** Stands for "no message is open"; no message has this opcode. */
  static final byte NONE = Opcode.CONTINUATION;

  final boolean wholeMessages;
  final FrameLimits limits;

  /** Null where compression was not negotiated. */
  final @Nullable InflateStage inflate;

  boolean frameFin;
  byte frameOpcode;
  byte messageOpcode = NONE;

  /** The UTF-8 state after the bytes of the open text message. */
  int utf8;

  private int emptyFragments;

  /** The open message's length: what was declared so far, or inflated where it is compressed. */
  private long messageBytes;

  MessageRules(FrameLimits limits, boolean wholeMessages, @Nullable InflateStage inflate) {
    this.limits = limits;
    this.wholeMessages = wholeMessages;
    this.inflate = inflate;
  }

  @Override
  public final void header(boolean fin, int rsv, int opcode, long length, int key)
      throws ProtocolViolation {
    frameFin = fin;
    frameOpcode = (byte) opcode;
    if (Opcode.isControl(opcode)) {
      return; // §5.4: control frames may stand between fragments
    }
    if (opcode != Opcode.CONTINUATION) {
      if (messageOpcode != NONE) {
        throw protocolError(
            "RFC 6455 §5.4",
            "expected a continuation of the open "
                + Opcode.name(messageOpcode)
                + " message, got a "
                + Opcode.name(opcode)
                + " frame");
      }
      messageOpcode = (byte) opcode;
      utf8 = Masker.UTF8_COMPLETE;
      messageBytes = 0;
      emptyFragments = 0;
      if (inflate != null && (rsv & FrameDecoder.RSV1) != 0) {
        inflate.beginMessage();
      }
    } else if (messageOpcode == NONE) {
      throw protocolError(
          "RFC 6455 §5.4", "expected the first frame of a message, got a continuation");
    }
    judgeLength(length, fin);
  }

  private void judgeLength(long length, boolean fin) throws ProtocolViolation {
    if (length > limits.maxFrameBytes()) {
      throw tooBig("frame", limits.maxFrameBytes(), length);
    }
    if (inflate == null || !inflate.isOpen()) {
      lengthen(length);
    }
    if (length != 0) {
      emptyFragments = 0;
    } else if (!fin && ++emptyFragments > limits.maxEmptyFragments()) {
      throw new ProtocolViolation(
          POLICY_VIOLATION,
          "RFC 6455 §5.4",
          "expected at most "
              + limits.maxEmptyFragments()
              + " empty fragments in a row, got one more");
    }
  }

  /** Adds bytes to the open message's length. */
  final void lengthen(long bytes) throws ProtocolViolation {
    long max = maxMessageBytes();
    if (bytes > max - messageBytes) {
      throw tooBig("message", max, messageBytes + bytes);
    }
    messageBytes += bytes;
  }

  final long messageBytes() {
    return messageBytes;
  }

  final long maxMessageBytes() {
    int max = limits.maxMessageBytes();
    if (wholeMessages) {
      // With room to inflate one byte more than allowed.
      return Math.min(max, PayloadPool.MAX_BUFFER_BYTES - MessageAssembler.HEADROOM_BYTES - 1);
    }
    return max == Integer.MAX_VALUE ? Long.MAX_VALUE : max;
  }

  /** Judges the UTF-8 state after bytes of the open text message. */
  final void judgeText(boolean last) throws ProtocolViolation {
    if (utf8 == Masker.UTF8_COMPLETE || (utf8 > 0 && !last)) {
      return;
    }
    throw new ProtocolViolation(
        INVALID_PAYLOAD,
        "RFC 6455 §8.1",
        utf8 < 0
            ? "expected UTF-8 in a text message, got another byte"
            : "expected " + (utf8 & 3) + " more bytes of a character, got the end of the message");
  }
}
