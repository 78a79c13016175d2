package io.github.volfram.internal.stream;

import io.github.volfram.CloseCode;
import io.github.volfram.ReadOutcome;
import io.github.volfram.StreamOptions;
import io.github.volfram.internal.frame.FrameLimits;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.MessageSink;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.ProtocolViolation;
import io.github.volfram.internal.frame.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Delivers one message or control frame at a time. Used by the thread that drives the stream. */
final class MessageReader implements MessageSink {

  private static final int MAX_EMPTY_FRAGMENTS = 1000;

  /** How much of incomplete messages a stream keeps room for; larger buffers are not kept. */
  private static final int MAX_RETAINED_BYTES = 64 << 10;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final MessageAssembler assembler;
  private final boolean inParts;

  private @Nullable ReadOutcome outcome;
  private ByteBuffer payload = NONE;
  private int payloadIndex;
  private int payloadBytes;
  private boolean last = true;
  private int closeCode = CloseCode.ABNORMAL_CLOSURE;
  private String closeReason = "";

  MessageReader(Role role, StreamOptions options, @Nullable Compression compression) {
    FrameLimits limits =
        new FrameLimits(
            options.maxFrameBytes() == Integer.MAX_VALUE ? Long.MAX_VALUE : options.maxFrameBytes(),
            options.maxMessageBytes(),
            MAX_EMPTY_FRAGMENTS);
    // The pool is the stream's own: a message has to outlast the reads of other streams.
    PayloadPool pool = new PayloadPool(MAX_RETAINED_BYTES);
    inParts = options.messageParts();
    assembler =
        compression == null
            ? new MessageAssembler(role, limits, JavaMasker.INSTANCE, pool, !inParts)
            : new MessageAssembler(
                role,
                limits,
                JavaMasker.INSTANCE,
                pool,
                !inParts,
                compression.parameters(),
                compression.pool());
  }

  /** Forgets what was delivered. */
  void next() {
    last = true;
    deliver(null, NONE, 0, 0);
  }

  /** Consumes bytes until something is delivered; returns how many. */
  int receive(ByteBuffer in, int index, int length) throws ProtocolViolation {
    return assembler.receive(in, index, length, this);
  }

  /** What was delivered, or null. */
  @Nullable ReadOutcome outcome() {
    return outcome;
  }

  /** The payload of it; a view that is valid until the next one. */
  ByteBuffer payload() {
    return payload.slice(payloadIndex, payloadBytes).asReadOnlyBuffer();
  }

  /** The same as text, which is known to be UTF-8. */
  String text() {
    if (inParts && outcome == ReadOutcome.TEXT) {
      throw new IllegalStateException(
          "expected whole messages to make a String of, got parts (StreamOptions.messageParts),"
              + " which may end inside a character: see payload()");
    }
    byte[] bytes = new byte[payloadBytes];
    payload.get(payloadIndex, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Whether what was delivered ends its message. */
  boolean isLast() {
    return last;
  }

  /** The code of the close frame, or 1006 when there was none. */
  int closeCode() {
    return closeCode;
  }

  String closeReason() {
    return closeReason;
  }

  /** Gives buffers back. */
  void release() {
    assembler.release();
  }

  private boolean deliver(@Nullable ReadOutcome what, ByteBuffer buffer, int index, int length) {
    outcome = what;
    payload = buffer;
    payloadIndex = index;
    payloadBytes = length;
    return false; // one at a time
  }

  @Override
  public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean end) {
    last = end;
    ReadOutcome what = opcode == Opcode.TEXT ? ReadOutcome.TEXT : ReadOutcome.BINARY;
    return deliver(what, buffer, index, length);
  }

  @Override
  public boolean ping(ByteBuffer buffer, int index, int length) {
    return deliver(ReadOutcome.PING, buffer, index, length);
  }

  @Override
  public boolean pong(ByteBuffer buffer, int index, int length) {
    return deliver(ReadOutcome.PONG, buffer, index, length);
  }

  @Override
  public boolean close(int code, String reason) {
    closeCode = code;
    closeReason = reason;
    return deliver(ReadOutcome.CLOSE, NONE, 0, 0);
  }
}
