package io.github.volfram.internal.transport.jna;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Tells whether a library file is whole. The system's loader maps what the header promises and is
 * killed by SIGBUS, the JVM with it, where the file ends before.
 */
final class ElfFile {

  private static final int MAGIC = 0x7F454C46;
  private static final int HEADER_BYTES = 64;
  private static final int CLASS = 4;
  private static final int DATA = 5;
  private static final int CLASS_64 = 2;
  private static final int BIG_ENDIAN = 2;
  private static final int SEGMENTS_AT = 32;
  private static final int SEGMENT_BYTES = 54;
  private static final int SEGMENT_COUNT = 56;
  private static final int SEGMENT_OFFSET = 8;
  private static final int SEGMENT_SIZE = 32;
  private static final int SEGMENT_MIN_BYTES = 56;

  private ElfFile() {}

  /** Whether this is a 64-bit ELF file that ends before its segments do. Others are not judged. */
  static boolean isTruncated(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      fill(channel, header, 0);
      if (header.position() < 4 || header.getInt(0) != MAGIC || header.get(CLASS) != CLASS_64) {
        return false;
      }
      header.order(header.get(DATA) == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      if (header.hasRemaining()) {
        return true;
      }
      long at = header.getLong(SEGMENTS_AT);
      int size = Short.toUnsignedInt(header.getShort(SEGMENT_BYTES));
      int count = Short.toUnsignedInt(header.getShort(SEGMENT_COUNT));
      if (size < SEGMENT_MIN_BYTES || at < 0) {
        return true;
      }
      ByteBuffer segments = ByteBuffer.allocate(size * count).order(header.order());
      fill(channel, segments, at);
      if (segments.hasRemaining()) {
        return true;
      }
      for (int i = 0; i < count; i++) {
        long offset = segments.getLong(i * size + SEGMENT_OFFSET);
        if (offset + segments.getLong(i * size + SEGMENT_SIZE) > channel.size()) {
          return true;
        }
      }
      return false;
    }
  }

  private static void fill(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = channel.read(buffer, at + buffer.position());
    }
  }
}
