package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.volfram.Backend;
import io.github.volfram.BackendUnavailableException;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocketServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prints what {@link NativeSupport} finds in a JVM of its own, or which backend a server gets. */
public final class ProbeMain {

  private ProbeMain() {}

  /**
   * Runs it.
   *
   * @param arguments none, or the backend to start a server with
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      System.out.println(found());
    } else {
      System.out.println(startedWith(Backend.parse(arguments[0])));
    }
  }

  /** Whether the library is there, where it came from and why it is not. */
  public static String found() {
    NativeSupport support = NativeSupport.current();
    return support.isAvailable()
        + "|"
        + support.libraryPath()
        + "|"
        + support.unavailabilityCause();
  }

  private static String startedWith(Backend backend) throws Exception {
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    try (WebSocketServer server =
        WebSocketServer.start(options, request -> UpgradeResponse.reject(404, ""))) {
      return server.backend().toString();
    } catch (BackendUnavailableException e) {
      return e.getMessage();
    }
  }

  static String inNewJvm(String classPath, List<String> flags, String... arguments)
      throws Exception {
    return inNewJvm(Path.of(System.getProperty("java.home")), classPath, flags, arguments);
  }

  static String inNewJvm(Path home, String classPath, List<String> flags, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, ProbeMain.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output.lines().reduce("", (before, line) -> line);
  }
}
