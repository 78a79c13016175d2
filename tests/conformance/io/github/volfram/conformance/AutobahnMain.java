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
import java.util.Set;
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
   * So many cases that differ are played once more: the suite gives some of its cases one second,
   * in which it may not even have sent them where the machine is busy. A fault of ours shows again.
   */
  private static final int MOST_PLAYED_AGAIN = 10;

  private static final String RUN =
      """
      import json, sys
      from autobahntestsuite import wstest
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
    Set<String> differing = differing(expected, got);
    if (!differing.isEmpty() && differing.size() <= MOST_PLAYED_AGAIN) {
      System.out.println("Autobahn: playing again " + differing);
      TreeSet<String> again =
          play(args[0], script, directory.resolve("again"), List.copyOf(differing));
      got.removeIf(line -> differing.contains(id(line)));
      got.addAll(again);
    }
    Files.write(directory.resolve("results.txt"), got);
    System.exit(report(golden, expected, got) ? 0 : 1);
  }

  /** Plays cases against a server of each backend, both at the same time. */
  private static TreeSet<String> play(
      String classPath, Path script, Path directory, List<String> cases) throws Exception {
    Files.createDirectories(directory);
    List<WebSocketServer> servers = new ArrayList<>();
    List<Process> runs = new ArrayList<>();
    try {
      for (Backend backend : Backends.ALL) {
        WebSocketServer server = WebSocketServer.start(options(backend), new Testee());
        servers.add(server);
        runs.add(start(classPath, script, directory.resolve(name(backend)), server.port(), cases));
      }
      for (Process run : runs) {
        if (!run.waitFor(LONGEST_RUN_MINUTES, TimeUnit.MINUTES) || run.exitValue() != 0) {
          throw new IOException("the suite did not end well: see the logs in " + directory);
        }
      }
    } finally {
      runs.forEach(Process::destroyForcibly);
      servers.forEach(WebSocketServer::close);
    }
    TreeSet<String> results = new TreeSet<>(NATURAL);
    for (Backend backend : Backends.ALL) {
      results.addAll(results(directory.resolve(name(backend)), name(backend)));
    }
    return results;
  }

  private static String id(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static Set<String> differing(Set<String> expected, Set<String> got) {
    Set<String> ids = new TreeSet<>(NATURAL);
    expected.stream().filter(line -> !got.contains(line)).map(AutobahnMain::id).forEach(ids::add);
    got.stream().filter(line -> !expected.contains(line)).map(AutobahnMain::id).forEach(ids::add);
    return ids;
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
        {"outdir": "%s", "failByDrop": false, "options": {"version": 18},
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
