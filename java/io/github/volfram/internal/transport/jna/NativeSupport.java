package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the native library is there, and why not. Its absence is a value, never an exception: no
 * library for this platform, no JNA, a missing symbol and denied native access all end up in {@link
 * #unavailabilityCause()}. Immutable; any thread may use it.
 */
public final class NativeSupport {

  private static final class Holder {
    static final NativeSupport INSTANCE =
        probe(
            System.getProperty(NativeLoader.PATH_PROPERTY),
            System.getProperty("java.library.path"));
  }

  private final @Nullable String origin;
  private final @Nullable String cause;

  private NativeSupport(@Nullable String origin, @Nullable String cause) {
    this.origin = origin;
    this.cause = cause;
  }

  /** What was found when this was first asked for; the library is loaded then. */
  public static NativeSupport current() {
    return Holder.INSTANCE;
  }

  static NativeSupport probe(@Nullable String explicitPath, @Nullable String searchPath) {
    try {
      return new NativeSupport(NativeLoader.load(explicitPath, searchPath), null);
    } catch (LinkageError | RuntimeException e) {
      return new NativeSupport(null, explain(e));
    }
  }

  private static String explain(Throwable thrown) {
    StringBuilder chain = new StringBuilder();
    for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
      chain.append(chain.isEmpty() ? "" : ", caused by ").append(t);
    }
    String text = chain.toString();
    if (text.contains("IllegalCallerException") || text.contains("native access")) {
      return "native access is denied ("
          + text
          + "); allow it with --enable-native-access=ALL-UNNAMED"
          + " or, on the module path, --enable-native-access=com.sun.jna";
    }
    if (thrown instanceof NoClassDefFoundError && text.contains("com/sun/jna/")) {
      return "JNA is not on the class path; add net.java.dev.jna:jna (" + text + ")";
    }
    if (thrown instanceof UnsatisfiedLinkError) {
      String message = thrown.getMessage();
      return message == null ? text : message;
    }
    return "JNA cannot start ("
        + text
        + "); if its library cannot be unpacked, choose a directory with -Djna.tmpdir=<directory>";
  }

  /**
   * Binds the calling thread to a CPU.
   *
   * @return why that cannot be done, or the empty string when it is
   */
  public String pin(int cpu) {
    if (!isLoaded()) {
      return unavailabilityCause();
    }
    int result = Volfram.vf_pin(cpu);
    return result == 0 ? "" : Errno.text(-result);
  }

  /**
   * Asks whether sockets of the native backend may have SO_BUSY_POLL.
   *
   * @return why not, or the empty string when they may
   */
  public String busyPoll(int micros) {
    if (!isAvailable()) {
      return unavailabilityCause();
    }
    int result = Volfram.vf_busy_poll_usable(micros);
    return result == 0 ? "" : Errno.text(-result);
  }

  /** Whether the library is loaded and can poll: whether {@link JnaTransport} can be made. */
  public boolean isAvailable() {
    return isLoaded() && Volfram.vf_poller() != 0;
  }

  /** Whether the library is loaded, so that {@link NativeMasker} works. */
  public boolean isLoaded() {
    return origin != null;
  }

  /** Why {@link #isAvailable()} is false, with what to do about it; empty when it is true. */
  public String unavailabilityCause() {
    if (cause != null) {
      return cause;
    }
    return isAvailable() ? "" : "the native library only masks on this platform; sockets need nio";
  }

  /** Where the library was loaded from; empty when it was not. */
  public String libraryPath() {
    return origin == null ? "" : origin;
  }

  /** The version of the interface, or 0 when no library is loaded. */
  public int abiVersion() {
    return isLoaded() ? Volfram.vf_abi_version() : 0;
  }

  /**
   * The kernel facility that the library polls with unless it is told: {@code epoll}, {@code
   * kqueue}, {@code none}.
   */
  public String poller() {
    return switch (isLoaded() ? Volfram.vf_poller() : 0) {
      case 1 -> "epoll";
      case 2 -> "kqueue";
      default -> "none";
    };
  }

  /** The names of the pollers that work here; empty when no library is loaded. */
  public List<String> pollers() {
    List<String> names = new ArrayList<>();
    for (NativePoller poller : NativePoller.values()) {
      if (poller != NativePoller.USUAL && unavailabilityCause(poller).isEmpty()) {
        names.add(poller.toString());
      }
    }
    return names;
  }

  /** Why a poller does not work here and now; empty when it does. */
  public String unavailabilityCause(NativePoller poller) {
    if (!isAvailable()) {
      return unavailabilityCause();
    }
    int result = Volfram.vf_poller_usable(poller.kind());
    return result < 0 ? poller.refusal(-result) : "";
  }

  /** The instruction set that masking and UTF-8 use; {@code none} when no library is loaded. */
  public String simd() {
    if (!isLoaded()) {
      return "none";
    }
    return switch (Volfram.vf_simd()) {
      case 1 -> "SSSE3";
      case 2 -> "AVX2";
      case 3 -> "NEON";
      default -> "portable";
    };
  }
}
