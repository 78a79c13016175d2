package io.github.volfram.conformance;

import io.github.volfram.Backend;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the fuzzing client of Autobahn|Testsuite against an echo server of each backend and compares
 * what comes out with autobahn.golden. The suite is the one that autobahntestsuite-maven-plugin has
 * packed. Its own goal is not used: it can test one server in a Maven process, and not be told
 * which backend. The suite runs in processes without our classes, whose package io Python would
 * take for its module of that name.
 */
public final class AutobahnMain {

  private static final int LONGEST_RUN_MINUTES = 60;

  /**
   * Starts the suite with more time than it takes by itself. Its cases break off after a second
   * what did not happen by then, and on a busy machine their own frames may need longer to leave,
   * so results would change from run to run. Time that is not needed is not waited for where a case
   * breaks off (killAfter); where it pauses, or waits for nothing to come, it is.
   */
  private static final String RUN =
      """
      import json, sys
      from autobahntestsuite import fuzzing, wstest
      def stretch(name, factor):
          original = getattr(fuzzing.FuzzingProtocol, name)
          def stretched(self, delay, *rest):
              return original(self, factor * delay, *rest)
          setattr(fuzzing.FuzzingProtocol, name, stretched)
      stretch('killAfter', 30)
      stretch('closeAfter', 3)
      stretch('continueLater', 3)
      wstest.start({'mode': 'fuzzingclient', 'debug': False}, json.loads(sys.argv[1]))
      """;

  private static final Pattern RESULT =
      Pattern.compile(
          "\"([0-9.]+)\":\\s*\\{\\s*\"behavior\":\\s*\"([^\"]+)\",\\s*"
              + "\"behaviorClose\":\\s*\"([^\"]+)\"");

  private static final Pattern NUMBER = Pattern.compile("(?<![0-9a-f])[0-9]{1,8}(?![0-9a-f])");

  private AutobahnMain() {}

  /**
   * Exits with 1 when a result differs.
   *
   * @param args the class path of the suite, the golden file, and the cases with commas between
   *     them, such as {@code *} or {@code 1.*,5.*}
   */
  public static void main(String[] args) throws Exception {
    Path golden = Path.of(args[1]);
    List<String> cases = Arrays.asList(args[2].split(","));
    Path directory = Results.DIRECTORY.resolve("autobahn").toAbsolutePath();
    Files.createDirectories(directory);
    Path script = directory.resolve("run.py");
    Files.writeString(script, RUN);
    TreeSet<String> got = play(args[0], script, directory, cases);
    TreeSet<String> expected = new TreeSet<>(NATURAL);
    for (String line : Files.readAllLines(golden)) {
      if (isRun(line, cases)) {
        expected.add(line);
      }
    }
    Files.write(directory.resolve("results.txt"), got);
    System.exit(report(golden, expected, got) ? 0 : 1);
  }

  /** Plays the cases against a server of each backend, one after the other. */
  private static TreeSet<String> play(
      String classPath, Path script, Path directory, List<String> cases) throws Exception {
    TreeSet<String> results = new TreeSet<>(NATURAL);
    for (Backend backend : Backends.ALL) {
      Path reports = directory.resolve(name(backend));
      try (WebSocketServer server = WebSocketServer.start(options(backend), new Testee())) {
        Process run = start(classPath, script, reports, server.port(), cases);
        try {
          if (!run.waitFor(LONGEST_RUN_MINUTES, TimeUnit.MINUTES) || run.exitValue() != 0) {
            throw new IOException("the suite did not end well: see " + reports + ".log");
          }
        } finally {
          run.destroyForcibly();
        }
      }
      results.addAll(results(reports, name(backend)));
    }
    return results;
  }

  private static String id(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static ServerOptions options(Backend backend) {
    return ServerOptions.builder()
        .backend(backend)
        .allowAnyOrigin()
        .maxMessageBytes(64 << 20)
        .outboundHardCapBytes(256 << 20)
        .build();
  }

  private static String name(Backend backend) {
    return backend.name().toLowerCase(Locale.ROOT);
  }

  private static Process start(
      String classPath, Path script, Path directory, int port, List<String> cases)
      throws IOException {
    String specification =
        """
        {"outdir": "%s", "failByDrop": false, "options": {"version": 18,
          "openHandshakeTimeout": 60, "closeHandshakeTimeout": 30,
          "serverConnectionDropTimeout": 30},
         "servers": [{"agent": "volfram", "url": "ws://127.0.0.1:%d"}],
         "cases": ["%s"], "exclude-cases": [], "exclude-agent-cases": {}}
        """
            .formatted(directory, port, String.join("\", \"", cases));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder run =
        new ProcessBuilder(
            java, "-cp", classPath, "org.python.util.jython", script.toString(), specification);
    Path log = Path.of(directory + ".log");
    return run.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static List<String> results(Path directory, String backend) throws IOException {
    List<String> results = new ArrayList<>();
    Matcher matcher = RESULT.matcher(Files.readString(directory.resolve("index.json")));
    while (matcher.find()) {
      results.add(String.join(" ", matcher.group(1), backend, matcher.group(2), matcher.group(3)));
    }
    return results;
  }

  private static boolean isRun(String line, List<String> cases) {
    String id = id(line);
    boolean backend = Backends.ALL.stream().anyMatch(b -> line.contains(" " + name(b) + " "));
    return backend
        && cases.stream()
            .anyMatch(c -> Pattern.matches(c.replace(".", "\\.").replace("*", ".*"), id));
  }

  private static boolean report(Path golden, TreeSet<String> expected, TreeSet<String> got) {
    TreeSet<String> missing = new TreeSet<>(NATURAL);
    missing.addAll(expected);
    missing.removeAll(got);
    TreeSet<String> unexpected = new TreeSet<>(NATURAL);
    unexpected.addAll(got);
    unexpected.removeAll(expected);
    missing.forEach(line -> System.out.println("- " + line));
    unexpected.forEach(line -> System.out.println("+ " + line));
    System.out.println(
        "Autobahn: "
            + got.size()
            + " results, "
            + missing.size()
            + " of "
            + golden.getFileName()
            + " missing, "
            + unexpected.size()
            + " others");
    return missing.isEmpty() && unexpected.isEmpty();
  }

  /** Numbers within a line count as numbers: 1.2.10 comes after 1.2.9. */
  static final Comparator<String> NATURAL =
      Comparator.comparing(AutobahnMain::padded).thenComparing(Comparator.naturalOrder());

  private static String padded(String line) {
    return NUMBER
        .matcher(line)
        .replaceAll(match -> "0".repeat(9 - match.group().length()) + match.group());
  }
}
