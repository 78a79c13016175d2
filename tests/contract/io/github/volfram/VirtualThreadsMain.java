package io.github.volfram;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Runs servers and clients on virtual threads in a JVM of its own, of JDK 21 or later, and prints
 * how often one was pinned in this library.
 */
final class VirtualThreadsMain {

  private static final int CONNECTIONS = 50;
  private static final int ECHOES = 100;

  private VirtualThreadsMain() {}

  public static void main(String[] arguments) throws Exception {
    // The tests are compiled for JDK 17, which has not got this method.
    ExecutorService virtual =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    exchange(virtual, new AtomicInteger()); // loading a class pins, once, whoever loads it
    AtomicInteger echoes = new AtomicInteger();
    Path file = Files.createTempFile("volfram", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      exchange(virtual, echoes);
      recording.stop();
      recording.dump(file);
      List<String> pinned = pinned(file);
      pinned.forEach(System.out::println);
      System.out.printf(
          "pinned: %d, connections: %d, echoes: %d%n", pinned.size(), CONNECTIONS, echoes.get());
    } finally {
      Files.delete(file);
      virtual.shutdownNow();
    }
  }

  private static void exchange(ExecutorService virtual, AtomicInteger echoes) throws Exception {
    try (WebSocketServer server =
            WebSocketServer.start(
                ServerOptions.builder().build(),
                BlockingWebSocket.handler(virtual, VirtualThreadsMain::echo));
        WebSocketClient client = WebSocketClient.create()) {
      java.net.URI uri = java.net.URI.create("ws://127.0.0.1:" + server.port() + "/");
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(
            virtual.submit(
                () -> {
                  try (BlockingWebSocket webSocket = BlockingWebSocket.connect(client, uri)) {
                    for (int n = 0; n < ECHOES; n++) {
                      webSocket.sendText("a".repeat(n * 100));
                      if (((WebSocketMessage.Text) webSocket.receive()).text().length()
                          == n * 100) {
                        echoes.incrementAndGet();
                      }
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : clients) {
        each.get();
      }
    }
  }

  private static void echo(BlockingWebSocket webSocket) throws Exception {
    while (true) {
      webSocket.sendText(((WebSocketMessage.Text) webSocket.receive()).text());
    }
  }

  private static List<String> pinned(Path file) throws Exception {
    List<String> found = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (event.getStackTrace() == null) {
        continue;
      }
      for (RecordedFrame frame : event.getStackTrace().getFrames()) {
        if (frame.getMethod().getType().getName().startsWith("io.github.volfram.internal")) {
          found.add(event.toString());
          break;
        }
      }
    }
    return found;
  }
}
