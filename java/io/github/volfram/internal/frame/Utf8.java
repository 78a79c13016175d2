package io.github.volfram.internal.frame;

import static io.github.volfram.internal.transport.Masker.UTF8_COMPLETE;
import static io.github.volfram.internal.transport.Masker.UTF8_INVALID;

import java.nio.ByteBuffer;

/**
 * UTF-8 (RFC 3629) as RFC 6455 §8.1 needs it: validated in pieces, ill-formed text noticed at the
 * first byte that no well-formed sequence has there, and lone surrogates refused when encoding.
 *
 * <p>The state between two pieces is one int, the same here and in the native library:
 *
 * <pre>
 *   0   complete: at the start, or after the last byte of a character
 *  -1   invalid, for good
 *  &gt;0   inside a character:
 *       bits  0 to  1   continuation bytes still to come, 1 to 3
 *       bits  8 to 15   the lowest value that the next byte may have
 *       bits 16 to 23   the highest
 * </pre>
 */
public final class Utf8 {

  /** The range of a continuation byte, where the character's first byte does not narrow it. */
  private static final int ANY_CONTINUATION = 0x80 << 8 | 0xBF << 16;

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /**
   * Judges one byte.
   *
   * @param state what the previous call returned, or {@link
   *     io.github.volfram.internal.transport.Masker#UTF8_COMPLETE}
   * @return the state after the byte
   */
  public static int next(int state, byte value) {
    int b = value & 0xFF;
    if (state == UTF8_COMPLETE) {
      return first(b);
    }
    if (state < 0 || b < (state >> 8 & 0xFF) || b > (state >> 16 & 0xFF)) {
      return UTF8_INVALID;
    }
    int needed = (state & 3) - 1;
    return needed == 0 ? UTF8_COMPLETE : needed | ANY_CONTINUATION;
  }

  /** Table 3-7 of the Unicode Standard, by the first byte. */
  private static int first(int b) {
    if (b < 0x80) {
      return UTF8_COMPLETE;
    }
    if (b < 0xC2) { // a continuation byte, or an overlong form of ASCII
      return UTF8_INVALID;
    }
    if (b < 0xE0) {
      return 1 | ANY_CONTINUATION;
    }
    return switch (b) {
      case 0xE0 -> 2 | 0xA0 << 8 | 0xBF << 16; // no overlong forms
      case 0xED -> 2 | 0x80 << 8 | 0x9F << 16; // no surrogates
      case 0xF0 -> 3 | 0x90 << 8 | 0xBF << 16; // no overlong forms
      case 0xF1, 0xF2, 0xF3 -> 3 | ANY_CONTINUATION;
      case 0xF4 -> 3 | 0x80 << 8 | 0x8F << 16; // nothing above U+10FFFF
      default -> b < 0xF0 ? 2 | ANY_CONTINUATION : UTF8_INVALID;
    };
  }

  /**
   * Judges a region.
   *
   * @param state what the previous call for this text returned, or {@link
   *     io.github.volfram.internal.transport.Masker#UTF8_COMPLETE}
   * @param buffer its position and limit are not changed
   * @return the state after the region, or after its first ill-formed byte
   */
  public static int next(int state, ByteBuffer buffer, int index, int length) {
    int at = index;
    int end = index + length;
    int now = state;
    while (now != UTF8_COMPLETE && at < end) {
      if (now < 0) {
        return now;
      }
      now = next(now, buffer.get(at++));
    }
    // Here a character begins. As long as four bytes can be read at once, whole characters are.
    int wordEnd = end - Integer.BYTES;
    while (at <= wordEnd) {
      int skipped = skipAscii(buffer, at, end);
      if (skipped > 0) {
        at += skipped;
        continue;
      }
      int bytes = characterBytes((int) WireOrder.INT.get(buffer, at));
      if (bytes == 0) {
        break;
      }
      at += bytes;
    }
    while (at < end) {
      now = next(now, buffer.get(at++));
      if (now < 0) {
        return now;
      }
    }
    return now;
  }

  private static int skipAscii(ByteBuffer buffer, int index, int end) {
    int at = index;
    while (at <= end - Long.BYTES) {
      long high = (long) WireOrder.LONG.get(buffer, at) & HIGH_BITS;
      if (high != 0) {
        return at - index + (Long.numberOfLeadingZeros(high) >> 3);
      }
      at += Long.BYTES;
    }
    return at - index;
  }

  /**
   * How many of four bytes, read big-endian, the well-formed characters at their front take; 0 when
   * the first is ill-formed.
   */
  private static int characterBytes(int word) {
    if (word >= 0) {
      return 1;
    }
    if ((word & 0xF0C0_C000) == 0xE080_8000) {
      int range = word & 0x0F20_0000; // 0: overlong; D and bit 5: a surrogate
      return range != 0 && range != 0x0D20_0000 ? 3 : 0;
    }
    if ((word & 0xE0C0_0000) == 0xC080_0000) {
      return (word & 0x1E00_0000) != 0 ? 2 : 0; // else overlong
    }
    if ((word & 0xF8C0_C0C0) == 0xF080_8080) {
      int range = word >>> 20 & 0x73; // from F0 90 to F4 8F
      return range >= 0x01 && range <= 0x40 ? 4 : 0;
    }
    return 0;
  }

  /**
   * How many bytes the text takes.
   *
   * @throws IllegalArgumentException when a surrogate has no partner (the message says where), or
   *     the text takes more than {@link Integer#MAX_VALUE} bytes
   */
  public static int encodedLength(CharSequence text) {
    int chars = text.length();
    long bytes = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          bytes += 1;
        } else {
          bytes += 2;
          if (Character.isSurrogate(c)) {
            codePoint(text, i);
            i++; // a pair takes four bytes, and both its chars are counted already
          }
        }
      }
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "expected at most " + Integer.MAX_VALUE + " bytes of text, got " + bytes);
    }
    return (int) bytes;
  }

  /**
   * Writes the text as UTF-8.
   *
   * @param dst with room for {@link #encodedLength} bytes (never more than three times the number
   *     of chars) from {@code index}; its position and limit are not changed
   * @return how many bytes were written
   * @throws IllegalArgumentException when a surrogate has no partner; the message says where. Bytes
   *     may have been written
   * @throws IndexOutOfBoundsException when there is not enough room
   */
  public static int encode(CharSequence text, ByteBuffer dst, int index) {
    int chars = text.length();
    int at = index;
    int i = 0;
    while (i < chars) {
      if (i + Long.BYTES <= chars && putAscii(text, i, dst, at)) {
        i += Long.BYTES;
        at += Long.BYTES;
        continue;
      }
      // One char at a time up to the next try at eight.
      int stop = Math.min(i + Long.BYTES, chars);
      while (i < stop) {
        char c = text.charAt(i++);
        if (c < 0x80) {
          dst.put(at++, (byte) c);
        } else if (c < 0x800) {
          dst.put(at++, (byte) (0xC0 | c >> 6));
          dst.put(at++, (byte) (0x80 | (c & 0x3F)));
        } else if (Character.isSurrogate(c)) {
          int codePoint = codePoint(text, i - 1);
          i++;
          dst.put(at++, (byte) (0xF0 | codePoint >> 18));
          dst.put(at++, (byte) (0x80 | (codePoint >> 12 & 0x3F)));
          dst.put(at++, (byte) (0x80 | (codePoint >> 6 & 0x3F)));
          dst.put(at++, (byte) (0x80 | (codePoint & 0x3F)));
        } else {
          dst.put(at++, (byte) (0xE0 | c >> 12));
          dst.put(at++, (byte) (0x80 | (c >> 6 & 0x3F)));
          dst.put(at++, (byte) (0x80 | (c & 0x3F)));
        }
      }
    }
    return at - index;
  }

  private static boolean putAscii(CharSequence text, int i, ByteBuffer dst, int at) {
    long word = 0;
    int all = 0;
    for (int k = 0; k < Long.BYTES; k++) {
      char c = text.charAt(i + k);
      all |= c;
      word = word << 8 | c;
    }
    if (all >= 0x80) {
      return false;
    }
    WireOrder.LONG.set(dst, at, word);
    return true;
  }

  private static int codePoint(CharSequence text, int i) {
    char high = text.charAt(i);
    if (Character.isHighSurrogate(high) && i + 1 < text.length()) {
      char low = text.charAt(i + 1);
      if (Character.isLowSurrogate(low)) {
        return Character.toCodePoint(high, low);
      }
    }
    throw new IllegalArgumentException(
        "expected surrogates in pairs, got a lone U+"
            + Integer.toHexString(high).toUpperCase(java.util.Locale.ROOT)
            + " at index "
            + i);
  }
}
