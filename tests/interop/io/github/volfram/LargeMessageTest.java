package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.Peers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message of 1 GiB passes through an echo whose process has neither heap nor buffers for it. */
@Timeout(300)
class LargeMessageTest {

  private static final long BYTES = Long.getLong("volfram.largeMessageBytes", 1L << 30);

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio", "stream"})
  void aMessageLongerThanTheMemoryIsEchoedInParts(String over) throws Exception {
    if (over.equals("native")) {
      Peers.require(Backend.NATIVE);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-Xmx48m",
            "-XX:MaxDirectMemorySize=32m",
            "-cp",
            System.getProperty("java.class.path"),
            LargeEchoMain.class.getName(),
            over.toLowerCase(Locale.ROOT),
            Long.toString(BYTES)));
    Process echo = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(echo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(echo.waitFor(60, TimeUnit.SECONDS), output);
      assertEquals(0, echo.exitValue(), output);
      assertTrue(output.endsWith("echoed " + BYTES + "\n"), output);
    } finally {
      echo.destroyForcibly();
    }
  }
}
