package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class SystemFilesTest {

  @Test
  void theLimitsOfOpenFilesAreRead() {
    List<String> lines =
        List.of(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             unlimited            unlimited            processes ",
            "Max open files            1024                 unlimited            files     ");
    ProcessLimits limits = ProcessLimits.parse(lines);
    assertEquals(new ProcessLimits(1024, Long.MAX_VALUE), limits);
    assertEquals("1024 soft, unlimited hard", limits.toString());
  }

  @Test
  void aFileWithoutLimitsHasNone() {
    assertNull(ProcessLimits.parse(List.of("Max processes   1   1   processes")));
  }

  @Test
  void theFeaturesThatMatterAreRead() {
    assertEquals(
        List.of("ssse3", "avx2"),
        CpuFeatures.parse(List.of("processor : 0", "flags\t\t: fpu sse avx2 ssse3 avx512bwx")));
    assertEquals(List.of("asimd"), CpuFeatures.parse(List.of("Features\t: fp asimd evtstrm")));
    assertEquals(List.of(), CpuFeatures.parse(List.of("processor : 0")));
  }
}
