package io.github.volfram.conformance;

import io.github.volfram.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came out of each case, for the conformance page: written to target/conformance/results.tsv
 * when the tests end. Any thread.
 */
final class Results {

  static final Path DIRECTORY =
      Path.of(System.getProperty("volfram.basedir", "."), "target/conformance");
  static final Path FILE = DIRECTORY.resolve("results.tsv");

  private static final Map<String, String> OUTCOMES = new TreeMap<>();

  private Results() {}

  /** A test. */
  interface Body {
    void run() throws Exception;
  }

  /** Runs a test and notes whether it passed. */
  static void note(String id, String what, String role, Backend backend, Body body)
      throws Exception {
    String key = String.join("\t", id, what, role, backend.name().toLowerCase(Locale.ROOT));
    boolean passed = false;
    try {
      body.run();
      passed = true;
    } finally {
      synchronized (OUTCOMES) {
        if (OUTCOMES.isEmpty()) { // not where the results are only read
          Runtime.getRuntime().addShutdownHook(new Thread(Results::write));
        }
        OUTCOMES.put(key, passed ? "OK" : "FAILED");
      }
    }
  }

  private static void write() {
    StringBuilder lines = new StringBuilder();
    synchronized (OUTCOMES) {
      OUTCOMES.forEach((key, value) -> lines.append(key).append('\t').append(value).append('\n'));
    }
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(FILE, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
