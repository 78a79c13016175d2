package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

  @Test
  void allIsWellWhereTheLibraryIs() throws Exception {
    Backends.require("native");
    String report = report(List.of());
    assertHas(report, "native backend +available, polls with \\w+");
    assertHas(report, "native library +.*volfram.*");
    assertHas(report, "native ABI +[1-9][0-9]*");
    assertHas(report, "native SIMD +\\w+");
    assertHas(report, "nio backend +available");
    assertHas(report, "used by default +native");
    assertHas(report, "java +" + Runtime.version().feature() + "\\b.*");
    assertHas(report, "largest heap +[0-9]+ MiB.*");
    assertHas(report, "-Dvolfram.backend +\\(not set\\)");
  }

  @Test
  void aMissingLibraryIsAProblemWithItsFixAndNioGoesOn() throws Exception {
    String report = report(List.of("-Dvolfram.native.path=/nonexistent"));
    assertHas(report, "native backend +not available");
    assertHas(report, "used by default +nio");
    assertHas(report, "-Dvolfram.native.path +/nonexistent");
    assertHas(report, "problem: native backend: .*-Dvolfram.native.path=/nonexistent.*");
  }

  @Test
  void aChoiceThatCannotStartIsAProblem() throws Exception {
    String report =
        report(List.of("-Dvolfram.native.path=/nonexistent", "-Dvolfram.backend=native"));
    assertHas(report, "problem: -Dvolfram.backend=native .*-Dvolfram.backend=auto.*");
  }

  @Test
  void aChoiceThatIsNoneIsAProblem() throws Exception {
    String report = report(List.of("-Dvolfram.backend=fast"));
    assertHas(report, "problem: .*'fast': expected auto, native or nio");
  }

  @Test
  void everyValueStartsInTheSameColumn() throws Exception {
    String report = report(List.of("-Dvolfram.native.directory=/nonexistent/directory"));
    assertHas(report, "-Dvolfram.native.directory +/nonexistent/directory");
    String first = report.lines().findFirst().orElseThrow();
    int column = first.length() - first.replaceFirst("volfram +", "").length();
    for (String line : report.lines().takeWhile(each -> !each.isEmpty()).toList()) {
      assertEquals(' ', line.charAt(column - 1), line);
      assertNotEquals(' ', line.charAt(column), line);
    }
  }

  private static String report(List<String> jvmFlags) throws Exception {
    try (CliProcess doctor = CliProcess.startWith(jvmFlags, "doctor")) {
      assertEquals(0, doctor.exitCode());
      assertEquals(List.of(), doctor.errors());
      return String.join("\n", doctor.output());
    }
  }

  private static void assertHas(String report, String line) {
    assertTrue(report.lines().anyMatch(each -> each.matches(line)), line + " in\n" + report);
  }
}
