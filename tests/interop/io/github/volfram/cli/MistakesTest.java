package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake is one line on the standard error and an exit code other than zero. */
class MistakesTest {

  @Test
  void withoutArgumentsThereIsHelp() throws Exception {
    try (CliProcess command = CliProcess.start()) {
      assertEquals(0, command.exitCode());
      String output = String.join("\n", command.output());
      for (String name : List.of("echo", "demo", "connect", "doctor", "autobahn-client")) {
        assertTrue(output.contains("  " + name + " "), output);
      }
      assertEquals(List.of(), command.errors());
    }
  }

  @Test
  void theVersionIsPrinted() throws Exception {
    try (CliProcess command = CliProcess.start("--version")) {
      assertEquals(0, command.exitCode());
      assertEquals(1, command.output().size());
      assertTrue(command.output().get(0).startsWith("volfram "), command.output().get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo --prot=9001", "sing"})
  void aWrongArgumentIsOneLine(String arguments) throws Exception {
    try (CliProcess command = CliProcess.start(arguments.split(" "))) {
      assertTrue(command.failure(2).startsWith("volfram"), command.errors().get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void aBusyPortIsOneLine(String backend) throws Exception {
    Backends.require(backend);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CliProcess command =
            CliProcess.start("echo", "--backend=" + backend, "--port=" + taken.getLocalPort())) {
      String line = command.failure(1);
      assertTrue(line.contains("127.0.0.1:" + taken.getLocalPort()), line);
    }
  }

  @Test
  void anUnavailableBackendIsOneLineWithItsCause() throws Exception {
    try (CliProcess command =
        CliProcess.startWith(
            List.of("-Dvolfram.native.path=/nonexistent"),
            "echo",
            "--port=0",
            "--backend=native")) {
      String line = command.failure(1);
      assertTrue(line.contains("-Dvolfram.native.path=/nonexistent"), line);
    }
  }

  @Test
  void withoutPicocliTheLineNamesIt() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("picocli"))
            .collect(Collectors.joining(File.pathSeparator));
    try (CliProcess command = CliProcess.startWith(classPath, List.of(), "echo", "--port=0")) {
      String line = command.failure(1);
      assertTrue(line.contains("info.picocli:picocli"), line);
    }
  }
}
