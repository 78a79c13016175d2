package io.github.volfram.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What GraalVM's native-image is told about reflection, JNI and resources. */
final class NativeImageMetadataTest {

  private static final String FOLDER = "/META-INF/native-image/io.github.volfram/volfram/";
  private static final Path JAVA =
      Path.of(System.getProperty("volfram.basedir", ".")).resolve("java");

  private static String read(String name) throws IOException {
    try (var in = NativeImageMetadataTest.class.getResourceAsStream(FOLDER + name)) {
      return new String(
          java.util.Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> values(String json, String key) {
    Matcher matcher = Pattern.compile('"' + key + "\": *\"([^\"]+)\"").matcher(json);
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1).replace("\\\\", "\\"));
    }
    return found;
  }

  @Test
  void everyClassThatIsNamedExists() throws Exception {
    for (String file : List.of("reflect-config.json", "jni-config.json")) {
      List<String> names = values(read(file), "name");
      assertTrue(!names.isEmpty(), file);
      for (String name : names) {
        assertNotNull(Class.forName(name, false, getClass().getClassLoader()));
      }
    }
  }

  @Test
  void everyCommandAndTheNativeFunctionsAreReflected() throws Exception {
    TreeSet<String> expected = new TreeSet<>();
    expected.add("io.github.volfram.internal.transport.jna.Volfram");
    Pattern annotated = Pattern.compile("@(Command|Option|Parameters|ArgGroup|Mixin|Spec)\\b");
    try (Stream<Path> files = Files.list(JAVA.resolve("io/github/volfram/cli"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (name.endsWith(".java") && annotated.matcher(Files.readString(file)).find()) {
          expected.add("io.github.volfram.cli." + name.replace(".java", ""));
        }
      }
    }
    assertEquals(expected, new TreeSet<>(values(read("reflect-config.json"), "name")));
  }

  @Test
  void librariesAndPagesAreResources() throws Exception {
    List<Pattern> patterns =
        values(read("resource-config.json"), "pattern").stream().map(Pattern::compile).toList();
    List<String> resources =
        Arrays.asList(
            "linux-x86-64/libvolfram.so",
            "linux-aarch64-musl/libvolfram.so",
            "darwin-aarch64/libvolfram.dylib",
            "io/github/volfram/cli/demo.html");
    for (String resource : resources) {
      assertTrue(
          patterns.stream().anyMatch(pattern -> pattern.matcher(resource).matches()), resource);
    }
  }
}
