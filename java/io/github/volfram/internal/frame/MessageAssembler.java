package io.github.volfram.internal.frame;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges frames and makes messages of them (RFC 6455 §5.4 to §5.6, §8.1; RFC 7692 §7.2.2). One
 * instance belongs to one direction of one connection and is used by its loop's thread.
 *
 * <p>A message in one frame that lies complete in the input is unmasked in place and delivered as a
 * view of the input. Anything else is copied or inflated into a buffer of the pool, which grows
 * with the bytes that are there and not with those that were announced. Invariant: between two
 * calls a pooled buffer is held only while a message or a control frame is incomplete.
 *
 * <p>After a {@link ProtocolViolation}, or whatever the sink throws, the instance has given its
 * memory back and refuses further bytes; its owner replaces it.
 */
public final class MessageAssembler extends MessageRules {

  /** How much room is left before a payload in a pooled buffer, so that a header fits there. */
  public static final int HEADROOM_BYTES = 16;

  /** How much is inflated at a time where messages are delivered in chunks. */
  private static final int CHUNK_BYTES = 16 * 1024 - HEADROOM_BYTES;

  /** How much longer text becomes, roughly; only to choose among buffers that are there. */
  private static final int USUAL_INFLATION = 4;

  private enum State {
    OPEN,
    CLOSE_RECEIVED,
    FAILED,
    RELEASED
  }

  private final FrameDecoder decoder;
  private final Masker masker;
  private final PayloadPool pool;

  /** Who receives the events; set during {@link #receive} only. */
  private @Nullable MessageSink sink;

  private State state = State.OPEN;

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
    super(limits, wholeMessages, null);
    this.decoder = new FrameDecoder(role);
    this.masker = masker;
    this.pool = pool;
  }

  /**
   * Makes an assembler for a connection with permessage-deflate (RFC 7692).
   *
   * @param wholeMessages as above; the chunks of a compressed message are about 16 KiB long
   * @param deflatePool the loop's; one of its inflaters is held while a compressed message is open,
   *     and from the first such message until {@link #release} where the peer keeps its context
   */
  public MessageAssembler(
      Role role,
      FrameLimits limits,
      Masker masker,
      PayloadPool pool,
      boolean wholeMessages,
      DeflateParameters deflate,
      DeflatePool deflatePool) {
    super(limits, wholeMessages, new InflateStage(deflate, deflatePool));
    this.decoder = new FrameDecoder(role, FrameDecoder.RSV1);
    this.masker = masker;
    this.pool = pool;
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

  /**
   * Whether nothing has to be remembered: no message or frame is open, and no compression is in
   * use. It may then serve another connection.
   */
  public boolean isBetweenMessages() {
    return state == State.OPEN
        && messageOpcode == NONE
        && inflate == null
        && decoder.isBetweenFrames();
  }

  /** Whether this was made for connections of this kind. */
  public boolean serves(Role role, FrameLimits ofLimits, boolean whole) {
    return decoder.serves(role) && limits.equals(ofLimits) && wholeMessages == whole;
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
    if (inflate != null) {
      inflate.release();
    }
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
    if (inflate != null && inflate.isOpen()) {
      return inflated(inflate, buffer, index, length, key, offset, last);
    }
    if (messageOpcode == Opcode.TEXT) {
      utf8 = masker.maskText(buffer, index, length, key, offset, utf8);
      judgeText(last);
    } else {
      masker.mask(buffer, index, length, key, offset);
    }
    return data(buffer, index, length, last);
  }

  private boolean data(ByteBuffer buffer, int index, int length, boolean last) {
    if (!wholeMessages) {
      return (length == 0 && !last) || deliver(buffer, index, length, last);
    }
    if (last && partial == null) {
      return deliver(buffer, index, length, true);
    }
    if (length != 0) {
      ByteBuffer into = room(length, messageBytes());
      into.put(HEADROOM_BYTES + partialBytes, buffer, index, length);
      partialBytes += length;
    }
    return !last || deliverPartial(true);
  }

  /** Inflates a run of the open message, and delivers what it completes (RFC 7692 §7.2.2). */
  private boolean inflated(
      InflateStage stage, ByteBuffer in, int index, int length, int key, long offset, boolean last)
      throws ProtocolViolation {
    masker.mask(in, index, length, key, offset);
    int rest = length;
    while (true) {
      int least = wholeMessages || partial != null ? 1 : CHUNK_BYTES;
      long wished = wholeMessages ? messageBytes() + (long) rest * USUAL_INFLATION : CHUNK_BYTES;
      ByteBuffer out = room(least, wished);
      int used = HEADROOM_BYTES + partialBytes;
      // One byte above the limit is enough to know.
      long allowed = Math.min(maxMessageBytes() - messageBytes(), out.capacity() - used - 1);
      int room = (int) allowed + 1;
      int bytes = stage.inflate(in, index + length - rest, rest, out, used, room);
      rest = stage.remaining();
      lengthen(bytes);
      partialBytes += bytes;
      if (messageOpcode == Opcode.TEXT) {
        utf8 = masker.maskText(out, used, bytes, 0, 0, utf8);
        judgeText(false);
      }
      if (bytes < room) {
        break;
      }
      // What is left inside the stage when the run is used up is little, and goes with the rest:
      // after a chunk that made the sink stop nothing may follow.
      if (!wholeMessages && rest > 0 && !deliverPartial(false)) {
        if (state == State.OPEN) {
          masker.mask(in, index + length - rest, rest, key, offset + length - rest);
          decoder.putBack(rest);
        }
        return false;
      }
    }
    if (last) {
      stage.endMessage();
      if (messageOpcode == Opcode.TEXT) {
        judgeText(true);
      }
      return deliverPartial(true);
    }
    return wholeMessages || deliverPartial(false);
  }

  /** The open message's buffer, with room for more bytes. */
  private ByteBuffer room(int bytes, long wishedMessageBytes) {
    int needed = HEADROOM_BYTES + partialBytes + bytes;
    long wished = HEADROOM_BYTES + Math.min(wishedMessageBytes, maxMessageBytes());
    int wishedBytes = (int) Math.min(wished, PayloadPool.MAX_BUFFER_BYTES);
    ByteBuffer into = partial;
    if (into == null) {
      into = pool.acquire(needed, wishedBytes);
    } else if (needed > into.capacity()) {
      into = pool.grow(into, HEADROOM_BYTES + partialBytes, needed, wishedBytes);
    }
    partial = into;
    return into;
  }

  /** Delivers what the open message's buffer holds, and gives it back. */
  private boolean deliverPartial(boolean last) {
    ByteBuffer whole = Objects.requireNonNull(partial);
    int bytes = partialBytes;
    partial = null; // so that a release by the sink does not give it to others meanwhile
    partialBytes = 0;
    try {
      return (bytes == 0 && !last) || deliver(whole, HEADROOM_BYTES, bytes, last);
    } finally {
      pool.release(whole);
    }
  }

  private boolean deliver(ByteBuffer buffer, int index, int length, boolean last) {
    int opcode = messageOpcode;
    if (last) {
      messageOpcode = NONE;
    }
    boolean proceed = sink().message(opcode, buffer, index, length, last);
    return proceed && state == State.OPEN;
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
