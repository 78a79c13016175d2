package io.github.volfram.natives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the file of a shared library says of itself, whatever platform it is for.
 *
 * @param format {@code ELF} or {@code Mach-O}
 * @param machine {@code x86-64} or {@code aarch64}
 * @param needed the libraries that it links
 * @param exported the symbols that it defines for others
 * @param leftovers what stripping or a reproducible build would have left out
 * @param glibc the highest version of glibc that a symbol asks for, as in 2.17; empty for none
 * @param abi the value of {@code vf_abi}
 */
record LibraryFile(
    String format,
    String machine,
    List<String> needed,
    List<String> exported,
    List<String> leftovers,
    String glibc,
    int abi) {

  private static final int ELF_MAGIC = 0x464C457F;
  private static final int MACH_O_MAGIC = 0xFEEDFACF;

  static LibraryFile read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    return switch (bytes.getInt(0)) {
      case ELF_MAGIC -> ElfLibrary.read(bytes);
      case MACH_O_MAGIC -> MachOLibrary.read(bytes);
      default -> throw new IOException(file + " is neither ELF nor 64-bit Mach-O");
    };
  }

  /** The text at an offset, up to its 0 byte. */
  static String text(ByteBuffer bytes, int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), at, end - at, StandardCharsets.UTF_8);
  }

  /** The number at an offset, which fits an int in a file as small as ours. */
  static int number(ByteBuffer bytes, int at) {
    return Math.toIntExact(bytes.getLong(at));
  }
}
