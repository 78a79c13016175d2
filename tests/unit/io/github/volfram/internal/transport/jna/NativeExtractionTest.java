package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library of the jar is extracted to, and what is wrong with other places. */
@SuppressWarnings("try") // a mount is only opened and closed
final class NativeExtractionTest {

  private static final String FIX = "directory with -Dvolfram.native.directory=<directory>";

  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void requireLibrary() {
    NativeTests.requireLibrary();
    assumeTrue(!Platform.isWindows(), "a directory's mode is what this is about");
    directory = temporary.resolve("volfram");
  }

  @Test
  void theLibraryIsExtractedOnceIntoAPrivateDirectory() throws Exception {
    expectLoaded(probe());
    assertEquals("rwx------", mode(directory));
    Path file = onlyFile();
    assertArrayEquals(NativeSupportTest.bundled(), Files.readAllBytes(file));
    Object inode = Files.getAttribute(file, "unix:ino");
    expectLoaded(probe());
    assertEquals(inode, Files.getAttribute(onlyFile(), "unix:ino"));
  }

  @Test
  void withoutThePropertyTheDirectoryIsTheUsersOwn() throws Exception {
    expectLoaded(ProbeMain.inNewJvm(classPath(), List.of("-Djava.io.tmpdir=" + temporary)));
    try (var made = Files.list(temporary)) {
      List<Path> ours =
          made.filter(file -> file.getFileName().toString().startsWith("volfram-")).toList();
      assertEquals(1, ours.size(), ours.toString());
      assertEquals("rwx------", mode(ours.get(0)));
    }
  }

  @Test
  void aTamperedFileIsReplaced() throws Exception {
    expectLoaded(probe());
    Path file = onlyFile();
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    expectLoaded(probe());
    assertArrayEquals(NativeSupportTest.bundled(), Files.readAllBytes(onlyFile()));
  }

  @Test
  void aSymbolicLinkIsRefused() throws Exception {
    Files.createSymbolicLink(directory, Files.createDirectory(temporary.resolve("other")));
    expectRefused(probe(), "is a symbolic link, or no directory", FIX);
  }

  @Test
  void nothingIsWrittenToWhereASymbolicLinkLeads() throws Exception {
    Path target = Files.createDirectory(temporary.resolve("other"));
    Object changed = Files.getLastModifiedTime(target);
    Files.createSymbolicLink(directory, target);
    expectRefused(probe(), FIX);
    assertEquals(changed, Files.getLastModifiedTime(target));
    Files.delete(target);
    expectRefused(probe(), "is a symbolic link, or no directory", FIX);
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefused() throws Exception {
    Files.createFile(directory);
    expectRefused(probe(), "is a symbolic link, or no directory", FIX);
  }

  @Test
  void aDirectoryThatOthersCouldReplaceIsRefused() throws Exception {
    Path parent = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
    directory = parent.resolve("volfram");
    expectRefused(probe(), parent + " is writable by others and has no sticky bit", FIX);
    Files.setAttribute(parent, "unix:mode", 01777);
    expectLoaded(probe());
  }

  @Test
  void whatKeepsJnaFromStartingIsNotTakenForOurs() throws Exception {
    List<String> flags = flags();
    flags.add("-Djna.nounpack=true");
    expectRefused(
        ProbeMain.inNewJvm(classPath(), flags),
        "JNA cannot load its own library",
        "leave out -Djna.nounpack");
    Path jna = temporary.resolve("jna");
    for (String options : List.of("noexec,mode=700", "ro,mode=700", "size=4096,mode=700")) {
      try (Mount mount = new Mount(jna, options)) {
        flags = flags();
        flags.addAll(List.of("-Djna.tmpdir=" + jna, "-Djava.io.tmpdir=" + jna));
        String found = ProbeMain.inNewJvm(classPath(), flags);
        expectRefused(found, "JNA cannot load its own library", "with -Djna.tmpdir=<directory>");
        assertFalse(found.contains(directory.toString()), found);
      }
      Files.delete(jna);
    }
  }

  @Test
  void aDirectoryThatOthersCanEnterIsRefused() throws Exception {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    expectRefused(probe(), "can be entered by others: its mode is rwxrwxrwx", FIX);
  }

  @Test
  void aDirectoryOfSomebodyElseIsRefused() throws Exception {
    requireRoot();
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setAttribute(directory, "unix:uid", 65534);
    expectRefused(probe(), "belongs to ", FIX);
  }

  @Test
  void aMissingTemporaryDirectoryNamesTheProperty() throws Exception {
    expectRefused(
        ProbeMain.inNewJvm(
            classPath(), List.of("-Djava.io.tmpdir=/nowhere", "-Djna.tmpdir=" + temporary)),
        "cannot be extracted to /nowhere/volfram-",
        FIX);
  }

  @Test
  void aDirectoryMountedNoexecIsNamed() throws Exception {
    try (Mount mount = new Mount("noexec,mode=700")) {
      expectRefused(probe(), directory + " seems to be mounted noexec", FIX);
    }
  }

  @Test
  void aReadOnlyDirectoryIsNamed() throws Exception {
    try (Mount mount = new Mount("ro,mode=700")) {
      expectRefused(probe(), "cannot be extracted to " + directory, "Read-only file system", FIX);
    }
  }

  @Test
  void aFullDiskIsNamed() throws Exception {
    try (Mount mount = new Mount("size=4096,mode=700")) {
      expectRefused(probe(), "cannot be extracted to " + directory, "No space left", FIX);
      try (var left = Files.list(directory)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void twoClassLoadersOfOneJvmBothLoadIt() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : classPath().split(java.io.File.pathSeparator, -1)) {
      urls.add(Path.of(path).toUri().toURL());
    }
    for (int i = 0; i < 2; i++) {
      try (URLClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
        Class<?> probe = loader.loadClass(ProbeMain.class.getName());
        expectLoaded((String) probe.getMethod("found").invoke(null));
      }
    }
  }

  @Test
  void theLibcIsTheOneThatIsMapped() {
    assertEquals(Libc.USUAL, Libc.of("7f r-xp /usr/lib/x86_64-linux-gnu/libc.so.6\n"));
    assertEquals(Libc.USUAL, Libc.of("7f r-xp /lib64/libc-2.17.so\n"));
    assertEquals(Libc.MUSL, Libc.of("7f r-xp /lib/ld-musl-x86_64.so.1\n"));
    assertEquals(Libc.MUSL, Libc.of("7f r-xp /lib/libc.so.6\n7f r-xp /lib/ld-musl-aarch64.so.1\n"));
    UnsatisfiedLinkError unknown =
        assertThrows(UnsatisfiedLinkError.class, () -> Libc.of("7f r-xp /usr/bin/java\n"));
    assertTrue(unknown.getMessage().contains("neither libc.so.6 nor ld-musl"));
  }

  @Test
  void everyJdkLoadsItWithAndWithoutTheFlag() throws Exception {
    for (Path home : homes()) {
      List<String> allowed = flags();
      allowed.add("--enable-native-access=ALL-UNNAMED");
      for (List<String> flags : List.of(flags(), allowed)) {
        expectLoaded(ProbeMain.inNewJvm(home, classPath(), flags));
      }
    }
  }

  @Test
  void deniedAccessFallsBackToNioAndNativeSaysWhy() throws Exception {
    int denying = 0;
    for (Path home : homes()) {
      if (version(home) < 24) {
        continue;
      }
      denying++;
      List<String> flags = flags();
      flags.add("--illegal-native-access=deny");
      assertEquals("nio", ProbeMain.inNewJvm(home, classPath(), flags, "auto"));
      String cause = ProbeMain.inNewJvm(home, classPath(), flags, "native");
      assertTrue(cause.contains("native access is denied"), cause);
      assertTrue(cause.contains("--enable-native-access=ALL-UNNAMED"), cause);
      flags.add("--enable-native-access=ALL-UNNAMED");
      assertEquals("native", ProbeMain.inNewJvm(home, classPath(), flags, "native"));
    }
    assumeTrue(denying > 0, "no JDK that can deny native access is installed");
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** The JDKs beside this one, and this one. */
  private static List<Path> homes() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    List<Path> homes = new ArrayList<>(List.of(own));
    try (var siblings = Files.list(own.getParent())) {
      for (Path home : siblings.toList()) {
        boolean complete =
            Files.isExecutable(home.resolve("bin/java")) && Files.exists(home.resolve("release"));
        if (complete && !homes.contains(home.toRealPath()) && version(home) >= 17) {
          homes.add(home.toRealPath());
        }
      }
    }
    return homes;
  }

  private static int version(Path home) throws IOException {
    for (String line : Files.readAllLines(home.resolve("release"))) {
      if (line.startsWith("JAVA_VERSION=")) {
        String version = line.substring("JAVA_VERSION=".length()).replace("\"", "");
        return Integer.parseInt(version.split("[.+-]", 2)[0]);
      }
    }
    return 0;
  }

  private List<String> flags() {
    return new ArrayList<>(List.of("-Dvolfram.native.directory=" + directory));
  }

  private String probe() throws Exception {
    return ProbeMain.inNewJvm(classPath(), flags());
  }

  private Path onlyFile() throws IOException {
    try (var files = Files.list(directory)) {
      List<Path> found = files.toList();
      assertEquals(1, found.size(), found.toString());
      return found.get(0);
    }
  }

  private static String mode(Path of) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
  }

  private static void expectLoaded(String found) {
    assertTrue(found.startsWith("true|jar:"), found);
  }

  private static void expectRefused(String found, String... words) {
    assertTrue(found.startsWith("false||"), found);
    for (String word : words) {
      assertTrue(found.contains(word), found);
    }
  }

  private static void requireRoot() throws IOException {
    assumeTrue(
        Platform.isLinux() && (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
        "only root can do this");
  }

  /** A file system of its own for the directory. */
  private final class Mount implements AutoCloseable {

    private final Path at;

    Mount(String options) throws Exception {
      this(directory, options);
    }

    Mount(Path at, String options) throws Exception {
      this.at = at;
      requireRoot();
      Files.createDirectory(at);
      Process mount = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", at.toString());
      assumeTrue(mount.waitFor() == 0, "mounting is not allowed here");
    }

    @Override
    public void close() throws Exception {
      assertEquals(0, run("umount", at.toString()).waitFor());
    }

    private static Process run(String... command) throws IOException {
      return new ProcessBuilder(command).inheritIO().start();
    }
  }
}
