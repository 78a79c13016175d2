package io.github.volfram.natives;

import static io.github.volfram.natives.LibraryFile.number;
import static io.github.volfram.natives.LibraryFile.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a 64-bit Mach-O file, by its load commands. */
final class MachOLibrary {

  private static final int DYLIB = 6;
  private static final int SYMBOL_TABLE = 0x2;
  private static final int NEEDED = 0xC;
  private static final int OWN_NAME = 0xD;
  private static final int SEGMENT = 0x19;

  private static final int STAB = 0xE0;
  private static final int TYPE = 0x0E;
  private static final int EXTERNAL = 0x01;
  private static final int DEFINED = 0x0E;

  private record Segment(long address, long size, int offset) {}

  private final ByteBuffer bytes;
  private final List<Segment> segments = new ArrayList<>();
  private final List<String> needed = new ArrayList<>();
  private final List<String> exported = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private int abi;

  private MachOLibrary(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  static LibraryFile read(ByteBuffer bytes) throws IOException {
    if (bytes.getInt(12) != DYLIB) {
      throw new IOException("not a dynamic library");
    }
    MachOLibrary library = new MachOLibrary(bytes);
    int at = 32;
    for (int i = 0; i < bytes.getInt(16); i++) {
      library.readCommand(at);
      at += bytes.getInt(at + 4);
    }
    String machine =
        switch (bytes.getInt(4)) {
          case 0x01000007 -> "x86-64";
          case 0x0100000C -> "aarch64";
          default -> "machine " + bytes.getInt(4);
        };
    return new LibraryFile(
        "Mach-O", machine, library.needed, library.exported, library.leftovers, "", library.abi);
  }

  private void readCommand(int at) {
    switch (bytes.getInt(at)) {
      case SEGMENT ->
          segments.add(
              new Segment(bytes.getLong(at + 24), bytes.getLong(at + 32), number(bytes, at + 40)));
      case NEEDED -> needed.add(text(bytes, at + bytes.getInt(at + 8)));
      case OWN_NAME -> {
        String name = text(bytes, at + bytes.getInt(at + 8));
        if (!name.equals("@rpath/libvolfram.dylib")) {
          leftovers.add("the name " + name);
        }
      }
      case SYMBOL_TABLE ->
          readSymbols(bytes.getInt(at + 8), bytes.getInt(at + 12), bytes.getInt(at + 16));
      default -> {}
    }
  }

  private void readSymbols(int table, int count, int names) {
    for (int i = 0; i < count; i++) {
      int at = table + 16 * i;
      String name = text(bytes, names + bytes.getInt(at));
      int type = bytes.get(at + 4);
      // Symbols for a debugger and local ones are passed over: this zig does not strip them.
      boolean external = (type & STAB) == 0 && (type & EXTERNAL) != 0;
      if (external && (type & TYPE) == DEFINED) {
        exported.add(name.substring(1));
        if (name.equals("_vf_abi")) {
          abi = bytes.getInt(offset(bytes.getLong(at + 8)));
        }
      }
    }
  }

  private int offset(long address) {
    for (Segment segment : segments) {
      if (address >= segment.address && address < segment.address + segment.size) {
        return Math.toIntExact(address - segment.address) + segment.offset;
      }
    }
    throw new IllegalStateException("no segment has address " + address);
  }
}
