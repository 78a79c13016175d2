package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder is told, on both backends. */
@Timeout(120)
final class FlightRecorderTest extends BackendFixture {

  private static final String PREFIX = "io.github.volfram.";
  private static final String SLOW_PATH = "/" + FlightRecorderTest.class.getSimpleName();

  @TempDir Path directory;

  FlightRecorderTest(Backend backend) {
    super(backend);
  }

  private static final class Slow extends Closes {
    @Override
    public void onText(WebSocket webSocket, String text) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(150);
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait(); // the slowness that is recorded
      }
      webSocket.pauseReading();
      ByteBuffer block = ByteBuffer.allocate(1 << 20);
      while (webSocket.offerBinary(block)) {}
      webSocket.resumeReading();
    }
  }

  @Test
  void connectionsFailuresSlownessAndStallsAreRecorded() throws Exception {
    Path file = directory.resolve("test.jfr");
    try (Recording recording = new Recording()) {
      for (String name :
          List.of(
              "Opened",
              "HandshakeFailed",
              "Closed",
              "Backpressure",
              "SlowCallback",
              "LoopStalled")) {
        recording.enable(PREFIX + name);
      }
      recording.start();
      exchange();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);

    RecordedEvent opened = only(events, "Opened", "role", "server");
    assertEquals("chat", opened.getString("subprotocol"));
    assertTrue(opened.getString("remoteAddress").startsWith("/127.0.0.1:"), opened.toString());
    only(events, "Opened", "role", "client");

    RecordedEvent refused = only(events, "HandshakeFailed", "role", "server");
    assertEquals(404, refused.getInt("status"));
    RecordedEvent failed = only(events, "HandshakeFailed", "role", "client");
    assertTrue(failed.getString("cause").contains("HandshakeException"), failed.toString());

    RecordedEvent closed = only(events, "Closed", "role", "server");
    assertEquals(4001, closed.getInt("code"));
    assertEquals("enough", closed.getString("reason"));
    assertEquals(4001, only(events, "Closed", "role", "client").getInt("code"));

    RecordedEvent backpressure = only(events, "Backpressure", "role", "server");
    assertTrue(backpressure.getLong("bufferedBytes") > 64 << 10, backpressure.toString());

    RecordedEvent slow = only(events, "SlowCallback", "role", "server");
    assertEquals("text", slow.getString("callback"));
    assertTrue(slow.getDuration().toMillis() >= 150, slow.toString());
    RecordedClass listener = slow.getValue("listener");
    assertEquals(Slow.class.getName(), listener.getName());

    // On a busy machine other places may take as long as well.
    RecordedEvent stalled =
        events.stream()
            .filter(event -> event.getEventType().getName().equals(PREFIX + "LoopStalled"))
            .filter(event -> event.getString("callback").contains("Slow.onText"))
            .findFirst()
            .orElseThrow();
    assertTrue(stalled.getString("stack").contains("Slow.onText"), stalled.toString());
    assertTrue(stalled.getDuration("blockedMillis").toMillis() >= 20, stalled.toString());
  }

  private void exchange() throws Exception {
    Slow slow = new Slow();
    WebSocketServer server =
        WebSocketServer.start(
            options().stallThreshold(Duration.ofMillis(20)).build(),
            Routes.builder()
                .webSocket(
                    SLOW_PATH, request -> UpgradeResponse.accept(slow).withSubprotocol("chat"))
                .build());
    open.add(server);
    WebSocketClient client =
        client(ClientOptions.builder().backend(backend).subprotocols("chat").build());
    String base = "ws://127.0.0.1:" + server.port();
    failure(client.connect(URI.create(base + "/none"), new WebSocketListener() {}));
    Closes closes = new Closes();
    WebSocket webSocket =
        client.connect(URI.create(base + SLOW_PATH), closes).get(60, TimeUnit.SECONDS);
    webSocket.sendText("go").get(60, TimeUnit.SECONDS);
    webSocket.close(4001, "enough");
    until("closed", () -> closes.closed.get() == 1 && slow.closed.get() == 1);
    until("let go", () -> server.connectionCount() == 0);
  }

  private static RecordedEvent only(
      List<RecordedEvent> events, String name, String field, String value) {
    List<RecordedEvent> found =
        events.stream()
            .filter(event -> event.getEventType().getName().equals(PREFIX + name))
            .filter(event -> value.equals(event.getString(field)))
            .toList();
    assertEquals(1, found.size(), name + " among " + events);
    return found.get(0);
  }

  @Test
  void everythingWorksWithoutTheModuleOfTheRecorder() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.base,java.logging",
                "-Dvolfram.backend=" + (backend == Backend.NIO ? "nio" : "native"),
                "-cp",
                System.getProperty("java.class.path"),
                WithoutRecorderMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("echoed Hello without jdk.jfr, closed 1000"), output);
  }
}
