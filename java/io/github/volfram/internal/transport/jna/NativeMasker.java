package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Masker;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/**
 * Masks long payloads with the native library's vector code and leaves short ones, and those in
 * heap buffers, to Java: crossing costs more than masking a short one. Text in other scripts than
 * Latin crosses much earlier, as Java validates it byte by byte.
 *
 * <p>Unlike other maskers an instance remembers the addresses of the last few buffers, so it
 * belongs to one loop, and one thread at a time may use it.
 */
public final class NativeMasker implements Masker {

  /**
   * From about this length on the call pays for binary payloads and for ASCII text: a crossing
   * costs 100 to 150 ns, in which Java masks 2 to 3 KiB. Found by {@code MaskBenchmark.mask} and
   * {@code TextBenchmark.unmaskAndValidate} with {@code text=ascii}.
   */
  public static final int BREAK_EVEN_BYTES = 2048;

  /**
   * From about this length on it pays for text that is not ASCII. Found by {@code
   * TextBenchmark.unmaskAndValidate} with {@code text=mixed}.
   */
  static final int OTHER_TEXT_BREAK_EVEN_BYTES = 256;

  private static final int SAMPLES = 16;

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
    if (length < OTHER_TEXT_BREAK_EVEN_BYTES
        || !buffer.isDirect()
        || (length < BREAK_EVEN_BYTES && seemsAscii(buffer, index, length, key, offset))) {
      return shortMasker.maskText(buffer, index, length, key, offset, state);
    }
    return Volfram.vf_mask_text(addressOf(buffer, index, length), length, key, offset, state);
  }

  /** Whether some bytes, spread over the text, are ASCII: then Java is quick with it. */
  private static boolean seemsAscii(
      ByteBuffer buffer, int index, int length, int key, long offset) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    int seen = 0;
    for (int at = 0; at < length; at += length / SAMPLES) {
      int keyByte = key >>> (Integer.SIZE - Byte.SIZE - (((int) offset + at & 3) << 3));
      seen |= buffer.get(index + at) ^ keyByte;
    }
    return (byte) seen >= 0;
  }

  private long addressOf(ByteBuffer buffer, int index, int length) {
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return addresses.of(buffer) + index;
  }
}
