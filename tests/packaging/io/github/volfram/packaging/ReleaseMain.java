package io.github.volfram.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** Checks the files of a release: run by the build, with its directory and the jar's name. */
final class ReleaseMain {

  private static final Pattern LIBRARY =
      Pattern.compile("(\\w+-[a-z0-9-]+)/(?:lib)?volfram\\.(?:so|dylib|dll)");

  private final Path directory;
  private final String name;
  private final List<String> failures = new ArrayList<>();

  private ReleaseMain(Path directory, String name) {
    this.directory = directory;
    this.name = name;
  }

  public static void main(String[] arguments) throws IOException {
    ReleaseMain release = new ReleaseMain(Path.of(arguments[0]), arguments[1]);
    release.check();
    if (!release.failures.isEmpty()) {
      release.failures.forEach(System.err::println);
      System.exit(1);
    }
  }

  private void check() throws IOException {
    TreeSet<String> all = platforms("");
    System.out.println("The main jar holds native libraries for " + all + ".");
    platforms("-nio").forEach(platform -> failures.add("the nio jar has a library: " + platform));
    for (String platform : List.of("linux-x86-64", "linux-aarch64", "darwin")) {
      TreeSet<String> expected = new TreeSet<>(all);
      expected.removeIf(each -> !each.startsWith(platform));
      TreeSet<String> slim = platforms("-" + platform);
      expect(slim.equals(expected), platform + ": expected " + expected + ", got " + slim);
    }
    manifest();
    expect(holds("-sources", "io/github/volfram/WebSocket.java"), "the sources are missing");
    expect(
        holds("-javadoc", "io.github.volfram/io/github/volfram/WebSocket.html"),
        "the javadoc is missing");
    billOfMaterials();
  }

  private void billOfMaterials() throws IOException {
    Path file = directory.resolve("bom.json");
    if (!Files.exists(file)) {
      failures.add("the bill of materials is missing: its plugin makes none with mvn -o (offline)");
      return;
    }
    String bill = Files.readString(file);
    for (String component : List.of("\"jna\"", "\"jctools-core\"", "CycloneDX")) {
      expect(bill.contains(component), "the bill of materials lacks " + component);
    }
    expect(!bill.contains("junit"), "the bill of materials lists test libraries");
  }

  private void manifest() throws IOException {
    try (JarFile jar = open("")) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      for (String header :
          List.of(
              "Bundle-SymbolicName: io.github.volfram",
              "Bundle-ManifestVersion: 2",
              "Main-Class: io.github.volfram.cli.Main",
              "Enable-Native-Access: ALL-UNNAMED")) {
        String[] parts = header.split(": ");
        String got = attributes.getValue(parts[0]);
        expect(parts[1].equals(got), parts[0] + ": expected " + parts[1] + ", got " + got);
      }
      String exported = attributes.getValue("Export-Package");
      expect(
          exported != null
              && exported.startsWith("io.github.volfram;")
              && !exported.contains("internal"),
          "Export-Package: " + exported);
      expect(jar.getEntry("module-info.class") != null, "module-info.class is missing");
    }
  }

  private TreeSet<String> platforms(String classifier) throws IOException {
    TreeSet<String> platforms = new TreeSet<>();
    try (JarFile jar = open(classifier)) {
      jar.stream()
          .map(entry -> LIBRARY.matcher(entry.getName()))
          .filter(java.util.regex.Matcher::matches)
          .forEach(matcher -> platforms.add(matcher.group(1)));
    }
    return platforms;
  }

  private boolean holds(String classifier, String entry) throws IOException {
    try (JarFile jar = open(classifier)) {
      return jar.getEntry(entry) != null;
    }
  }

  private JarFile open(String classifier) throws IOException {
    return new JarFile(directory.resolve(name + classifier + ".jar").toFile());
  }

  private void expect(boolean condition, String failure) {
    if (!condition) {
      failures.add(failure);
    }
  }
}
