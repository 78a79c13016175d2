package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The command line as a module, beside the modules that it needs. */
class ModulePathTest {

  private static final Pattern MODULES =
      Pattern.compile(".*[/\\\\](classes|(jna|jctools-core|picocli)-[0-9.]+\\.jar)");

  private static List<String> output(List<String> flags, String... arguments) throws Exception {
    String path =
        Pattern.compile(Pattern.quote(File.pathSeparator))
            .splitAsStream(System.getProperty("java.class.path"))
            .filter(MODULES.asMatchPredicate())
            .collect(Collectors.joining(File.pathSeparator));
    try (CliProcess command = CliProcess.startModule(path, flags, arguments)) {
      assertEquals(0, command.exitCode(), path);
      return command.output();
    }
  }

  @Test
  void theVersionIsTheModules() throws Exception {
    List<String> output = output(List.of(), "--version");
    assertEquals(1, output.size(), output::toString);
    assertTrue(output.get(0).matches("volfram [0-9]+\\.[0-9]+.*"), output.get(0));
  }

  @Test
  void theNativeLibraryIsFound() throws Exception {
    Backends.require("native");
    assertHas(output(List.of(), "doctor"), "native backend +available.*");
  }

  @Test
  void whereNativeAccessIsDeniedNioDoesTheWork() throws Exception {
    assumeTrue(Runtime.version().feature() >= 24, "the flag is known from JDK 24 on");
    List<String> report = output(List.of("--illegal-native-access=deny"), "doctor");
    assertHas(report, "used by default +nio");
    assertHas(report, "problem: .*--enable-native-access=com\\.sun\\.jna.*");
  }

  private static void assertHas(List<String> report, String line) {
    assertTrue(report.stream().anyMatch(each -> each.matches(line)), line + " in " + report);
  }
}
