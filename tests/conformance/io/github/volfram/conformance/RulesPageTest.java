package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/rfc6455.md names every rule, and no class or test that is not there. */
class RulesPageTest {

  private static final Path ROOT = Path.of(System.getProperty("volfram.basedir", "."));
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*)(?:\\.([a-z]\\w*))?`");
  private static final Pattern ROW = Pattern.compile("\\| ([HKFZ])([0-9]+) .*");

  @Test
  void everyRowIsThereWithATest() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line : page()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(row.group(1) + row.group(2));
        assertTrue(line.matches(".*`\\w+Test\\.\\w+`.*"), "no test in: " + line);
      }
    }
    assertEquals(
        Stream.of(labels("H", 14), labels("K", 8), labels("F", 19), labels("Z", 9))
            .flatMap(List::stream)
            .toList(),
        rows);
  }

  private static List<String> labels(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(i -> letter + i).toList();
  }

  @Test
  void whatThePageNamesIsThere() throws IOException {
    Map<String, String> sources = sources();
    for (String line : page()) {
      Matcher name = NAME.matcher(line);
      while (name.find()) {
        String source = sources.get(name.group(1));
        assertTrue(source != null, "no such class: " + name.group());
        String method = name.group(2);
        assertTrue(
            method == null || source.contains("  void " + method + "("),
            "no such test: " + name.group());
      }
    }
  }

  private static List<String> page() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/rfc6455.md"));
  }

  /** The sources of all classes by their names; those of a name that is there twice together. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String directory : List.of("java", "tests")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }
}
