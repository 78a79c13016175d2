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
 * what comes out with autobahn.golden. The suite is the one packed in autobahntestsuite-maven-plugin.
 * That plugin's own goal is not used: it runs once in a Maven process, for one server, whose backend
 * it cannot be told. Ours runs outside of Java's class path too, where Python would take our package
 * io for its module of this name.
 */
public final class AutobahnMain {

  private static final int LONGEST_RUN_MINUTES = 60;

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
    List<WebSocketServer> servers = new ArrayList<>();
    List<Process> runs = new ArrayList<>();
    try {
      for (Backend backend : Backends.ALL) {
        WebSocketServer server = WebSocketServer.start(options(backend), new Testee());
        servers.add(server);
        runs.add(start(args[0], script, directory.resolve(name(backend)), server.port(), cases));
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
    TreeSet<String> got = new TreeSet<>(BY_CASE);
    for (Backend backend : Backends.ALL) {
      got.addAll(results(directory.resolve(name(backend)), name(backend)));
    }
    Files.write(directory.resolve("results.txt"), got);
    TreeSet<String> expected = new TreeSet<>(BY_CASE);
    for (String line : Files.readAllLines(golden)) {
      if (isRun(line, cases)) {
        expected.add(line);
      }
    }
    System.exit(report(golden, expected, got) ? 0 : 1);
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
      results.add(
          String.join(" ", matcher.group(1), backend, matcher.group(2), matcher.group(3)));
    }
    return results;
  }

  private static boolean isRun(String line, List<String> cases) {
    String id = line.substring(0, line.indexOf(' '));
    boolean backend = Backends.ALL.stream().anyMatch(b -> line.contains(" " + name(b) + " "));
    return backend
        && cases.stream().anyMatch(c -> Pattern.matches(c.replace(".", "\\.").replace("*", ".*"), id));
  }

  private static boolean report(Path golden, TreeSet<String> expected, TreeSet<String> got) {
    TreeSet<String> missing = new TreeSet<>(BY_CASE);
    missing.addAll(expected);
    missing.removeAll(got);
    TreeSet<String> unexpected = new TreeSet<>(BY_CASE);
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

  /** By the numbers of the case, then by the rest of the line. */
  static final Comparator<String> BY_CASE =
      (a, b) -> {
        String[] as = a.substring(0, a.indexOf(' ')).split("\\.");
        String[] bs = b.substring(0, b.indexOf(' ')).split("\\.");
        for (int i = 0; i < Math.min(as.length, bs.length); i++) {
          int order = Integer.compare(Integer.parseInt(as[i]), Integer.parseInt(bs[i]));
          if (order != 0) {
            return order;
          }
        }
        return as.length == bs.length ? a.compareTo(b) : as.length - bs.length;
      };
}
