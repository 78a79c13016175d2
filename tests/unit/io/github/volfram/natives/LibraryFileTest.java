package io.github.volfram.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the libraries of every platform, which only the profile natives-all builds. */
final class LibraryFileTest {

  private static final Path ROOT = Path.of(System.getProperty("volfram.basedir", "."));

  private static final String OLDEST_GLIBC = "2.17";

  /** glibc before 2.34 is several libraries, and zig names that of the threads unasked. */
  private static final Set<String> LIBC =
      Set.of(
          "libc.so.6",
          "libpthread.so.0",
          "libc.so",
          "ld-linux-x86-64.so.2",
          "ld-linux-aarch64.so.1",
          "/usr/lib/libSystem.B.dylib");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linux-x86-64",
        "linux-aarch64",
        "linux-x86-64-musl",
        "linux-aarch64-musl",
        "darwin-x86-64",
        "darwin-aarch64"
      })
  void everyPlatformsLibraryIsWhatItsFolderSays(String platform) throws IOException {
    Path directory = built();
    boolean mac = platform.startsWith("darwin");
    String name = mac ? "libvolfram.dylib" : "libvolfram.so";
    Path file = directory.resolve("once").resolve(platform).resolve(name);
    LibraryFile library = LibraryFile.read(file);
    assertEquals(mac ? "Mach-O" : "ELF", library.format());
    assertTrue(platform.contains(library.machine()), library.machine());
    if (Files.exists(file.resolveSibling("linked-by-zig")) && !isRelease()) {
      expectAtLeastOurs(library);
    } else {
      expectOurs(library);
      assertEquals(List.of(), library.leftovers());
    }
    if (platform.endsWith("-musl")) {
      assertEquals(List.of("libc.so"), library.needed());
    }
    if (!library.glibc().isEmpty()) {
      assertTrue(
          ElfLibrary.VERSIONS.compare(library.glibc(), OLDEST_GLIBC) <= 0,
          "needs glibc " + library.glibc());
    }
    byte[] again = Files.readAllBytes(directory.resolve("again").resolve(platform).resolve(name));
    assertArrayEquals(again, Files.readAllBytes(file), "a second build gives other bytes");
    byte[] packed = Files.readAllBytes(ROOT.resolve("target/classes/" + platform + "/" + name));
    assertArrayEquals(packed, Files.readAllBytes(file), "the jar has another library");
  }

  @Test
  void theHostsLibraryExportsTheInterfaceOnly() throws IOException {
    Path file = ROOT.resolve("target/native/libvolfram.so");
    assumeTrue(Files.exists(file), "the host's library is not built, or is no ELF file");
    LibraryFile library = LibraryFile.read(file);
    expectOurs(library);
    assertEquals(List.of(), library.leftovers());
  }

  private static Path built() {
    String directory = System.getProperty("volfram.natives.directory", "");
    assumeTrue(!directory.isEmpty(), "only the profile natives-all builds every platform");
    return Path.of(directory);
  }

  /** Whether nothing may be missing that the build needs. */
  private static boolean isRelease() {
    return Boolean.getBoolean("volfram.native.required");
  }

  private static void expectOurs(LibraryFile library) throws IOException {
    expectAtLeastOurs(library);
    assertEquals(declared(header()), new TreeSet<>(library.exported()));
  }

  private static void expectAtLeastOurs(LibraryFile library) throws IOException {
    String header = header();
    assertTrue(LIBC.containsAll(library.needed()), () -> "needs " + library.needed());
    assertTrue(
        library.exported().containsAll(declared(header)), () -> "exports " + library.exported());
    Matcher version = Pattern.compile("#define VF_ABI_VERSION (\\d+)").matcher(header);
    assertTrue(version.find());
    assertEquals(Integer.parseInt(version.group(1)), library.abi());
  }

  private static String header() throws IOException {
    return Files.readString(ROOT.resolve("native/volfram.h"));
  }

  private static Set<String> declared(String header) {
    List<String> names = new ArrayList<>();
    Matcher function =
        Pattern.compile("^VF_EXPORT [\\w ]+?(vf_\\w+)[(;]", Pattern.MULTILINE).matcher(header);
    while (function.find()) {
      names.add(function.group(1));
    }
    return new TreeSet<>(names);
  }
}
