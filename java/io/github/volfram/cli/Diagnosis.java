package io.github.volfram.cli;

import io.github.volfram.Backend;
import io.github.volfram.internal.transport.jna.NativePoller;
import io.github.volfram.internal.transport.jna.NativeSupport;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What there is to know about this process: facts, then problems with what fixes them. */
final class Diagnosis {

  /** With a lower limit of open files, a server soon refuses connections. */
  private static final long FEW_OPEN_FILES = 10_000;

  /** The properties that decide which library is loaded, and from where. */
  private static final List<String> PROPERTIES =
      List.of(
          "volfram.backend",
          "volfram.native.path",
          "volfram.native.directory",
          "java.library.path",
          "java.io.tmpdir",
          "jna.tmpdir",
          "jna.boot.library.path",
          "jna.nosys",
          "jna.nounpack");

  private final NativeSupport support = NativeSupport.current();
  private final List<Fact> facts = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** One line of the report: what is looked at, and what was found. */
  private record Fact(String name, String value) {}

  Diagnosis() {
    describePlatform();
    describeNative();
    describeNio();
    describeChoice();
    describeLimits();
    for (String name : PROPERTIES) {
      fact("-D" + name, System.getProperty(name, "(not set)"));
    }
  }

  /** The report, line by line. */
  List<String> lines() {
    int column = facts.stream().mapToInt(fact -> fact.name.length()).max().orElse(0) + 1;
    List<String> lines = new ArrayList<>();
    for (Fact fact : facts) {
      lines.add(Printable.line(String.format("%-" + column + "s%s", fact.name, fact.value)));
    }
    lines.add("");
    lines.addAll(problems.isEmpty() ? List.of("no problems") : problems);
    return lines;
  }

  /** Whether there is a backend to run on. */
  boolean works() {
    return support.isAvailable() || nioFault() == null;
  }

  private void describePlatform() {
    fact("volfram", RootCommand.version());
    fact("java", join("java.runtime.version", "java.vendor", "java.home"));
    fact("system", join("os.name", "os.version", "os.arch"));
    String features = String.join(" ", CpuFeatures.current());
    fact(
        "processors",
        Runtime.getRuntime().availableProcessors() + (features.isEmpty() ? "" : ", " + features));
  }

  private void describeNative() {
    if (support.isLoaded()) {
      fact("native library", support.libraryPath());
      fact("native ABI", Integer.toString(support.abiVersion()));
      fact("native SIMD", support.simd());
    }
    if (support.isAvailable()) {
      fact("native backend", "available, polls with " + support.poller());
      fact("native pollers", String.join(" ", support.pollers()));
      String uring = support.unavailabilityCause(NativePoller.URING);
      if (!uring.isEmpty()) {
        fact("io_uring", uring);
      }
    } else {
      fact("native backend", "not available");
      problem("native backend: " + support.unavailabilityCause());
    }
  }

  private void describeNio() {
    String fault = nioFault();
    fact("nio backend", fault == null ? "available" : "not available");
    if (fault != null) {
      problem("nio backend: no selector can be opened: " + fault);
    }
  }

  private static @Nullable String nioFault() {
    try {
      Selector.open().close();
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void describeChoice() {
    Backend choice;
    try {
      choice = Backend.parse(System.getProperty("volfram.backend", "auto"));
    } catch (IllegalArgumentException e) {
      problem("-Dvolfram.backend: " + e.getMessage());
      return;
    }
    if (choice == Backend.AUTO) {
      choice = support.isAvailable() ? Backend.NATIVE : Backend.NIO;
    } else if (choice == Backend.NATIVE && !support.isAvailable()) {
      problem("-Dvolfram.backend=native cannot start; -Dvolfram.backend=auto falls back to nio");
    }
    fact("used by default", choice.toString());
  }

  private void describeLimits() {
    fact("largest heap", (Runtime.getRuntime().maxMemory() >> 20) + " MiB (-Xmx)");
    ProcessLimits files = ProcessLimits.current();
    if (files == null) {
      return;
    }
    fact("open files", files.toString());
    if (files.soft() < FEW_OPEN_FILES) {
      problem(
          "open files: about "
              + files.soft()
              + " connections at most; "
              + (files.soft() < files.hard()
                  ? "leave out -XX:-MaxFDLimit, or raise it with ulimit -Sn " + files.hard()
                  : "raise it with ulimit -Hn, LimitNOFILE= of systemd or docker --ulimit nofile="));
    }
  }

  private void fact(String name, String value) {
    facts.add(new Fact(name, value));
  }

  private void problem(String text) {
    problems.add(Printable.line("problem: " + text));
  }

  private static String join(String... properties) {
    List<String> values = new ArrayList<>();
    for (String name : properties) {
      values.add(System.getProperty(name, "?"));
    }
    return String.join(", ", values);
  }
}
