package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/**
 * Masks long payloads with the native library's vector code and leaves short ones, and those in
 * heap buffers, to Java: crossing costs more than masking a short one.
 *
 * <p>Unlike other maskers an instance remembers the addresses of the last few buffers, so it
 * belongs to one loop, and one thread at a time may use it.
 */
public final class NativeMasker implements Masker {

  /**
   * From about this length on the call pays: a crossing costs 100 to 155 ns, which Java masks 1.0
   * to 1.3 KiB in. There is no benchmark beside this constant yet.
   */
  public static final int BREAK_EVEN_BYTES = 1024;

  private final Masker shortMasker;
  private final BufferAddresses addresses = new BufferAddresses();

  /**
   * Makes a masker.
   *
   * @param shortMasker for what is not worth a native call
   * @throws IllegalStateException with the cause, when the native library is not there
   */
  public NativeMasker(Masker shortMasker) {
    NativeSupport support = NativeSupport.current();
    if (!support.isLoaded()) {
      throw new IllegalStateException(support.unavailabilityCause());
    }
    this.shortMasker = Objects.requireNonNull(shortMasker);
  }

  @Override
  public void mask(ByteBuffer buffer, int index, int length, int key, long offset) {
    if (length < BREAK_EVEN_BYTES || !buffer.isDirect()) {
      shortMasker.mask(buffer, index, length, key, offset);
      return;
    }
    Volfram.vf_mask(addressOf(buffer, index, length), length, key, offset);
  }

  @Override
  public int maskText(ByteBuffer buffer, int index, int length, int key, long offset, int state) {
    if (length < BREAK_EVEN_BYTES || !buffer.isDirect()) {
      return shortMasker.maskText(buffer, index, length, key, offset, state);
    }
    return Volfram.vf_mask_text(addressOf(buffer, index, length), length, key, offset, state);
  }

  private long addressOf(ByteBuffer buffer, int index, int length) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return addresses.of(buffer) + index;
  }
}
