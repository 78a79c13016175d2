package io.github.volfram.natives;

import static io.github.volfram.natives.LibraryFile.number;
import static io.github.volfram.natives.LibraryFile.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads a little-endian 64-bit ELF file, by its sections. */
final class ElfLibrary {

  private static final int SYMBOL_TABLE = 2;
  private static final int DYNAMIC = 6;
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int VERSIONS_NEEDED = 0x6FFFFFFE;
  private static final int TAG_NEEDED = 1;
  private static final int BINDING_LOCAL = 0;

  /** One entry of the section table. */
  private record Section(String name, int type, int address, int offset, int size, int link) {}

  private final ByteBuffer bytes;
  private final List<Section> sections = new ArrayList<>();
  private final List<String> needed = new ArrayList<>();
  private final List<String> exported = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private String glibc = "";
  private int abi;

  private ElfLibrary(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  static LibraryFile read(ByteBuffer bytes) throws IOException {
    if (bytes.get(4) != 2 || bytes.get(5) != 1 || bytes.getShort(16) != 3) {
      throw new IOException("not a 64-bit little-endian shared object");
    }
    ElfLibrary library = new ElfLibrary(bytes);
    library.readSections();
    for (Section section : library.sections) {
      library.read(section);
    }
    String machine =
        switch (bytes.getShort(18)) {
          case 62 -> "x86-64";
          case 183 -> "aarch64";
          default -> "machine " + bytes.getShort(18);
        };
    return new LibraryFile(
        "ELF",
        machine,
        library.needed,
        library.exported,
        library.leftovers,
        library.glibc,
        library.abi);
  }

  private void readSections() {
    int table = number(bytes, 40);
    int entry = bytes.getShort(58);
    int names = number(bytes, table + bytes.getShort(62) * entry + 24);
    for (int i = 0; i < bytes.getShort(60); i++) {
      int at = table + i * entry;
      sections.add(
          new Section(
              text(bytes, names + bytes.getInt(at)),
              bytes.getInt(at + 4),
              number(bytes, at + 16),
              number(bytes, at + 24),
              number(bytes, at + 32),
              bytes.getInt(at + 40)));
    }
  }

  private void read(Section section) {
    switch (section.type) {
      case DYNAMIC -> readNeeded(section);
      case DYNAMIC_SYMBOLS -> readExported(section);
      case VERSIONS_NEEDED -> readVersions(section);
      case SYMBOL_TABLE -> leftovers.add(section.name);
      default -> {
        if (section.name.startsWith(".debug") || section.name.equals(".note.gnu.build-id")) {
          leftovers.add(section.name);
        }
      }
    }
  }

  private String name(Section section, int index) {
    return text(bytes, sections.get(section.link).offset + index);
  }

  private void readNeeded(Section section) {
    for (int at = section.offset; at < section.offset + section.size; at += 16) {
      if (bytes.getLong(at) == TAG_NEEDED) {
        needed.add(name(section, number(bytes, at + 8)));
      }
    }
  }

  private void readExported(Section section) {
    for (int at = section.offset; at < section.offset + section.size; at += 24) {
      boolean defined = bytes.getShort(at + 6) != 0;
      if (defined && bytes.get(at + 4) >> 4 != BINDING_LOCAL) {
        String name = name(section, bytes.getInt(at));
        exported.add(name);
        if (name.equals("vf_abi")) {
          abi = bytes.getInt(offset(number(bytes, at + 8)));
        }
      }
    }
  }

  private int offset(int address) {
    for (Section section : sections) {
      if (section.address != 0
          && address >= section.address
          && address < section.address + section.size) {
        return address - section.address + section.offset;
      }
    }
    throw new IllegalStateException("no section has address " + address);
  }

  private void readVersions(Section section) {
    int at = section.offset;
    int step;
    do {
      int version = at + bytes.getInt(at + 8);
      for (int i = 0; i < bytes.getShort(at + 2); i++) {
        note(name(section, bytes.getInt(version + 8)));
        version += bytes.getInt(version + 12);
      }
      step = bytes.getInt(at + 12);
      at += step;
    } while (step != 0);
  }

  private void note(String version) {
    if (version.startsWith("GLIBC_")) {
      String number = version.substring("GLIBC_".length());
      glibc = glibc.isEmpty() || VERSIONS.compare(number, glibc) > 0 ? number : glibc;
    }
  }

  /** Orders 2.2.5 before 2.17. */
  static final Comparator<String> VERSIONS =
      Comparator.comparing(version -> Runtime.Version.parse(version), Comparator.naturalOrder());
}
