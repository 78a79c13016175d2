package io.github.volfram.internal.stream;

import io.github.volfram.WriteOutcome;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MessageDeflater;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.Utf8;
import io.github.volfram.internal.transport.Masker;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Queues messages, whole or in parts, compressed where that was agreed on. Used by the thread that
 * drives the stream.
 */
final class MessageWriter {

  /** How much room for compressed bytes a stream keeps; larger buffers are not kept. */
  private static final int MAX_RETAINED_BYTES = 64 << 10;

  private static final int NONE = 0;

  private final StreamOutput output;

  /** Null without compression. */
  private final @Nullable MessageDeflater deflater;

  // Not the reader's: a message that was read must outlast what is written.
  private final PayloadPool buffers;

  /** The opcode of the message whose parts are being written, or {@link #NONE}. */
  private int openOpcode = NONE;

  /** The UTF-8 state after its parts. */
  private int utf8 = Masker.UTF8_COMPLETE;

  /** Whether the message that was begun last is compressed. */
  private boolean compressing;

  MessageWriter(StreamOutput output, @Nullable Compression compression) {
    this.output = output;
    this.buffers = new PayloadPool(MAX_RETAINED_BYTES);
    if (compression == null) {
      this.deflater = null;
    } else {
      this.deflater =
          new MessageDeflater(
              compression.parameters(), compression.thresholdBytes(), compression.pool(), buffers);
      output.releaseWhenClosed(deflater);
    }
  }

  WriteOutcome text(CharSequence text, boolean mayCompress) throws IOException {
    requireNothingOpen();
    if (deflater == null || !mayCompress) {
      return output.writeText(text);
    }
    int length = Utf8.encodedLength(text);
    WriteOutcome refusal = output.refusal(length); // before the text is encoded
    if (refusal != null) {
      return refusal;
    }
    ByteBuffer encoded = buffers.acquire(length, length);
    Utf8.encode(text, encoded, 0);
    try {
      return write(Opcode.TEXT, encoded.limit(length), true, true);
    } finally {
      buffers.release(encoded);
    }
  }

  WriteOutcome textUtf8(ByteBuffer bytes) throws IOException {
    requireNothingOpen();
    requireUtf8(next(Masker.UTF8_COMPLETE, bytes), true);
    return write(Opcode.TEXT, bytes, true, true);
  }

  WriteOutcome binary(ByteBuffer bytes, boolean mayCompress) throws IOException {
    requireNothingOpen();
    return write(Opcode.BINARY, bytes, true, mayCompress);
  }

  WriteOutcome textPart(ByteBuffer bytes, boolean last) throws IOException {
    requireOpen(Opcode.TEXT);
    int after = next(openOpcode == NONE ? Masker.UTF8_COMPLETE : utf8, bytes);
    requireUtf8(after, last);
    WriteOutcome outcome = write(Opcode.TEXT, bytes, last, true);
    if (outcome.isTaken()) {
      utf8 = after;
    }
    return outcome;
  }

  WriteOutcome binaryPart(ByteBuffer bytes, boolean last) throws IOException {
    requireOpen(Opcode.BINARY);
    return write(Opcode.BINARY, bytes, last, true);
  }

  private void requireNothingOpen() {
    if (openOpcode != NONE && output.isOpen()) {
      throw new IllegalStateException(
          "expected the last part of the open "
              + Opcode.name(openOpcode)
              + " message (RFC 6455 §5.4), got another message");
    }
  }

  private void requireOpen(int opcode) {
    if (openOpcode != NONE && openOpcode != opcode) {
      throw new IllegalStateException(
          "expected a part of the open "
              + Opcode.name(openOpcode)
              + " message, got a "
              + Opcode.name(opcode)
              + " part");
    }
  }

  private static int next(int state, ByteBuffer bytes) {
    return Utf8.next(state, bytes, bytes.position(), bytes.remaining());
  }

  private static void requireUtf8(int state, boolean last) {
    if (state < 0 || (last && state != Masker.UTF8_COMPLETE)) {
      throw new IllegalArgumentException(
          "expected UTF-8 (RFC 6455 §5.6), got "
              + (state < 0 ? "other bytes" : "an incomplete character at the end"));
    }
  }

  private WriteOutcome write(int opcode, ByteBuffer payload, boolean last, boolean mayCompress)
      throws IOException {
    // First of all: what was compressed cannot be taken back, later messages refer to it.
    WriteOutcome refusal = output.refusal(payload.remaining());
    if (refusal != null) {
      return refusal;
    }
    boolean first = openOpcode == NONE;
    MessageDeflater compressor = deflater;
    if (first) {
      compressing = compressor != null && mayCompress && compressor.begin(payload.remaining());
    }
    openOpcode = last ? NONE : opcode;
    int frameOpcode = first ? opcode : Opcode.CONTINUATION;
    if (compressor == null || !compressing) {
      return output.queue(last, 0, frameOpcode, payload);
    }
    ByteBuffer compressed =
        compressor.deflate(payload, payload.position(), payload.remaining(), last);
    try {
      return output.queue(last, first ? FrameEncoder.RSV1 : 0, frameOpcode, compressed);
    } finally {
      buffers.release(compressed);
    }
  }
}
