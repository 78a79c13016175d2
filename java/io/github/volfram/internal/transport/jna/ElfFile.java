package io.github.volfram.internal.transport.jna;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a library file of Linux is found unfit by, before the system's loader gets it: that says "no
 * such file" of another architecture and "invalid ELF header" of another C library; and where the
 * file ends before what its header promises, it is killed by SIGBUS, the JVM with it.
 */
final class ElfFile {

  private static final int MAGIC = 0x7F454C46;
  private static final int HEADER_BYTES = 64;
  private static final int CLASS = 4;
  private static final int DATA = 5;
  private static final int MACHINE = 18;
  private static final int CLASS_64 = 2;
  private static final int BIG_ENDIAN = 2;
  private static final int SEGMENTS_AT = 32;
  private static final int SEGMENT_BYTES = 54;
  private static final int SEGMENT_COUNT = 56;
  private static final int SEGMENT_OFFSET = 8;
  private static final int SEGMENT_ADDRESS = 16;
  private static final int SEGMENT_SIZE = 32;
  private static final int SEGMENT_MIN_BYTES = 56;
  private static final int LOADED = 1;
  private static final int DYNAMIC = 2;
  private static final int TAG_BYTES = 16;
  private static final int TAG_NEEDED = 1;
  private static final int TAG_STRINGS = 5;
  private static final int LONGEST_NAME = 64;

  /** One entry of the table of segments: where it lies in the file and in memory. */
  private record Segment(int type, long offset, long address, long size) {}

  private final FileChannel channel;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
  private final List<Segment> segments = new ArrayList<>();

  private ElfFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Returns what is wrong with a file, as the end of a sentence about it; null when nothing is
   * seen.
   *
   * @param machine the architecture of this process, as JNA names it
   * @param libc the C library of this process; null when it is not known
   */
  static @Nullable String misfit(Path file, String machine, @Nullable Libc libc)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new ElfFile(channel).misfit(machine, libc);
    }
  }

  private @Nullable String misfit(String machine, @Nullable Libc libc) throws IOException {
    fill(header, 0);
    if (header.position() < 4 || header.getInt(0) != MAGIC) {
      return "is no library of Linux (ELF)";
    }
    if (header.hasRemaining()) {
      return "is truncated";
    }
    if (header.get(CLASS) != CLASS_64) {
      return "is not built for 64 bits";
    }
    header.order(header.get(DATA) == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    String built =
        switch (header.getShort(MACHINE)) {
          case 62 -> "x86-64";
          case 183 -> "aarch64";
          default -> "";
        };
    if (!built.isEmpty() && !built.equals(machine)) {
      return "is built for " + built + ", and this JVM is for " + machine;
    }
    if (isTruncated()) {
      return "is truncated";
    }
    Libc linked = libc();
    if (linked != null && libc != null && linked != libc) {
      return "is linked to " + linked + ", and this process runs on " + libc;
    }
    return null;
  }

  /** Reads the segments, and tells whether the file ends before they do. */
  private boolean isTruncated() throws IOException {
    long at = header.getLong(SEGMENTS_AT);
    int size = Short.toUnsignedInt(header.getShort(SEGMENT_BYTES));
    int count = Short.toUnsignedInt(header.getShort(SEGMENT_COUNT));
    if (size < SEGMENT_MIN_BYTES || at < 0) {
      return true;
    }
    ByteBuffer table = ByteBuffer.allocate(size * count).order(header.order());
    fill(table, at);
    if (table.hasRemaining()) {
      return true;
    }
    for (int entry = 0; entry < size * count; entry += size) {
      Segment segment =
          new Segment(
              table.getInt(entry),
              table.getLong(entry + SEGMENT_OFFSET),
              table.getLong(entry + SEGMENT_ADDRESS),
              table.getLong(entry + SEGMENT_SIZE));
      segments.add(segment);
      if (segment.offset < 0
          || segment.size < 0
          || segment.offset > channel.size() - segment.size) {
        return true;
      }
    }
    return false;
  }

  /** The C library that it needs by name; null when it names none. */
  private @Nullable Libc libc() throws IOException {
    List<Long> needed = new ArrayList<>();
    long strings = 0;
    for (Segment segment : segments) {
      if (segment.type != DYNAMIC || segment.size > Integer.MAX_VALUE) {
        continue;
      }
      ByteBuffer tags = ByteBuffer.allocate((int) segment.size).order(header.order());
      fill(tags, segment.offset);
      for (int tag = 0; tag + TAG_BYTES <= tags.position(); tag += TAG_BYTES) {
        if (tags.getLong(tag) == TAG_NEEDED) {
          needed.add(tags.getLong(tag + Long.BYTES));
        } else if (tags.getLong(tag) == TAG_STRINGS) {
          strings = offset(tags.getLong(tag + Long.BYTES));
        }
      }
    }
    for (long at : needed) {
      String name = text(strings + at);
      if (name.equals("libc.so.6")) {
        return Libc.USUAL;
      }
      if (name.equals("libc.so") || name.startsWith("libc.musl-")) {
        return Libc.MUSL;
      }
    }
    return null;
  }

  /** Where in the file an address of memory lies. */
  private long offset(long address) {
    for (Segment segment : segments) {
      long within = address - segment.address;
      if (segment.type == LOADED && within >= 0 && within < segment.size) {
        return segment.offset + within;
      }
    }
    return address;
  }

  /** The text at a place of the file, up to its 0 byte. */
  private String text(long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_NAME);
    if (at >= 0) {
      fill(bytes, at);
    }
    int end = 0;
    while (end < bytes.position() && bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
  }

  private void fill(ByteBuffer buffer, long at) throws IOException {
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = channel.read(buffer, at + buffer.position());
    }
  }
}
