package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeSupportTest {

  private static final String NAME = System.mapLibraryName("volfram");

  @TempDir Path directory;

  @Test
  void theBundledLibraryIsFoundAndDescribesItself() {
    NativeTests.requireLibrary();
    NativeSupport support = NativeSupport.current();
    assertEquals("", support.unavailabilityCause());
    assertEquals(Volfram.ABI_VERSION, support.abiVersion());
    assertTrue(support.libraryPath().endsWith(NAME), support.libraryPath());
    assertEquals(Platform.isLinux() ? "epoll" : support.poller(), support.poller());
    assertFalse(support.simd().isEmpty());
  }

  @Test
  void pollersThatDoNotWorkHaveACause() {
    NativeTests.requireLibrary();
    NativeSupport support = NativeSupport.current();
    for (NativePoller poller : NativePoller.values()) {
      String cause = support.unavailabilityCause(poller);
      if (poller != NativePoller.USUAL) {
        assertEquals(support.pollers().contains(poller.toString()), cause.isEmpty(), cause);
      }
      assertTrue(cause.isEmpty() || cause.startsWith(poller + " cannot be used: "), cause);
    }
    assertTrue(support.pollers().contains(support.poller()));
    assertTrue(NativePoller.URING.refusal(1).contains("io_uring_disabled"));
    assertTrue(NativePoller.URING.refusal(22).contains("Linux 6.0 or later"));
    assertTrue(NativePoller.KQUEUE.refusal(38).contains("built without it"));
  }

  @Test
  void aPathThatNamesNoFileIsTheCause() {
    Path missing = directory.resolve("missing.so");
    assertUnavailable(
        missing.toString(), "-Dvolfram.native.path=" + missing, "does not name a file");
  }

  @Test
  void aFileThatIsNoLibraryIsTheCause() throws IOException {
    Path garbage = Files.writeString(directory.resolve("garbage.so"), "not a library");
    assertUnavailable(garbage.toString(), "-Dvolfram.native.path=" + garbage, "cannot be used");
  }

  @Test
  void aTruncatedLibraryIsTheCause() throws IOException {
    byte[] library = bundled();
    for (int length = 4; length < library.length * 9 / 10; length += 997) {
      Path part = Files.write(directory.resolve(length + ".so"), Arrays.copyOf(library, length));
      assertUnavailable(part.toString(), "cannot be used");
    }
  }

  @Test
  void aLibraryOfAnotherArchitectureIsTheCause() throws IOException {
    assumeTrue(Platform.isLinux(), "only files of Linux are read");
    byte[] library = bundled();
    boolean intel = Platform.isIntel();
    library[18] = (byte) (intel ? 183 : 62); // e_machine
    Path other = Files.write(directory.resolve("other.so"), library);
    assertUnavailable(
        other.toString(),
        "-Dvolfram.native.path=" + other,
        "is built for " + (intel ? "aarch64" : "x86-64") + ", and this JVM is for",
        "leave it out for the library of the jar");
  }

  @Test
  void aLibraryOfAnotherLibcIsTheCause() throws IOException {
    assumeTrue(Platform.isLinux() && Libc.current(true) == Libc.USUAL, "glibc is where this runs");
    byte[] library = bundled();
    String text = new String(library, StandardCharsets.ISO_8859_1);
    int name = text.indexOf("\0libc.so.6\0") + 1;
    assertTrue(name > 0, "the library needs libc.so.6");
    library[name + "libc.so".length()] = 0;
    Path other = Files.write(directory.resolve("musl.so"), library);
    assertUnavailable(other.toString(), "is linked to musl, and this process runs on glibc");
  }

  @Test
  void aLibraryOfSomethingElseIsTheCause() {
    assumeTrue(Platform.isLinux(), "the path of a library is known");
    String jvm = System.getProperty("java.home") + "/lib/libzip.so";
    assertUnavailable(jvm, "is not volfram's: it has no vf_abi_version");
  }

  @Test
  void aFileThatIsNoLibraryOfLinuxIsTheCause() throws IOException {
    assumeTrue(Platform.isLinux(), "only files of Linux are read");
    byte[] mac = {(byte) 0xCF, (byte) 0xFA, (byte) 0xED, (byte) 0xFE, 7, 0, 0, 1};
    Path other = Files.write(directory.resolve("libvolfram.dylib"), mac);
    assertUnavailable(other.toString(), "is no library of Linux (ELF)");
  }

  @Test
  void aLibraryOfAnotherVersionIsTheCause() {
    Path other =
        Path.of(
            System.getProperty("volfram.basedir", "."),
            "target/native/tests/native",
            System.mapLibraryName("volfram_wrong_abi"));
    assumeTrue(Files.exists(other), "the native tests were not built");
    assertUnavailable(other.toString(), "ABI version 999, expected " + Volfram.ABI_VERSION);
  }

  @Test
  void aNamedLibraryIsUsed() throws IOException {
    NativeTests.requireLibrary();
    Path named = Files.write(directory.resolve("named.so"), bundled());
    NativeSupport support = NativeSupport.probe(named.toString(), null);
    assertTrue(support.isAvailable(), support.unavailabilityCause());
    assertEquals(named.toString(), support.libraryPath());
  }

  @Test
  void anInstalledLibraryIsPreferredAndABrokenOnePassedOver() throws IOException {
    NativeTests.requireLibrary();
    Path installed = Files.write(directory.resolve(NAME), bundled());
    String searchPath = "/nowhere" + File.pathSeparator + directory;
    assertEquals(installed.toString(), NativeSupport.probe(null, searchPath).libraryPath());
    Path elsewhere = Files.createDirectory(directory.resolve("broken"));
    Files.writeString(elsewhere.resolve(NAME), "not a library");
    NativeSupport support = NativeSupport.probe(null, elsewhere.toString());
    assertTrue(support.libraryPath().startsWith("jar:"), support.libraryPath());
  }

  @Test
  void withoutJnaTheCauseNamesIt() throws Exception {
    String found = ProbeMain.inNewJvm(classPath("classes", "test-classes"), List.of());
    assertTrue(found.startsWith("false||"), found);
    assertTrue(found.contains("add net.java.dev.jna:jna"), found);
  }

  @Test
  void deniedNativeAccessNamesTheFlag() throws Exception {
    assumeTrue(Runtime.version().feature() >= 24, "native access cannot be denied before JDK 24");
    String found =
        ProbeMain.inNewJvm(
            System.getProperty("java.class.path"), List.of("--illegal-native-access=deny"));
    assertTrue(found.startsWith("false||"), found);
    assertTrue(found.contains("--enable-native-access=ALL-UNNAMED"), found);
  }

  private static String classPath(String... directories) {
    String target = Path.of(System.getProperty("volfram.basedir", "."), "target").toString();
    List<String> paths = new ArrayList<>();
    for (String each : directories) {
      paths.add(target + File.separator + each);
    }
    return String.join(File.pathSeparator, paths);
  }

  static byte[] bundled() throws IOException {
    String resource = "/" + Platform.RESOURCE_PREFIX + "/" + NAME;
    try (InputStream content = NativeSupport.class.getResourceAsStream(resource)) {
      assumeTrue(content != null, "no library was built");
      return content.readAllBytes();
    }
  }

  private static void assertUnavailable(String path, String... words) {
    NativeSupport support = NativeSupport.probe(path, null);
    assertFalse(support.isAvailable());
    assertFalse(support.isLoaded());
    assertEquals("", support.libraryPath());
    assertEquals(0, support.abiVersion());
    for (String word : words) {
      assertTrue(support.unavailabilityCause().contains(word), support.unavailabilityCause());
    }
  }
}
