package io.github.volfram.internal.transport.jna;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that the library of the jar is extracted to, where only this user can enter. A file
 * there is named by the hash of its content, so that every process and version finds its own and
 * extracts it once; it appears under its name when it is whole.
 */
final class ExtractionDirectory {

  static final String PROPERTY = "volfram.native.directory";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final int WRITABLE_BY_OTHERS = 0002;
  private static final int STICKY = 01000;

  private final Path path;

  private ExtractionDirectory(Path path) {
    this.path = path;
  }

  /** The one that the property names, or else one of this user below {@code java.io.tmpdir}. */
  static ExtractionDirectory chosen() {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return new ExtractionDirectory(Path.of(named).toAbsolutePath());
    }
    // A user without a name is "?" to Java.
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
    return new ExtractionDirectory(
        Path.of(System.getProperty("java.io.tmpdir"), "volfram-" + user).toAbsolutePath());
  }

  Path path() {
    return path;
  }

  /**
   * Returns a file with this content.
   *
   * @param name of the library, as the system names it
   * @throws IOException when it cannot be written, or when others could change it
   */
  Path fileOf(String name, byte[] content) throws IOException {
    create();
    // Before anything is written to where a link may lead.
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is a symbolic link, or no directory");
    }
    Path written = Files.createTempFile(path, "extracting-", ".tmp");
    try {
      refuseOthers(written);
      int suffix = name.lastIndexOf('.');
      Path file =
          path.resolve(name.substring(0, suffix) + "-" + hash(content) + name.substring(suffix));
      if (!holds(file, content)) {
        Files.write(written, content);
        if (!holds(written, content)) {
          throw new IOException(written + " does not hold what was written to it");
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file;
    } finally {
      Files.deleteIfExists(written);
    }
  }

  private void create() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = path.getParent();
    try {
      if (parent != null && System.getProperty(PROPERTY) != null) {
        Files.createDirectories(parent);
      }
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } else {
        Files.createDirectory(path);
      }
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; what it made is checked like any other.
    }
  }

  /** Refuses a directory that somebody else made or can write to; `mine` is a file of this user. */
  private void refuseOthers(Path mine) throws IOException {
    PosixFileAttributes directory = attributes(path);
    PosixFileAttributes file = attributes(mine);
    if (directory == null || file == null) {
      return; // Windows gives every user a directory of temporary files
    }
    if (!directory.owner().equals(file.owner())) {
      throw new IOException(
          path + " belongs to " + directory.owner() + ", expected " + file.owner());
    }
    if (!OWNER_ONLY.containsAll(directory.permissions())) {
      throw new IOException(
          path
              + " can be entered by others: its mode is "
              + PosixFilePermissions.toString(directory.permissions())
              + ", expected rwx------");
    }
    refuseOpenParent();
  }

  /** Who can rename entries of the parent could put another directory in place of this one. */
  private void refuseOpenParent() throws IOException {
    Path parent = path.toRealPath().getParent();
    if (parent == null) {
      return;
    }
    int mode = (int) Files.getAttribute(parent, "unix:mode");
    if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
      throw new IOException(
          parent + " is writable by others and has no sticky bit, so they could replace " + path);
    }
  }

  private static @Nullable PosixFileAttributes attributes(Path of) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(of, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    return view == null ? null : view.readAttributes();
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) == content.length
          && Arrays.equals(Files.readAllBytes(file), content);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
