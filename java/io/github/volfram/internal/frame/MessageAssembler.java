package io.github.volfram.internal.frame;

import static io.github.volfram.internal.frame.ProtocolViolation.INVALID_PAYLOAD;
import static io.github.volfram.internal.frame.ProtocolViolation.POLICY_VIOLATION;
import static io.github.volfram.internal.frame.ProtocolViolation.TOO_BIG;
import static io.github.volfram.internal.frame.ProtocolViolation.protocolError;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges frames and makes messages of them (RFC 6455 §5.4 to §5.6, §8.1). One instance belongs to
 * one direction of one connection and is used by its loop's thread.
 *
 * <p>A message in one frame that lies complete in the input is unmasked in place and delivered as a
 * view of the input. Anything else is copied into a buffer of the pool, which grows with the bytes
 * that have arrived and not with those that were announced. Invariant: between two calls a pooled
 * buffer is held only while a message or a control frame is incomplete.
 *
 * <p>After a {@link ProtocolViolation}, or whatever the sink throws, the instance has given its
 * memory back and refuses further bytes; its owner replaces it.
 */
public final class MessageAssembler implements FrameSink {

  /** How much room is left before a payload in a pooled buffer, so that a header fits there. */
  public static final int HEADROOM_BYTES = 16;

  /** Stands for "no message is open"; no message has this opcode. */
  private static final byte NONE = Opcode.CONTINUATION;

  private enum State {
    OPEN,
    CLOSE_RECEIVED,
    FAILED,
    RELEASED
  }

  private final FrameDecoder decoder;
  private final FrameLimits limits;
  private final Masker masker;
  private final PayloadPool pool;
  private final boolean wholeMessages;

  /** Who receives the events; set during {@link #receive} only. */
  private @Nullable MessageSink sink;

  private State state = State.OPEN;

  private boolean frameFin;
  private byte frameOpcode;
  private byte messageOpcode = NONE;

  /** The UTF-8 state after the bytes of the open text message. */
  private int utf8;

  private int emptyFragments;

  /** The lengths of the open message's frames, the current one's included. */
  private long declaredBytes;

  /** The open message's bytes so far, from {@link #HEADROOM_BYTES}; null when there are none. */
  private @Nullable ByteBuffer partial;

  private int partialBytes;

  /** A control frame's bytes so far, from {@link #HEADROOM_BYTES}; null when there are none. */
  private @Nullable ByteBuffer partialControl;

  /**
   * Makes an assembler without extensions.
   *
   * @param wholeMessages whether a message is delivered once and whole, or in chunks as its bytes
   *     arrive. A chunk of text may end inside a character; what came so far is then a valid prefix
   */
  public MessageAssembler(
      Role role, FrameLimits limits, Masker masker, PayloadPool pool, boolean wholeMessages) {
    this.decoder = new FrameDecoder(role);
    this.limits = limits;
    this.masker = masker;
    this.pool = pool;
    this.wholeMessages = wholeMessages;
  }

  /**
   * Decodes bytes and delivers what they complete; what came before a violation is delivered before
   * that is thrown. Not to be called from within the sink.
   *
   * @param in its position and limit are neither read nor changed; the bytes are changed in place
   * @return how many bytes were consumed: fewer than {@code length} only when the sink returned
   *     false (the rest is to be given to a later call), or after a close frame (the rest is to be
   *     discarded, as everything that is given to later calls)
   * @throws IllegalStateException after a violation or {@link #release}
   */
  public int receive(ByteBuffer in, int index, int length, MessageSink sink)
      throws ProtocolViolation {
    if (state != State.OPEN) {
      if (state == State.CLOSE_RECEIVED) {
        return length;
      }
      throw new IllegalStateException("expected an open assembler, got " + state);
    }
    this.sink = sink;
    boolean completed = false;
    try {
      int consumed = decoder.decode(in, index, length, this);
      completed = true;
      return consumed;
    } finally {
      this.sink = null;
      if (!completed) {
        giveBack();
        state = State.FAILED;
      }
    }
  }

  /** Whether a close frame has been delivered. */
  public boolean closeReceived() {
    return state == State.CLOSE_RECEIVED;
  }

  /**
   * Gives pooled memory back. Idempotent; may be called from within the sink, which then receives
   * nothing more. No further {@link #receive} is allowed.
   */
  public void release() {
    giveBack();
    if (state != State.CLOSE_RECEIVED) {
      state = State.RELEASED;
    }
  }

  private void giveBack() {
    if (partial != null) {
      pool.release(partial);
      partial = null;
      partialBytes = 0;
    }
    if (partialControl != null) {
      pool.release(partialControl);
      partialControl = null;
    }
  }

  @Override
  public void header(boolean fin, int rsv, int opcode, long length, int key)
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
      declaredBytes = 0;
      emptyFragments = 0;
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
    long maxMessageBytes = maxMessageBytes();
    if (length > maxMessageBytes - declaredBytes) {
      throw tooBig("message", maxMessageBytes, declaredBytes + length);
    }
    declaredBytes += length;
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

  private long maxMessageBytes() {
    int max = limits.maxMessageBytes();
    if (wholeMessages) {
      return Math.min(max, PayloadPool.MAX_BUFFER_BYTES - HEADROOM_BYTES);
    }
    return max == Integer.MAX_VALUE ? Long.MAX_VALUE : max;
  }

  private static ProtocolViolation tooBig(String what, long max, long actual) {
    return new ProtocolViolation(
        TOO_BIG,
        "RFC 6455 §10.4",
        "expected a " + what + " of at most " + max + " bytes, got " + actual);
  }

  @Override
  public boolean payload(
      ByteBuffer buffer, int index, int length, int key, long offset, boolean end)
      throws ProtocolViolation {
    if (Opcode.isControl(frameOpcode)) {
      masker.mask(buffer, index, length, key, offset);
      return control(buffer, index, length, (int) offset, end);
    }
    boolean last = end && frameFin;
    if (messageOpcode == Opcode.TEXT) {
      utf8 = masker.maskText(buffer, index, length, key, offset, utf8);
      judgeText(last);
    } else {
      masker.mask(buffer, index, length, key, offset);
    }
    return data(buffer, index, length, last);
  }

  private void judgeText(boolean last) throws ProtocolViolation {
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

  private boolean data(ByteBuffer buffer, int index, int length, boolean last) {
    int opcode = messageOpcode;
    if (last) {
      messageOpcode = NONE;
    }
    if (!wholeMessages) {
      return (length == 0 && !last) || deliver(opcode, buffer, index, length, last);
    }
    if (last && partial == null) {
      return deliver(opcode, buffer, index, length, true);
    }
    if (length != 0) {
      append(buffer, index, length);
    }
    if (!last) {
      return true;
    }
    ByteBuffer whole = Objects.requireNonNull(partial);
    int wholeBytes = partialBytes;
    partial = null; // so that a release by the sink does not give it to others meanwhile
    partialBytes = 0;
    try {
      return deliver(opcode, whole, HEADROOM_BYTES, wholeBytes, true);
    } finally {
      pool.release(whole);
    }
  }

  private boolean deliver(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
    boolean proceed = sink().message(opcode, buffer, index, length, last);
    return proceed && state == State.OPEN;
  }

  private void append(ByteBuffer buffer, int index, int length) {
    int used = HEADROOM_BYTES + partialBytes;
    int needed = used + length;
    int wished = (int) (HEADROOM_BYTES + declaredBytes);
    ByteBuffer into = partial;
    if (into == null) {
      into = pool.acquire(needed, wished);
    } else if (needed > into.capacity()) {
      into = pool.grow(into, used, needed, wished);
    }
    into.put(used, buffer, index, length);
    partial = into;
    partialBytes += length;
  }

  private boolean control(ByteBuffer buffer, int index, int length, int before, boolean end)
      throws ProtocolViolation {
    ByteBuffer parts = partialControl;
    if (end && parts == null) {
      return deliverControl(buffer, index, length);
    }
    if (parts == null) {
      parts = pool.acquire(HEADROOM_BYTES + FrameDecoder.CONTROL_PAYLOAD_MAX, 0);
      partialControl = parts;
    }
    parts.put(HEADROOM_BYTES + before, buffer, index, length);
    if (!end) {
      return true;
    }
    partialControl = null;
    try {
      return deliverControl(parts, HEADROOM_BYTES, before + length);
    } finally {
      pool.release(parts);
    }
  }

  private boolean deliverControl(ByteBuffer buffer, int index, int length)
      throws ProtocolViolation {
    boolean proceed =
        switch (frameOpcode) {
          case Opcode.PING -> sink().ping(buffer, index, length);
          case Opcode.PONG -> sink().pong(buffer, index, length);
          default -> deliverClose(CloseFrame.decode(buffer, index, length));
        };
    return proceed && state == State.OPEN;
  }

  private boolean deliverClose(CloseFrame close) {
    giveBack(); // the open message, if any, will never be complete
    state = State.CLOSE_RECEIVED;
    return sink().close(close.code(), close.reason());
  }

  private MessageSink sink() {
    return Objects.requireNonNull(sink);
  }
}
