package io.github.volfram.internal.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The payload that a callback is being given: a read-only view of the buffer it arrived in, made
 * once per buffer so that a message costs no allocation, and what is needed to send it on from
 * where it lies. Owned by the loop's thread; callbacks do not nest, so a loop has one.
 */
@SuppressWarnings("ReferenceEquality") // which buffer it is matters, not what it contains
final class Delivery {

  private static final int REMEMBERED = 8;

  private final @Nullable ByteBuffer[] bases = new @Nullable ByteBuffer[REMEMBERED];
  private final @Nullable ByteBuffer[] views = new @Nullable ByteBuffer[REMEMBERED];
  private int victim;

  /** The view given to the callback; null when there is no callback. */
  private @Nullable ByteBuffer view;

  private @Nullable ByteBuffer base;
  private int index;
  private int length;
  private boolean text;

  /** Whether there is room for a header before the payload. */
  private boolean room;

  /** The opcode of the frame that was made in place, or 0. */
  private int frameOpcode;

  /**
   * Begins a callback's payload.
   *
   * @param isText whether it is a whole text message, known to be UTF-8
   * @param hasRoom whether there is room before it for the header of an unmasked frame
   */
  ByteBuffer begin(ByteBuffer buffer, int at, int bytes, boolean isText, boolean hasRoom) {
    ByteBuffer readOnly = viewOf(buffer);
    readOnly.clear().limit(at + bytes).position(at).order(ByteOrder.BIG_ENDIAN);
    view = readOnly;
    base = buffer;
    index = at;
    length = bytes;
    text = isText;
    room = hasRoom;
    frameOpcode = 0;
    return readOnly;
  }

  /** Ends it; returns whether the buffer has bytes that were submitted where they lie. */
  boolean end() {
    view = null;
    base = null;
    return frameOpcode != 0;
  }

  /** Whether this is the view of the callback, as it was given: already known to be UTF-8. */
  boolean isText(ByteBuffer payload) {
    return text && isWhole(payload);
  }

  private boolean isWhole(ByteBuffer payload) {
    return payload == view && payload.position() == index && payload.remaining() == length;
  }

  /**
   * The buffer to make an unmasked frame of this opcode in, from the payload's own position; or
   * null when the payload must be copied. The header goes where the received one was, which was
   * longer. A second frame in place must have the same header.
   */
  @Nullable ByteBuffer frameInPlace(ByteBuffer payload, int opcode) {
    if (!room || !isWhole(payload) || (frameOpcode != 0 && frameOpcode != opcode)) {
      return null;
    }
    frameOpcode = opcode;
    return base;
  }

  private ByteBuffer viewOf(ByteBuffer buffer) {
    for (int i = 0; i < REMEMBERED; i++) {
      ByteBuffer known = views[i];
      if (bases[i] == buffer && known != null) {
        return known;
      }
    }
    ByteBuffer made = buffer.asReadOnlyBuffer();
    bases[victim] = buffer;
    views[victim] = made;
    victim = (victim + 1) % REMEMBERED;
    return made;
  }
}
