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

  private static final int INFO = 0x80000022;
  private static final int EXPORTS = 0x80000033;

  private static final int STAB = 0xE0;
  private static final int PRIVATE = 0x10;
  private static final int TYPE = 0x0E;
  private static final int EXTERNAL = 0x01;
  private static final int UNDEFINED = 0x00;

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
      // What the system's loader looks names up in.
      case INFO -> readExports(bytes.getInt(at + 40));
      case EXPORTS -> readExports(bytes.getInt(at + 8));
      default -> {}
    }
  }

  private void readExports(int trie) {
    if (trie != 0) {
      readExports(trie, trie, "");
    }
  }

  /** Reads a node: its own end of a name, if it is one, and the nodes that go on from there. */
  private void readExports(int trie, int node, String prefix) {
    ByteBuffer in = bytes.duplicate().position(node);
    int terminal = unsigned(in);
    if (terminal != 0) {
      exported.add(prefix.substring(1));
    }
    in.position(in.position() + terminal);
    int children = in.get();
    for (int i = 0; i < children; i++) {
      String edge = text(bytes, in.position());
      in.position(in.position() + edge.length() + 1);
      readExports(trie, trie + unsigned(in), prefix + edge);
    }
  }

  /** A number in groups of seven bits, the lowest first. */
  private static int unsigned(ByteBuffer in) {
    int value = 0;
    int shift = 0;
    byte group;
    do {
      group = in.get();
      value |= (group & 0x7F) << shift;
      shift += 7;
    } while (group < 0);
    return value;
  }

  private void readSymbols(int table, int count, int names) {
    for (int i = 0; i < count; i++) {
      int at = table + 16 * i;
      String name = text(bytes, names + bytes.getInt(at));
      int type = bytes.get(at + 4);
      boolean linked = (type & (STAB | PRIVATE | EXTERNAL)) == EXTERNAL;
      if (!linked) {
        leftovers.add(name);
      } else if ((type & TYPE) != UNDEFINED && name.equals("_vf_abi")) {
        abi = bytes.getInt(offset(bytes.getLong(at + 8)));
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
