package io.github.volfram.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in the README is this code, and it works. */
class ReadmeTest {

  private static final Path BASE = Path.of(System.getProperty("volfram.basedir", ""));

  @ParameterizedTest
  @ValueSource(strings = {"EchoServer", "HelloClient"})
  void theReadmeShowsWhatIsCompiledHere(String name) throws IOException {
    String source =
        Files.readString(
            BASE.resolve("tests/examples/io/github/volfram/examples/" + name + ".java"));
    String code = source.substring(source.indexOf("final class")).strip();
    assertTrue(
        Files.readString(BASE.resolve("README.md")).contains(code),
        "README.md contains the class " + name + " as it is compiled");
  }

  @Test
  @Timeout(30)
  void theClientOfTheReadmeSpeaksWithItsServer() throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (WebSocketServer server =
        WebSocketServer.start(ServerOptions.builder().build(), new EchoServer())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      HelloClient.main(new String[] {"ws://127.0.0.1:" + server.port()});
    } finally {
      System.setOut(out);
    }
    assertEquals("hello", printed.toString(StandardCharsets.UTF_8).strip());
  }
}
