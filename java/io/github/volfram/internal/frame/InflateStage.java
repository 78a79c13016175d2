package io.github.volfram.internal.frame;

import static io.github.volfram.internal.frame.ProtocolViolation.INVALID_PAYLOAD;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates the compressed messages of one connection (RFC 7692 §7.2.2). Takes an inflater from the
 * loop's pool when such a message begins, and holds it beyond that message only where later ones
 * may refer back to it. Used by the loop's thread.
 *
 * <p>Whatever is wrong with the DEFLATE data is a {@link ProtocolViolation} with 1007: bytes that
 * are none, a reference to before the beginning, a zlib header with or without a preset dictionary,
 * a message that does not end where a block does.
 */
final class InflateStage {

  private static final byte[] EMPTY_BLOCK = {0x00, 0x00, 0x00, (byte) 0xFF, (byte) 0xFF};

  /**
   * What the sender took away from the end of a message (§7.2.1), and a few more empty blocks.
   * Where a block may begin they have no effect; elsewhere they are taken for lengths, codes or
   * content, and it shows.
   */
  private static final byte[] TAIL = tail(8);

  private final DeflatePool pool;
  private final boolean contextTakeover;
  private @Nullable Inflater inflater;

  /** Whether the open message is a compressed one. */
  private boolean open;

  /** Whether bytes have come since the message, or since a block that called itself final. */
  private boolean amidst;

  private int remaining;

  /** Makes a stage that holds no memory yet. */
  InflateStage(DeflateParameters parameters, DeflatePool pool) {
    this.contextTakeover = !parameters.inboundNoContextTakeover();
    this.pool = pool;
  }

  private static byte[] tail(int blocks) {
    byte[] tail = new byte[blocks * EMPTY_BLOCK.length];
    for (int i = 0; i < blocks; i++) {
      System.arraycopy(EMPTY_BLOCK, 0, tail, i * EMPTY_BLOCK.length, EMPTY_BLOCK.length);
    }
    return Arrays.copyOfRange(tail, 1, tail.length);
  }

  /** Begins a message that is compressed. */
  void beginMessage() {
    open = true;
    amidst = false;
  }

  /** Whether a message has been begun and not ended. */
  boolean isOpen() {
    return open;
  }

  /**
   * Inflates bytes of the open message.
   *
   * @param in its position and limit are changed, but restored
   * @param length 0 asks for what did not fit into {@code out} the last time
   * @param room how many bytes to write at most, 1 or more
   * @return how many bytes were written; where these are fewer than {@code room} all of the input
   *     is used, else see {@link #remaining}
   */
  int inflate(ByteBuffer in, int index, int length, ByteBuffer out, int outIndex, int room)
      throws ProtocolViolation {
    Inflater current = inflater;
    if (current == null) {
      current = pool.acquireInflater();
      inflater = current;
    }
    amidst |= length > 0;
    int position = in.position();
    int limit = in.limit();
    in.limit(index + length).position(index);
    out.limit(outIndex + room).position(outIndex);
    try {
      do {
        current.setInput(in);
        current.inflate(out);
        if (!current.finished()) {
          break;
        }
        // A final block does not end the message: what follows is a new stream (§7.2.3.4). It may
        // not refer to the old one, whose window we would have to keep a copy of at all times.
        current.reset();
        amidst = in.hasRemaining();
      } while (amidst && out.hasRemaining());
      remaining = in.remaining();
      return out.position() - outIndex;
    } catch (DataFormatException e) {
      throw violation("expected DEFLATE data", e);
    } finally {
      out.clear();
      in.limit(limit).position(position);
    }
  }

  /** How many bytes at the end of the last call's input were not used. */
  int remaining() {
    return remaining;
  }

  /** Ends the open message. */
  void endMessage() throws ProtocolViolation {
    Inflater current = inflater;
    if (amidst && current != null) {
      current.setInput(TAIL);
      int more;
      try {
        more = current.inflate(pool.scratch());
      } catch (DataFormatException e) {
        throw violation("expected a message that ends where a block may begin", e);
      }
      if (more != 0 || current.finished()) {
        throw violation("expected a message that ends where a block may begin", null);
      }
    }
    open = false;
    if (!contextTakeover) {
      release();
    }
  }

  private static ProtocolViolation violation(String what, @Nullable DataFormatException e) {
    String got = e == null || e.getMessage() == null ? "the midst of one" : e.getMessage();
    return new ProtocolViolation(INVALID_PAYLOAD, "RFC 7692 §7.2.2", what + ", got " + got);
  }

  /** Gives the inflater back. Idempotent. */
  void release() {
    if (inflater != null) {
      pool.release(inflater);
      inflater = null;
    }
  }
}
