package io.github.volfram.internal.transport.jna;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The C library of this process, as far as a library that is to be loaded must fit it. */
enum Libc {
  /** glibc, or that of a system which has one only. */
  USUAL(""),
  /** musl, as on Alpine Linux. */
  MUSL("-musl");

  private static final Path MAPS = Path.of("/proc/self/maps");

  private final String suffix;

  Libc(String suffix) {
    this.suffix = suffix;
  }

  /** What users call it. */
  @Override
  public String toString() {
    return this == MUSL ? "musl" : "glibc";
  }

  /** What follows JNA's name of the platform in the name of the folder. */
  String suffix() {
    return suffix;
  }

  /**
   * The one that this process has mapped.
   *
   * @throws UnsatisfiedLinkError when that cannot be told
   */
  static Libc current(boolean linux) {
    if (!linux) {
      return USUAL;
    }
    try {
      return of(Files.readString(MAPS));
    } catch (IOException e) {
      throw new UnsatisfiedLinkError(
          "which C library this process runs on cannot be told, because "
              + MAPS
              + " cannot be read ("
              + e
              + ")");
    }
  }

  /** The same from the content of the file that lists what is mapped. */
  static Libc of(String maps) {
    // musl's loader is its libc; where glibc is emulated on top of it, it is there all the same.
    if (maps.contains("/ld-musl-") || maps.contains("/libc.musl-")) {
      return MUSL;
    }
    if (maps.contains("/libc.so.6") || maps.contains("/libc-2.")) {
      return USUAL;
    }
    throw new UnsatisfiedLinkError(
        "which C library this process runs on cannot be told: "
            + MAPS
            + " lists neither libc.so.6 nor ld-musl");
  }
}
