package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the main sources to the rules of the design. */
class ArchitectureTest {

  private static final int MAX_LINES = 400;

  private static final String PUBLIC = "";
  private static final String CLI = ".cli";
  private static final String ENGINE = ".internal.engine";
  private static final String STREAM = ".internal.stream";
  private static final String HANDSHAKE = ".internal.handshake";
  private static final String FRAME = ".internal.frame";
  private static final String TRANSPORT = ".internal.transport";
  private static final String NIO = ".internal.transport.nio";
  private static final String JNA = ".internal.transport.jna";
  private static final String MASKER = ".internal.transport.Masker";

  /** What each package may use besides itself: packages, or single types. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          PUBLIC, Set.of(ENGINE, STREAM),
          CLI, Set.of(PUBLIC, JNA),
          ENGINE, Set.of(PUBLIC, HANDSHAKE, FRAME, TRANSPORT, NIO, JNA),
          STREAM, Set.of(PUBLIC, HANDSHAKE, FRAME, MASKER),
          HANDSHAKE, Set.of(),
          FRAME, Set.of(MASKER),
          TRANSPORT, Set.of(),
          NIO, Set.of(TRANSPORT),
          JNA, Set.of(TRANSPORT));

  private static final Pattern PACKAGE =
      Pattern.compile("^package io\\.github\\.volfram([a-z0-9_.]*);", Pattern.MULTILINE);

  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:static )?io\\.github\\.volfram((?:\\.[a-z][a-z0-9_]*)*)(\\.\\w+|\\.\\*)",
          Pattern.MULTILINE);

  /** What a sans-I/O package does without; a URI is only a text. */
  private static final Pattern OUTSIDE_WORLD =
      Pattern.compile(
          "java\\.nio\\.channels|java\\.nio\\.file|java\\.net\\.(?!URI|URISyntaxException)"
              + "|java\\.util\\.concurrent|\\bThread\\b|\\bSystem\\.(nanoTime|currentTimeMillis)"
              + "|\\b(Instant|Clock)\\b");

  @Test
  void importsFollowTheAllowedArrows() throws IOException {
    List<String> offences = new ArrayList<>();
    for (Path file : sources()) {
      offences.addAll(offences(file.getFileName().toString(), Files.readString(file)));
    }
    assertEquals(List.of(), offences);
  }

  @Test
  void theRuleNoticesOffences() {
    assertEquals(1, offencesOf(FRAME, "import io.github.volfram.internal.transport.Tokens;"));
    assertEquals(0, offencesOf(FRAME, "import io.github.volfram.internal.transport.Masker;"));
    assertEquals(
        0, offencesOf(FRAME, "import static io.github.volfram.internal.transport.Masker.A;"));
    assertEquals(1, offencesOf(HANDSHAKE, "import io.github.volfram.CloseCode;"));
    assertEquals(1, offencesOf(NIO, "import io.github.volfram.internal.transport.jna.Sys;"));
    assertEquals(1, offencesOf(CLI, "import io.github.volfram.internal.engine.EventLoop;"));
    assertEquals(1, offencesOf(PUBLIC, "import io.github.volfram.internal.frame.*;"));
    assertEquals(0, offencesOf(ENGINE, "import io.github.volfram.CloseCode;"));
    assertEquals(1, offencesOf(".internal.other", ""));
  }

  private static int offencesOf(String inPackage, String line) {
    return offences("A.java", "package io.github.volfram" + inPackage + ";\n" + line).size();
  }

  private static List<String> offences(String file, String text) {
    Matcher declared = PACKAGE.matcher(text);
    assertTrue(declared.find(), file + " declares its package");
    String from = declared.group(1);
    Set<String> allowed = ARROWS.get(from);
    if (allowed == null) {
      return List.of(file + ": no arrows are set down for the package " + from);
    }
    List<String> offences = new ArrayList<>();
    Matcher matcher = IMPORT.matcher(text);
    while (matcher.find()) {
      String to = matcher.group(1);
      String type = to + matcher.group(2);
      if (!to.equals(from) && !allowed.contains(to) && !allowed.contains(type)) {
        offences.add(file + ": " + from + " uses " + type);
      }
    }
    return offences;
  }

  @Test
  void handshakeAndFramesKnowNoChannelSocketThreadOrClock() throws IOException {
    List<String> offences = new ArrayList<>();
    int checked = 0;
    for (Path file : sources()) {
      if (file.getParent().endsWith("handshake") || file.getParent().endsWith("frame")) {
        checked++;
        Matcher matcher = OUTSIDE_WORLD.matcher(withoutComments(Files.readString(file)));
        if (matcher.find()) {
          offences.add(file.getFileName() + ": " + matcher.group());
        }
      }
    }
    assertTrue(checked > 2, "the packages were found");
    assertEquals(List.of(), offences);
  }

  @Test
  void theRuleOfTheOutsideWorldNoticesOffences() {
    for (String line :
        List.of(
            "import java.nio.channels.ByteChannel;",
            "import java.net.Socket;",
            "import java.net.*;",
            "var a = new java.net.InetSocketAddress(1);",
            "import java.util.concurrent.locks.LockSupport;",
            "Thread.sleep(1);",
            "long now = System.nanoTime();",
            "long now = System.currentTimeMillis();",
            "Instant now = Instant.now();")) {
      assertTrue(OUTSIDE_WORLD.matcher(withoutComments(line)).find(), line);
    }
    assertFalse(OUTSIDE_WORLD.matcher("import java.net.URI;").find());
    assertFalse(OUTSIDE_WORLD.matcher(withoutComments("/** Any Thread may. */ // Thread")).find());
  }

  private static String withoutComments(String text) {
    return text.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\n]*", "");
  }

  @Test
  void nothingUsesUnsafe() throws IOException {
    for (Path file : sources()) {
      assertFalse(Files.readString(file).contains("sun.misc"), file.toString());
    }
  }

  @Test
  void noFileIsTooLong() throws IOException {
    for (Path file : sources()) {
      int lines = Files.readAllLines(file).size();
      assertTrue(lines <= MAX_LINES, file + " has " + lines + " lines, at most " + MAX_LINES);
    }
  }

  private static List<Path> sources() throws IOException {
    Path root = Path.of(System.getProperty("volfram.basedir", ""), "java");
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.endsWith("module-info.java"))
              .toList();
      assertFalse(sources.isEmpty(), "there are sources beneath " + root);
      return sources;
    }
  }
}
