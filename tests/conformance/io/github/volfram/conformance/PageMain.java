package io.github.volfram.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Writes the conformance page from what the runs have left in target/conformance. It says nothing
 * that changes from run to run, so a change of it is a change of a result.
 */
public final class PageMain {

  private static final int AUTOBAHN_CASES = 301;
  private static final String NOT_RUN = "–";

  /** A line of results.tsv. */
  private record Result(String id, String what, String role, String backend, String outcome) {

    static Result of(String line) {
      String[] fields = line.split("\t");
      return new Result(fields[0], fields[1], fields[2], fields[3], fields[4]);
    }

    String column() {
      return (role.equals("both") ? "" : role + ", ") + backend;
    }

    boolean isOf(String... sections) {
      for (String section : sections) {
        if (id.equals(section) || id.startsWith(section + ".") || id.startsWith(section + " ")) {
          return true;
        }
      }
      return false;
    }
  }

  private final StringBuilder page = new StringBuilder();

  private PageMain() {}

  /**
   * Writes the page, unless some cases were not run.
   *
   * @param args the page, and how many messages a case of the suite had
   */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0]);
    List<String> autobahn =
        Files.readAllLines(Results.DIRECTORY.resolve("autobahn").resolve("results.txt"));
    int backends = Backends.ALL.size();
    if (backends < 2 || autobahn.size() != AUTOBAHN_CASES * backends) {
      System.out.println("The conformance page stays as it is: not every case was run.");
      return;
    }
    List<Result> own = Files.readAllLines(Results.FILE).stream().map(Result::of).toList();
    if (own.isEmpty()) {
      throw new IllegalStateException(Results.FILE + " is empty: the suite was not run");
    }
    Files.createDirectories(target.toAbsolutePath().getParent());
    Files.writeString(target, new PageMain().write(autobahn, own, Integer.parseInt(args[1])));
  }

  private String write(List<String> autobahn, List<Result> own, int messages) {
    page.append(
        """
        # Conformance

        What volfram does in every case of its conformance suites, per backend and role. This page is
        written by `mvn verify -Pconformance` where both backends run.

        - **Autobahn|Testsuite 0.5.6** (2013, as packed in `autobahntestsuite-maven-plugin` 0.1.5),
          sections 1 to 10, its fuzzing client against an echo server. The same results stand in
          `tests/conformance/autobahn.golden`, and the build fails on any other.
        - **volfram's own suite** (`tests/conformance`, as of 2026-11-28): the cases of Autobahn's
          sections 1 to 7 and 10 against both roles, judged more strictly: each event in order, the
          one right close code, the end of the TCP connection, and what the listener was told; its
          sections 12 and 13, with up to %d messages for each case, every echo compared; and what it does
          not test. `mvn verify` runs all of it too, with fewer messages.

        OK in our own suite means that the endpoint behaved exactly as the line says.

        """
            .formatted(messages));
    summary(autobahn, own);
    autobahn(autobahn);
    table(
        "Cases of Autobahn's sections 1 to 7 and 10, own suite",
        select(own, r -> Character.isDigit(r.id().charAt(0)) && !r.isOf("12", "13")));
    table(
        "Compression: Autobahn's sections 12 and 13, our client and our server",
        select(own, r -> r.isOf("12", "13") && r.role().equals("both")));
    table(
        "Compression against a peer that checks windows and contexts",
        select(own, r -> r.isOf("12", "13") && !r.role().equals("both")));
    table(
        "What Autobahn does not test",
        select(own, r -> r.id().startsWith("RFC") && !r.isOf("RFC 6455 4")));
    table("The opening handshake", select(own, r -> r.isOf("RFC 6455 4")));
    table("Random scripts", select(own, r -> r.id().equals("random")));
    return page.toString();
  }

  private static List<Result> select(List<Result> results, Predicate<Result> which) {
    return results.stream().filter(which).toList();
  }

  private void summary(List<String> autobahn, List<Result> own) {
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (String line : autobahn) {
      String[] fields = line.split(" ");
      count(counts, "Autobahn against the server, " + fields[1], fields[2]);
    }
    for (Result result : own) {
      String role = result.role().equals("both") ? "client and server" : result.role();
      count(counts, "own suite, " + role + ", " + result.backend(), result.outcome());
    }
    page.append("| suite | results |\n| --- | --- |\n");
    counts.forEach(
        (suite, outcomes) -> {
          List<String> parts = new ArrayList<>();
          outcomes.forEach((outcome, n) -> parts.add(n + " " + outcome));
          row(List.of(suite, String.join(", ", parts)));
        });
  }

  private static void count(
      Map<String, Map<String, Integer>> counts, String suite, String outcome) {
    counts.computeIfAbsent(suite, s -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
  }

  private void autobahn(List<String> lines) {
    page.append("\n## Autobahn's fuzzing client against the server\n\n");
    page.append("Behaviour, and where it differs the behaviour in closing.\n\n");
    page.append("| case | native | nio |\n| --- | --- | --- |\n");
    Map<String, Map<String, String>> cases = new LinkedHashMap<>();
    for (String line : lines) {
      String[] fields = line.split(" ", 4);
      String outcome = fields[2].equals(fields[3]) ? fields[2] : fields[2] + " / " + fields[3];
      cases.computeIfAbsent(fields[0], id -> new TreeMap<>()).put(fields[1], outcome);
    }
    cases.forEach(
        (id, outcomes) ->
            row(
                List.of(
                    id,
                    outcomes.getOrDefault("native", NOT_RUN),
                    outcomes.getOrDefault("nio", NOT_RUN))));
  }

  private void table(String title, List<Result> results) {
    Set<String> columns = new LinkedHashSet<>();
    for (String role : List.of("server, ", "client, ", "")) {
      for (String backend : List.of("native", "nio")) {
        if (results.stream().anyMatch(r -> r.column().equals(role + backend))) {
          columns.add(role + backend);
        }
      }
    }
    Map<String, Map<String, String>> rows = new TreeMap<>(AutobahnMain.NATURAL);
    for (Result result : results) {
      String key = result.id() + " | " + result.what();
      rows.computeIfAbsent(key, k -> new TreeMap<>()).put(result.column(), result.outcome());
    }
    page.append("\n## ").append(title).append("\n\n");
    List<String> head = new ArrayList<>(List.of("case", "behaviour"));
    head.addAll(columns);
    row(head);
    row(head.stream().map(name -> "---").toList());
    rows.forEach(
        (key, outcomes) -> {
          List<String> cells = new ArrayList<>(List.of(key));
          columns.forEach(column -> cells.add(outcomes.getOrDefault(column, NOT_RUN)));
          row(cells);
        });
  }

  private void row(Collection<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
