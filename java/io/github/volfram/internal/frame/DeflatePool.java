package io.github.volfram.internal.frame;

import java.util.ArrayList;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The inflaters and deflaters of one event loop, or of streams that share their options. Each is
 * native memory: about 44 KiB for an inflater, 256 KiB for a deflater. Those that nobody uses are
 * kept for later up to a bound, the others are freed at once. Any thread may use it, as streams
 * have no thread of their own; an event loop never finds it locked.
 */
public final class DeflatePool implements AutoCloseable {

  private final int maxIdle;
  private final int maxDeflaters;
  private final Supplier<Inflater> newInflater;
  private final Supplier<Deflater> newDeflater;
  private final ArrayList<Inflater> inflaters = new ArrayList<>();
  private final ArrayList<BlockDeflater> deflaters = new ArrayList<>();
  private final byte[] scratch = new byte[1];
  private int liveDeflaters;
  private boolean closed;

  /**
   * Makes an empty pool.
   *
   * @param level how hard to compress: 1 (fast) to 9 (small), or {@link
   *     Deflater#DEFAULT_COMPRESSION}
   * @param maxIdle how many inflaters, and how many deflaters, to keep for later
   * @param maxDeflaters how many deflaters there may be, in use or not; who finds none sends
   *     uncompressed messages. (Inflaters have no such bound: the peer says what must be inflated)
   */
  public DeflatePool(int level, int maxIdle, int maxDeflaters) {
    this(maxIdle, maxDeflaters, () -> new Inflater(true), () -> new Deflater(level, true));
    if (level != Deflater.DEFAULT_COMPRESSION && (level < 1 || level > 9)) {
      throw new IllegalArgumentException("expected 1 to 9 or -1 as level, got " + level);
    }
  }

  /**
   * Makes a pool of inflaters and deflaters without a zlib header; a test watches whether each is
   * ended.
   */
  DeflatePool(
      int maxIdle,
      int maxDeflaters,
      Supplier<Inflater> newInflater,
      Supplier<Deflater> newDeflater) {
    if (maxIdle < 0 || maxDeflaters < 0) {
      throw new IllegalArgumentException(
          "bounds must not be negative: maxIdle " + maxIdle + ", maxDeflaters " + maxDeflaters);
    }
    this.maxIdle = maxIdle;
    this.maxDeflaters = maxDeflaters;
    this.newInflater = newInflater;
    this.newDeflater = newDeflater;
  }

  /** Lends a fresh inflater. */
  synchronized Inflater acquireInflater() {
    return inflaters.isEmpty() ? newInflater.get() : inflaters.remove(inflaters.size() - 1);
  }

  /** Takes a lent inflater back, in whatever state it is. */
  synchronized void release(Inflater inflater) {
    if (!closed && inflaters.size() < maxIdle) {
      inflater.reset();
      inflaters.add(inflater);
    } else {
      inflater.end();
    }
  }

  /** Lends a fresh deflater, or null where there are as many as there may be. */
  synchronized @Nullable BlockDeflater acquireDeflater(int windowBits) {
    // The idle ones are few, and nearly always all of one size.
    for (int i = deflaters.size() - 1; i >= 0; i--) {
      if (deflaters.get(i).windowBits() == windowBits) {
        return deflaters.remove(i);
      }
    }
    if (liveDeflaters >= maxDeflaters) {
      if (deflaters.isEmpty()) {
        return null;
      }
      end(deflaters.remove(0)); // the one that has been idle for longest
    }
    liveDeflaters++;
    Deflater deflater = newDeflater.get();
    return windowBits == DeflateParameters.MAX_WINDOW_BITS
        ? new JdkDeflater(deflater)
        : new WindowDeflater(deflater, windowBits);
  }

  /** Takes a lent deflater back, in whatever state it is. */
  synchronized void release(BlockDeflater deflater) {
    if (!closed && deflaters.size() < maxIdle) {
      deflater.reset();
      deflaters.add(deflater);
    } else {
      end(deflater);
    }
  }

  private void end(BlockDeflater deflater) {
    deflater.end();
    liveDeflaters--;
  }

  /** Room for a byte that nobody reads, so that it does not matter who writes it. */
  byte[] scratch() {
    return scratch;
  }

  /** Frees what nobody uses; what is lent is freed when it comes back. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    inflaters.forEach(Inflater::end);
    inflaters.clear();
    deflaters.forEach(this::end);
    deflaters.clear();
  }
}
