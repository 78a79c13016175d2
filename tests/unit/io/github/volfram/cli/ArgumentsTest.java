package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ArgumentsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "65536, 65536",
    "64k, 65536",
    "64m, 67108864",
    "64M, 67108864",
    "64MiB, 67108864",
    "64kib, 65536",
    "1g, 1073741824",
    "2147483647, 2147483647"
  })
  void aNumberOfBytesMayHaveASuffix(String text, int bytes) {
    assertEquals(bytes, new ByteCount().convert(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "m",
        "-1",
        "1.5m",
        "64mb",
        "64ib",
        "64mi",
        "64 m",
        "2147483648",
        "2g",
        "9999999999g",
        "٣"
      })
  void whatIsNoNumberOfBytesIsRefused(String text) {
    assertThrows(TypeConversionException.class, () -> new ByteCount().convert(text));
  }

  @Test
  void aHeaderIsSplitAtItsFirstColon() {
    assertEquals(new HeaderLine("Name", "a:b"), header("Name: a:b"));
    assertEquals(new HeaderLine("Name", ""), header("Name:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Name", ": value"})
  void aHeaderWithoutNameOrColonIsRefused(String line) {
    assertThrows(TypeConversionException.class, () -> header(line));
  }

  private static HeaderLine header(String line) {
    return new HeaderLine.Converter().convert(line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws://localhost", "wss://[::1]:9001/path?q=1", "WS://127.0.0.1:80/"})
  void aWebSocketUrlIsTaken(String url) {
    assertEquals(URI.create(url), new WebSocketUri().convert(url));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost:9001", "http://localhost/", "ws:///path", "ws://h/#a"})
  void whatIsNoWebSocketUrlIsRefused(String url) {
    Exception e =
        assertThrows(TypeConversionException.class, () -> new WebSocketUri().convert(url));
    assertTrue(e.getMessage().contains("'" + url + "'"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo --port=many",
        "echo --port=70000",
        "echo --loops=0",
        "echo --idle=sleep",
        "echo --backend=fast",
        "echo --max-message-bytes=64x",
        "echo --max-message-bytes=2000m",
        "connect",
        "connect http://127.0.0.1:9001/",
        "connect ws://127.0.0.1:9001/ -H nocolon",
        "autobahn-client",
      })
  void aWrongArgumentIsOneLine(String arguments) {
    StringWriter errors = new StringWriter();
    int exitCode =
        RootCommand.commandLine()
            .setErr(new PrintWriter(errors, true))
            .execute(arguments.split(" "));
    assertEquals(2, exitCode);
    String line = errors.toString();
    assertTrue(line.startsWith("volfram " + arguments.split(" ")[0] + ": "), line);
    assertEquals(1, line.lines().count(), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "demo", "connect", "doctor", "autobahn-client"})
  void everyCommandHasHelpAndTheVersion(String command) {
    assertTrue(output(command, "--help").startsWith("Usage: volfram " + command), command);
    assertTrue(output(command, "--version").startsWith("volfram "), command);
  }

  private static String output(String... arguments) {
    StringWriter output = new StringWriter();
    assertEquals(
        0, RootCommand.commandLine().setOut(new PrintWriter(output, true)).execute(arguments));
    return output.toString();
  }
}
