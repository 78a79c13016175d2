package io.github.volfram;

import java.util.Locale;

/** Which code polls sockets and masks long payloads. Immutable; any thread may use it. */
public enum Backend {
  /** The native library where it can be loaded, else NIO; the reason is logged once. */
  AUTO,
  /** The native library; starting fails with the cause where it cannot be loaded. */
  NATIVE,
  /** {@code java.nio} alone; no native code is loaded. */
  NIO;

  /**
   * Parses a name as the command line and the property {@code volfram.backend} spell it.
   *
   * @throws IllegalArgumentException unless it is {@code auto}, {@code native} or {@code nio}, in
   *     any case
   */
  public static Backend parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "native" -> NATIVE;
      case "nio" -> NIO;
      default ->
          throw new IllegalArgumentException(
              "unknown backend '" + name + "': expected auto, native or nio");
    };
  }

  /** The name in lower case, as the command line spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
