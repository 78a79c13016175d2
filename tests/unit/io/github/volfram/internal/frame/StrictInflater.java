package io.github.volfram.internal.frame;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A second opinion on compressed messages: RFC 1951 written down without zlib, which refuses every
 * distance beyond the window, and a message that is not what RFC 7692 §7.2.1 makes.
 */
public final class StrictInflater {

  private static final int[] LENGTH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258
  };
  private static final int[] LENGTH_EXTRA = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private final int window;
  private final boolean takeover;

  /** All that was inflated, of which the last bytes are the window. */
  private byte[] out = new byte[1 << 12];

  private int outBytes;
  private int messageStart;
  private byte[] in = {};
  private int inBits;

  /** The longest distance so far. */
  int farthest;

  /** Makes one that knows a window of so many bits. */
  public StrictInflater(int windowBits, boolean takeover) {
    this.window = 1 << windowBits;
    this.takeover = takeover;
  }

  /** Inflates one message. */
  public byte[] message(byte[] compressed) {
    if (!takeover) {
      outBytes = 0;
    }
    messageStart = outBytes;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(compressed);
    bytes.writeBytes(Wire.hex("0000FFFF"));
    in = bytes.toByteArray();
    inBits = 0;
    while (inBits < in.length * 8) {
      block();
    }
    return Arrays.copyOfRange(out, messageStart, outBytes);
  }

  private void block() {
    require(bits(1) == 0, "no final block");
    switch (bits(2)) {
      case 0 -> stored();
      case 1 -> fixed();
      case 2 -> dynamic();
      default -> throw new AssertionError("block type 3");
    }
  }

  private void stored() {
    inBits = (inBits + 7) / 8 * 8;
    int length = bits(16);
    require(length == (~bits(16) & 0xFFFF), "length and its complement");
    for (int i = 0; i < length; i++) {
      put((byte) bits(8));
    }
  }

  private void fixed() {
    int[] lengths = new int[288];
    Arrays.fill(lengths, 0, 144, 8);
    Arrays.fill(lengths, 144, 256, 9);
    Arrays.fill(lengths, 256, 280, 7);
    Arrays.fill(lengths, 280, 288, 8);
    int[] distances = new int[30];
    Arrays.fill(distances, 5);
    codes(new Code(lengths), new Code(distances));
  }

  private void dynamic() {
    int literals = bits(5) + 257;
    int distances = bits(5) + 1;
    int[] meta = new int[19];
    int metas = bits(4) + 4;
    for (int i = 0; i < metas; i++) {
      meta[ORDER[i]] = bits(3);
    }
    Code code = new Code(meta);
    int[] lengths = new int[literals + distances];
    int at = 0;
    while (at < lengths.length) {
      int symbol = symbol(code);
      int value = symbol == 16 ? lengths[at - 1] : symbol < 16 ? symbol : 0;
      int times =
          switch (symbol) {
            case 16 -> 3 + bits(2);
            case 17 -> 3 + bits(3);
            case 18 -> 11 + bits(7);
            default -> 1;
          };
      Arrays.fill(lengths, at, at + times, value);
      at += times;
    }
    codes(
        new Code(Arrays.copyOf(lengths, literals)),
        new Code(Arrays.copyOfRange(lengths, literals, lengths.length)));
  }

  private void codes(Code literals, Code distances) {
    while (true) {
      int symbol = symbol(literals);
      if (symbol == 256) {
        return;
      }
      if (symbol < 256) {
        put((byte) symbol);
      } else {
        int length = LENGTH_BASE[symbol - 257] + bits(LENGTH_EXTRA[symbol - 257]);
        int code = symbol(distances);
        int extra = Math.max(0, code / 2 - 1);
        int distance = (code < 2 ? code : (2 + code % 2) << extra) + 1 + bits(extra);
        farthest = Math.max(farthest, distance);
        require(distance <= window, "a distance of at most " + window + ", got " + distance);
        require(distance <= outBytes, "a distance within what came, got " + distance);
        for (int i = 0; i < length; i++) {
          put(out[outBytes - distance]);
        }
      }
    }
  }

  private void put(byte value) {
    if (outBytes == out.length) {
      if (messageStart > window) { // forget what no distance reaches any more
        int gone = messageStart - window;
        System.arraycopy(out, gone, out, 0, outBytes - gone);
        outBytes -= gone;
        messageStart = window;
      }
      out = Arrays.copyOf(out, outBytes * 2 + 1);
    }
    out[outBytes++] = value;
  }

  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      require(inBits < in.length * 8, "more bits");
      value |= (in[inBits / 8] >> inBits % 8 & 1) << i;
      inBits++;
    }
    return value;
  }

  /** A canonical Huffman code: how many symbols each length has, and the symbols in order. */
  private static final class Code {
    final int[] counts = new int[16];
    final int[] symbols;

    Code(int[] lengths) {
      int[] next = new int[17];
      for (int length : lengths) {
        counts[length]++;
      }
      counts[0] = 0;
      for (int length = 1; length < 16; length++) {
        next[length + 1] = next[length] + counts[length];
      }
      symbols = new int[lengths.length];
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] != 0) {
          symbols[next[lengths[symbol]]++] = symbol;
        }
      }
    }
  }

  private int symbol(Code code) {
    int value = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length < 16; length++) {
      value |= bits(1);
      int count = code.counts[length];
      if (value - first < count) {
        return code.symbols[index + value - first];
      }
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new AssertionError("a code that no symbol has");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("expected " + what);
    }
  }
}
