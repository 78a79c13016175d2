package io.github.volfram.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages and the workflow point to is there. */
final class PagesTest {

  private static final Path ROOT = Path.of(System.getProperty("volfram.basedir", "."));

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** A file of the repository in a command. */
  private static final Pattern SCRIPT =
      Pattern.compile("(?:^|\\s)((?:\\.ci|native|tests)/[\\w./-]+)");

  @Test
  void everyLinkOfAPageLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1).replaceFirst("#.*", "");
        if (!target.contains("://") && !target.isEmpty()) {
          checked++;
          if (!Files.exists(page.resolveSibling(target))) {
            broken.add(page.getFileName() + ": " + target);
          }
        }
      }
    }
    assertTrue(checked > 50, "links were found: " + checked);
    assertEquals(List.of(), broken);
  }

  @Test
  void everyFeatureOfOursIsTestedOrSaidToBeMissing() throws IOException {
    List<String> untested = new ArrayList<>();
    int checked = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/features.md"))) {
      String[] cells = line.split(" *\\| *", -1);
      // A row of a table with us and seven others, and no head of one.
      if (cells.length == 11 && !cells[1].isEmpty() && !cells[1].startsWith("-")) {
        checked++;
        if (!cells[2].equals("no") && !cells[2].startsWith("[yes](../tests/")) {
          untested.add(cells[1]);
        }
      }
    }
    assertTrue(checked > 50, "features were found: " + checked);
    assertEquals(List.of(), untested);
  }

  @Test
  void everyScriptOfTheWorkflowAndOfOtherScriptsCanBeRun() throws IOException {
    List<Path> callers = new ArrayList<>(List.of(ROOT.resolve(".github/workflows/ci.yml")));
    try (Stream<Path> scripts = Files.list(ROOT.resolve(".ci"))) {
      callers.addAll(scripts.toList());
    }
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (Path caller : callers) {
      for (String line : Files.readAllLines(caller)) {
        String command = caller.endsWith("ci.yml") ? line.replaceFirst("^.*\\brun:", "") : line;
        Matcher script = SCRIPT.matcher(command.startsWith("#") ? "" : command);
        while (script.find()) {
          checked++;
          Path file = ROOT.resolve(script.group(1));
          if (!Files.isDirectory(file) && !Files.isExecutable(file)) {
            broken.add(caller.getFileName() + ": " + script.group(1));
          }
        }
      }
    }
    assertTrue(checked > 10, "scripts were found: " + checked);
    assertEquals(List.of(), broken);
  }

  @Test
  void everyStepOfTheWorkflowIsOneCommand() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String line : Files.readAllLines(ROOT.resolve(".github/workflows/ci.yml"))) {
      if (line.matches("\\s+(- )?run: .*")) {
        commands.add(line.replaceFirst("^.*?run: ", ""));
      }
    }
    assertTrue(commands.size() > 8, commands.toString());
    assertEquals(
        List.of(),
        commands.stream()
            .filter(command -> !command.matches("(\\.ci/|mvn -B verify)[^;&|>]*"))
            .toList());
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String directory : List.of(".", "docs", "tests/benchmarks")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
        pages.addAll(files.filter(file -> file.toString().endsWith(".md")).toList());
      }
    }
    return pages;
  }
}
