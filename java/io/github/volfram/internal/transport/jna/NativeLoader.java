package io.github.volfram.internal.transport.jna;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native library, checks that it is the one this code was written for, and binds {@link
 * Volfram} to it. The only class that needs JNA to be there when it is loaded; {@link
 * NativeSupport} catches what follows from its absence.
 */
final class NativeLoader {

  static final String PATH_PROPERTY = "volfram.native.path";

  private static final String JNA_FIX =
      "; choose a writable directory that is not mounted noexec with -Djna.tmpdir=<directory>, and"
          + " leave out -Djna.nounpack and -Djna.boot.library.path unless JNA's library is installed"
          + " for one class loader";

  private static final String FIX =
      "; name another library with -D" + PATH_PROPERTY + "=<file>, or use the nio backend";

  private NativeLoader() {}

  /**
   * Loads and binds the library.
   *
   * @param explicitPath the library to load and no other, or null to search
   * @param searchPath directories to look into first, as {@code java.library.path} lists them
   * @return where it came from
   * @throws UnsatisfiedLinkError with a message for the user, when there is none that fits
   */
  static String load(@Nullable String explicitPath, @Nullable String searchPath) {
    startJna();
    if (explicitPath != null) {
      return loadExplicit(Path.of(explicitPath));
    }
    List<String> failures = new ArrayList<>();
    Path installed = find(searchPath);
    if (installed != null) {
      try {
        return bind(installed, installed.toString());
      } catch (UnsatisfiedLinkError e) {
        failures.add(e.getMessage());
      }
    }
    try {
      return loadBundled();
    } catch (UnsatisfiedLinkError e) {
      failures.add(e.getMessage());
    }
    throw new UnsatisfiedLinkError(String.join("; ", failures) + FIX);
  }

  /** JNA unpacks and loads a library of its own, which must not be taken for ours. */
  private static void startJna() {
    try {
      MethodHandles.lookup().ensureInitialized(Native.class);
    } catch (UnsatisfiedLinkError e) {
      throw new UnsatisfiedLinkError(
          "JNA cannot load its own library (" + reason(e.getMessage()) + ")" + JNA_FIX);
    } catch (IllegalAccessException e) {
      throw new AssertionError("JNA's class is public", e);
    }
  }

  private static String loadExplicit(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new UnsatisfiedLinkError("-D" + PATH_PROPERTY + "=" + path + " does not name a file");
    }
    try {
      return bind(path.toAbsolutePath(), path.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new UnsatisfiedLinkError(
          "-D"
              + PATH_PROPERTY
              + "="
              + path
              + " cannot be used: "
              + e.getMessage()
              + "; leave it out for the library of the jar");
    }
  }

  private static @Nullable Path find(@Nullable String searchPath) {
    if (searchPath == null) {
      return null;
    }
    for (String directory : searchPath.split(File.pathSeparator, -1)) {
      Path file = Path.of(directory, System.mapLibraryName("volfram")).toAbsolutePath();
      if (!directory.isEmpty() && Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  /** Extracts the library of this jar to a directory that only this user can enter. */
  private static String loadBundled() {
    String folder = Platform.RESOURCE_PREFIX + Libc.current(Platform.isLinux()).suffix();
    String name = System.mapLibraryName("volfram");
    String resource = "/" + folder + "/" + name;
    ExtractionDirectory directory = ExtractionDirectory.chosen();
    Path file;
    try (InputStream content = NativeLoader.class.getResourceAsStream(resource)) {
      if (content == null) {
        throw new UnsatisfiedLinkError(absence(folder));
      }
      file = directory.fileOf(name, content.readAllBytes());
    } catch (IOException e) {
      throw new UnsatisfiedLinkError(
          "the library cannot be extracted to "
              + directory.path()
              + " ("
              + e
              + ")"
              + elsewhere("writable, private"));
    }
    try {
      return bind(file, "jar:" + resource);
    } catch (UnsatisfiedLinkError e) {
      String message = String.valueOf(e.getMessage());
      // What glibc and musl say when a file must not be mapped for execution.
      if (message.contains("failed to map segment") || message.contains("not permitted")) {
        throw new UnsatisfiedLinkError(
            message
                + ": "
                + directory.path()
                + " seems to be mounted noexec"
                + elsewhere("executable"));
      }
      throw e;
    }
  }

  private static String elsewhere(String kind) {
    return "; choose another, "
        + kind
        + " directory with -D"
        + ExtractionDirectory.PROPERTY
        + "=<directory>";
  }

  private static String absence(String prefix) {
    Properties properties = new Properties();
    try (InputStream content =
        NativeLoader.class.getResourceAsStream("/io/github/volfram/native.properties")) {
      if (content != null) {
        properties.load(content);
      }
    } catch (IOException e) {
      properties.setProperty("absence", "native.properties cannot be read: " + e.getMessage());
    }
    String reason = properties.getProperty("absence");
    String built = properties.getProperty("library");
    String cause =
        reason != null
            ? reason
            : built != null ? "it was built for " + built : "it was built without one";
    return "this build of volfram holds no library for "
        + prefix
        + " ("
        + cause
        + "); build it where CMake and a C compiler are installed";
  }

  private static String bind(Path file, String origin) {
    NativeLibrary library;
    try {
      String misfit = Platform.isLinux() ? misfit(file) : null;
      if (misfit != null) {
        throw new UnsatisfiedLinkError(origin + " " + misfit);
      }
    } catch (IOException e) {
      throw new UnsatisfiedLinkError(origin + " cannot be read: " + e);
    }
    try {
      library = NativeLibrary.getInstance(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new UnsatisfiedLinkError(origin + " does not load: " + reason(e.getMessage()));
    }
    int version;
    try {
      version = library.getFunction("vf_abi_version").invokeInt(new Object[0]);
    } catch (UnsatisfiedLinkError e) {
      library.close();
      throw new UnsatisfiedLinkError(origin + " is not volfram's: it has no vf_abi_version");
    }
    if (version != Volfram.ABI_VERSION) {
      library.close();
      throw new UnsatisfiedLinkError(
          origin + " has ABI version " + version + ", expected " + Volfram.ABI_VERSION);
    }
    Native.register(Volfram.class, library);
    String fault = selfTest();
    if (fault != null) {
      throw new UnsatisfiedLinkError(origin + " fails its self-test: " + fault);
    }
    return origin;
  }

  private static @Nullable String misfit(Path file) throws IOException {
    Libc libc = null;
    try {
      libc = Libc.current(true);
    } catch (UnsatisfiedLinkError e) {
      // A library that was named is tried all the same.
    }
    return ElfFile.misfit(file, Platform.ARCH, libc);
  }

  /** JNA says in its first line what it cannot load, in the second what the system said to that. */
  private static String reason(@Nullable String message) {
    return message == null
        ? "no cause given"
        : message.lines().limit(2).collect(Collectors.joining(" "));
  }

  private static @Nullable String selfTest() {
    if (Volfram.vf_layout() != Volfram.LAYOUT) {
      return "record sizes " + Integer.toHexString(Volfram.vf_layout()) + " are not as expected";
    }
    // The masked "Hello" of RFC 6455 section 5.7, then an overlong "/".
    ByteBuffer bytes = ByteBuffer.allocateDirect(8);
    bytes.put(new byte[] {0x7F, (byte) 0x9F, 0x4D, 0x51, 0x58, 0, (byte) 0xC0, (byte) 0xAF});
    long address = addressOf(bytes);
    if (Volfram.vf_mask_text(address, 5, 0x37FA213D, 0, 0) != 0
        || bytes.get(0) != 'H'
        || bytes.get(4) != 'o') {
      return "unmasking gives wrong bytes";
    }
    return Volfram.vf_mask_text(address + 6, 2, 0, 0, 0) == -1 ? null : "UTF-8 check is wrong";
  }

  /** The address of a direct buffer's first byte. */
  static long addressOf(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }
}
