package io.github.volfram.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.ConnectionOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.StreamOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be set is in docs/toggles.md, and the tests that it names exist. */
final class TogglesTest {

  private static final Path ROOT = Path.of(System.getProperty("volfram.basedir", "."));

  private static final Pattern PROPERTY = Pattern.compile("\"(volfram(?:\\.[a-zA-Z0-9]+)+)\"");

  private static final Pattern BUILD_PROPERTY =
      Pattern.compile("(?:<|\\$\\{|-D)(volfram(?:\\.[a-zA-Z0-9]+)+)");

  private static final Pattern FLAG = Pattern.compile("\"(--?[a-zA-Z][a-z-]*)\"");

  @Test
  void everySystemPropertyThatIsReadIsInTheTable() throws IOException {
    Set<String> read = new TreeSet<>();
    for (Path source : sources("java")) {
      read.addAll(properties(source));
    }
    assertTrue(read.contains("volfram.backend"), read.toString());
    assertEquals(Set.of(), missing(read));
  }

  @Test
  void everyPropertyOfTheBuildAndOfTheTestsIsInTheTable() throws IOException {
    Set<String> read = found(BUILD_PROPERTY, ROOT.resolve("pom.xml"));
    for (Path source : sources("tests")) {
      for (String property : properties(source)) {
        if (!property.startsWith("volfram.benchmarks.")) {
          read.add(property);
        }
      }
    }
    assertTrue(read.contains("volfram.native.skip"), read.toString());
    assertEquals(Set.of(), missing(read));
  }

  @Test
  void everyOptionOfABuilderIsInTheTable() throws IOException {
    Set<String> options = new TreeSet<>();
    for (Class<?> builder :
        List.of(
            ConnectionOptions.Builder.class,
            ServerOptions.Builder.class,
            ClientOptions.Builder.class,
            ReconnectOptions.Builder.class,
            StreamOptions.Builder.class)) {
      for (Method method : builder.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers()) && !method.getName().equals("build")) {
          options.add(method.getName());
        }
      }
    }
    Arrays.stream(DeflateOptions.class.getRecordComponents())
        .forEach(component -> options.add(component.getName()));
    assertTrue(options.containsAll(List.of("backend", "host", "level")), options.toString());
    assertEquals(Set.of(), missing(options));
  }

  @Test
  void everyFlagOfTheCommandsIsInTheTable() throws IOException {
    Set<String> flags = new TreeSet<>();
    for (Path source : sources("java/io/github/volfram/cli")) {
      if (Files.readString(source).contains("@Option")) {
        flags.addAll(found(FLAG, source));
      }
    }
    assertTrue(flags.containsAll(List.of("--port", "-H")), flags.toString());
    assertEquals(Set.of(), missing(flags));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/toggles.md", "docs/features.md"})
  void everyTestThatIsNamedExists(String page) throws IOException {
    Set<String> existing = new TreeSet<>();
    for (Path source : sources("tests")) {
      existing.add(source.getFileName().toString().replace(".java", ""));
    }
    Set<String> named = found(Pattern.compile("\\b([A-Z]\\w*Test)\\b"), ROOT.resolve(page));
    assertTrue(named.size() > 10, named.toString());
    named.removeAll(existing);
    assertEquals(Set.of(), named);
  }

  /** The names of properties in a file, unless it is one that names meters. */
  private static Set<String> properties(Path source) throws IOException {
    return Files.readString(source).contains("io.micrometer") ? Set.of() : found(PROPERTY, source);
  }

  /** Those that no row of the table begins with. */
  private static Set<String> missing(Set<String> names) throws IOException {
    Set<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/toggles.md"))) {
      if (line.startsWith("| `")) {
        Matcher name = Pattern.compile("`([^`]+)`").matcher(line.split("\\|")[1]);
        while (name.find()) {
          rows.add(name.group(1));
        }
      }
    }
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(rows);
    return missing;
  }

  private static Set<String> found(Pattern pattern, Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(Files.readString(file));
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static List<Path> sources(String directory) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
