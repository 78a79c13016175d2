package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loops whose threads are bound to CPUs; Linux tells which those are. */
@Timeout(120)
final class PinningTest extends BackendFixture {

  PinningTest(Backend backend) {
    super(backend);
    Peers.require(Backend.NATIVE); // the library binds the thread whatever the backend
  }

  private static String allowedCpus() {
    try {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(line -> line.startsWith("Cpus_allowed_list:"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String cpusOfTheLoop(ServerOptions options) throws Exception {
    CompletableFuture<String> cpus = new CompletableFuture<>();
    WebSocketServer server =
        server(
            options,
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket) {
                cpus.complete(allowedCpus());
              }
            });
    connect(client(), server, new WebSocketListener() {});
    return cpus.get(60, TimeUnit.SECONDS);
  }

  @Test
  void theLoopRunsOnItsCpuOnly() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/status")), "needs Linux");
    String all = allowedCpus();
    int first = Integer.parseInt(all.split("[-,]")[0]);
    assertEquals(String.valueOf(first), cpusOfTheLoop(options().cpus(first).build()));
    assertEquals(all, allowedCpus(), "other threads are as they were");
  }

  @Test
  void aCpuThatIsNotThereLeavesTheLoopWhereItWas() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/status")), "needs Linux");
    assertEquals(allowedCpus(), cpusOfTheLoop(options().cpus(65536).build()));
  }

  @Test
  void aNegativeCpuIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> options().cpus(0, -1));
  }
}
