package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * Holds the JDK's deflater, whose window cannot be set, to a smaller one (RFC 7692 §7.1.2). The
 * deflater is never shown more than one window of bytes: when it has seen so many it is started
 * afresh, with the latter half of them as its dictionary. Thus nothing that it could refer to lies
 * too far back.
 *
 * <p>Each start costs a flush and new Huffman codes. Against a deflater that really has such a
 * window the output is at most a tenth longer at 4 KiB, and up to a half at 512 bytes.
 */
final class WindowDeflater implements BlockDeflater {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Deflater deflater;
  private final int windowBits;

  /** What the deflater has seen since its start, its dictionary included. */
  private final byte[] seen;

  private int seenBytes;
  private ByteBuffer input = NOTHING;

  /** Whether all that the deflater was given is out. */
  private boolean flushed = true;

  /** Makes one of a raw deflater, which it ends. */
  WindowDeflater(Deflater deflater, int windowBits) {
    this.deflater = deflater;
    this.windowBits = windowBits;
    this.seen = new byte[1 << windowBits];
  }

  @Override
  public int windowBits() {
    return windowBits;
  }

  @Override
  public void input(ByteBuffer region) {
    input = region;
  }

  @Override
  public boolean deflate(ByteBuffer out) {
    while (true) {
      if (flushed && input.hasRemaining()) {
        show();
        flushed = false;
      }
      deflater.deflate(out, Deflater.SYNC_FLUSH);
      if (!out.hasRemaining()) {
        return false;
      }
      flushed = true;
      if (!input.hasRemaining()) {
        input = NOTHING;
        return true;
      }
    }
  }

  /** Gives the deflater as much of the input as it may see. */
  private void show() {
    if (seenBytes == seen.length) {
      int half = seen.length / 2;
      System.arraycopy(seen, half, seen, 0, half);
      deflater.reset();
      deflater.setDictionary(seen, 0, half);
      seenBytes = half;
    }
    int bytes = Math.min(input.remaining(), seen.length - seenBytes);
    input.get(seen, seenBytes, bytes);
    deflater.setInput(seen, seenBytes, bytes);
    seenBytes += bytes;
  }

  @Override
  public void reset() {
    deflater.reset();
    seenBytes = 0;
    input = NOTHING;
    flushed = true;
  }

  @Override
  public void end() {
    deflater.end();
  }
}
