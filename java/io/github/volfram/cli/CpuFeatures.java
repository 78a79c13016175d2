package io.github.volfram.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The instruction sets of the processor that matter for masking, as the system names them. */
final class CpuFeatures {

  private static final List<String> RELEVANT =
      List.of("ssse3", "avx2", "avx512bw", "asimd", "neon", "sve");

  private CpuFeatures() {}

  /** The names, or an empty list where the system does not show them. */
  static List<String> current() {
    try {
      return parse(Files.readAllLines(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return List.of();
    }
  }

  static List<String> parse(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith("flags") || line.startsWith("Features")) {
        List<String> all = Arrays.asList(line.substring(line.indexOf(':') + 1).split("\\s+"));
        return RELEVANT.stream().filter(all::contains).toList();
      }
    }
    return List.of();
  }
}
