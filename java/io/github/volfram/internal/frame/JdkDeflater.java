package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** The JDK's deflater as it is: it has the largest window, and no other. */
final class JdkDeflater implements BlockDeflater {

  private final Deflater deflater;

  /** Makes one of a raw deflater, which it ends. */
  JdkDeflater(Deflater deflater) {
    this.deflater = deflater;
  }

  @Override
  public int windowBits() {
    return DeflateParameters.MAX_WINDOW_BITS;
  }

  @Override
  public void input(ByteBuffer region) {
    deflater.setInput(region);
  }

  @Override
  public boolean deflate(ByteBuffer out) {
    deflater.deflate(out, Deflater.SYNC_FLUSH);
    return out.hasRemaining();
  }

  @Override
  public void reset() {
    deflater.reset();
  }

  @Override
  public void end() {
    deflater.end();
  }
}
