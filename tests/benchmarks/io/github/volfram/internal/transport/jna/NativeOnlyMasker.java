package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;

/**
 * Crosses for every length, however short: what {@link NativeMasker} would cost without its
 * break-even. For the benchmarks; checks nothing.
 */
public final class NativeOnlyMasker implements Masker {

  private final BufferAddresses addresses = new BufferAddresses();

  /** Makes a masker; the library must be loaded. */
  public NativeOnlyMasker() {
    NativeSupport support = NativeSupport.current();
    if (!support.isLoaded()) {
      throw new IllegalStateException(support.unavailabilityCause());
    }
  }

  @Override
  public void mask(ByteBuffer buffer, int index, int length, int key, long offset) {
    Volfram.vf_mask(addresses.of(buffer) + index, length, key, offset);
  }

  @Override
  public int maskText(ByteBuffer buffer, int index, int length, int key, long offset, int state) {
    return Volfram.vf_mask_text(addresses.of(buffer) + index, length, key, offset, state);
  }
}
