package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the messages of one connection (RFC 7692 §7.2.1). Takes a deflater from the loop's
 * pool when a message begins, and holds it beyond that message only where later ones refer back to
 * it. Used by the loop's thread.
 *
 * <p>For each message: {@link #begin}, and where that says yes {@link #deflate}, once or for each
 * fragment. The message's first frame then carries {@link FrameEncoder#RSV1}. Messages must go out
 * in the order in which they were compressed, and none that was compressed may be left out or sent
 * as it was, since later ones may refer back to it; messages that were not compressed may stand
 * between them.
 *
 * <p>The length of a compressed message tells how much of it repeats what else is in the window:
 * who sends secrets beside text that an attacker chose should not compress that message, or forgo
 * context takeover.
 */
public final class MessageDeflater {

  private static final int TAIL_BYTES = 4;
  private static final int TAIL = 0x0000_FFFF;

  /** The beginning of an empty block without compression; the rest of it is the tail. */
  private static final byte EMPTY_BLOCK = 0x00;

  private final DeflateParameters parameters;
  private final int thresholdBytes;
  private final DeflatePool pool;
  private final PayloadPool buffers;
  private @Nullable BlockDeflater deflater;

  /**
   * Makes a deflater that holds no memory yet.
   *
   * @param thresholdBytes messages shorter than this are not compressed, 0 or more
   * @param pool the loop's
   * @param buffers the loop's
   */
  public MessageDeflater(
      DeflateParameters parameters, int thresholdBytes, DeflatePool pool, PayloadPool buffers) {
    if (thresholdBytes < 0) {
      throw new IllegalArgumentException("thresholdBytes must not be negative: " + thresholdBytes);
    }
    this.parameters = parameters;
    this.thresholdBytes = thresholdBytes;
    this.pool = pool;
    this.buffers = buffers;
  }

  /**
   * Whether the message that is to be sent next is to be compressed: it is long enough, and there
   * is a deflater for it.
   *
   * @param bytes the message's length, or its first fragment's
   */
  public boolean begin(int bytes) {
    if (bytes < thresholdBytes) {
      return false;
    }
    if (deflater == null) {
      deflater = pool.acquireDeflater(parameters.outboundWindowBits());
    }
    return deflater != null;
  }

  /**
   * Compresses a message, or a fragment of one, that {@link #begin} said yes to. Does not block.
   *
   * @param payload its bytes are not changed; its position and limit are, but restored
   * @param last whether this ends the message
   * @return a buffer of the pool, to be given back to it, whose compressed bytes lie from its
   *     position, which leaves {@link MessageAssembler#HEADROOM_BYTES} before it, to its limit.
   *     They may be more than they were, and none where {@code last} is false
   */
  public ByteBuffer deflate(ByteBuffer payload, int index, int length, boolean last) {
    BlockDeflater deflater = Objects.requireNonNull(this.deflater, "begin did not say yes");
    int position = payload.position();
    int limit = payload.limit();
    payload.limit(index + length).position(index);
    ByteBuffer out;
    try {
      deflater.input(payload);
      out = flush(deflater, length);
    } finally {
      payload.limit(limit).position(position);
    }
    if (last) {
      stripTail(out);
      if (parameters.outboundNoContextTakeover()) {
        release();
      }
    }
    return out;
  }

  private ByteBuffer flush(BlockDeflater deflater, int length) {
    int headroom = MessageAssembler.HEADROOM_BYTES;
    ByteBuffer out = buffers.acquire(headroom + length / 8, headroom + length / 2);
    out.position(headroom);
    while (!deflater.deflate(out)) {
      int used = out.position();
      out = buffers.grow(out, used, out.capacity() + 1, out.capacity() + 1).position(used);
    }
    return out.flip().position(headroom);
  }

  private static void stripTail(ByteBuffer out) {
    if (out.hasRemaining()) {
      int end = out.limit() - TAIL_BYTES;
      int tail = (int) WireOrder.INT.get(out, end);
      if (tail != TAIL) {
        throw new IllegalStateException(
            "expected 0000ffff after a flush, got " + Integer.toHexString(tail));
      }
      out.limit(end);
    } else { // nothing came since the last flush, so there is no other (RFC 7692 §7.2.3.6)
      int at = out.position();
      out.limit(at + 1).put(at, EMPTY_BLOCK);
    }
  }

  /** Gives the deflater back. Idempotent; nothing is to be compressed any more. */
  public void release() {
    if (deflater != null) {
      pool.release(deflater);
      deflater = null;
    }
  }
}
