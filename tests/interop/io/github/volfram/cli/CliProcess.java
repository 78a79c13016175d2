package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line in a JVM of its own. */
final class CliProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final Pattern ADDRESS = Pattern.compile(" (\\w+)://([^/]+)/ ");

  private final Process process;
  private final Lines out;
  private final Lines err;

  private CliProcess(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
      builder.environment().remove(variable);
    }
    process = builder.start();
    out = new Lines(process.getInputStream());
    err = new Lines(process.getErrorStream());
  }

  static CliProcess start(String... arguments) throws IOException {
    return startWith(List.of(), arguments);
  }

  static CliProcess startWith(List<String> jvmFlags, String... arguments) throws IOException {
    return startWith(System.getProperty("java.class.path"), jvmFlags, arguments);
  }

  static CliProcess startWith(String classPath, List<String> jvmFlags, String... arguments)
      throws IOException {
    List<String> flags = new ArrayList<>();
    if (Runtime.version().feature() >= 22) {
      flags.add("--enable-native-access=ALL-UNNAMED");
    }
    flags.addAll(jvmFlags);
    flags.addAll(List.of("-cp", classPath, Main.class.getName()));
    return startJava(flags, arguments);
  }

  static CliProcess startModule(String modulePath, List<String> jvmFlags, String... arguments)
      throws IOException {
    List<String> flags = new ArrayList<>(jvmFlags);
    String main = "io.github.volfram/" + Main.class.getName();
    flags.addAll(List.of("-p", modulePath, "--add-modules", "info.picocli", "-m", main));
    return startJava(flags, arguments);
  }

  private static CliProcess startJava(List<String> flags, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.addAll(flags);
    command.addAll(List.of(arguments));
    return new CliProcess(command);
  }

  /** Waits for the line that a server prints when it is ready. */
  String readyLine() throws InterruptedException {
    return out.next(this);
  }

  /** Waits until a server is ready; returns host and port. */
  String authority() throws InterruptedException {
    String line = readyLine();
    Matcher matcher = ADDRESS.matcher(line);
    assertTrue(matcher.find(), line);
    return matcher.group(2);
  }

  String nextLine() throws InterruptedException {
    return out.next(this);
  }

  String nextErrorLine() throws InterruptedException {
    return err.next(this);
  }

  void type(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Sends SIGTERM; ends the test as skipped on Windows, which has nothing like it. */
  void terminate() {
    assumeTrue(process.supportsNormalTermination(), "processes can only be killed here");
    process.destroy();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      fail("the command has not ended; it printed " + out.seen() + err.seen());
    }
    return process.exitValue();
  }

  /** All lines of the standard output, once the process has ended. */
  List<String> output() throws InterruptedException {
    return out.all();
  }

  /** All lines of the standard error, once the process has ended. */
  List<String> errors() throws InterruptedException {
    return err.all();
  }

  /** Asserts that the process fails with an exit code and one line; returns the line. */
  String failure(int exitCode) throws InterruptedException {
    assertEquals(exitCode, exitCode(), () -> err.seen().toString());
    assertEquals(1, errors().size(), () -> err.seen().toString());
    assertEquals(List.of(), output());
    return errors().get(0);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static final class Lines {

    private static final String END = new String("end"); // told apart by identity

    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final Thread reader;

    Lines(InputStream stream) {
      reader = new Thread(() -> read(stream), "output-of-command");
      reader.setDaemon(true);
      reader.start();
    }

    private void read(InputStream stream) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          synchronized (seen) {
            seen.add(line);
          }
          unread.add(line);
        }
      } catch (IOException e) {
        // The process was killed.
      }
      unread.add(END);
    }

    String next(CliProcess process) throws InterruptedException {
      String line = unread.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line == END) {
        fail("expected a line; the command printed " + process.out.seen() + process.err.seen());
      }
      return line;
    }

    List<String> all() throws InterruptedException {
      reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      return seen();
    }

    List<String> seen() {
      synchronized (seen) {
        return List.copyOf(seen);
      }
    }
  }
}
