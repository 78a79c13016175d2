package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer sends and however it is cut up, every backend in every role is told the same and
 * answers the same, and so does another implementation, ws of npm.
 */
@Timeout(1800)
class RandomScriptsTest {

  private static final int SCRIPTS = 5 * Integer.getInteger("volfram.conformance.messages", 20);
  private static final String WHAT = "random scripts give the same events";

  /** Echoes, and writes down what it is told. */
  private static final class Log implements WebSocketListener {
    private final List<String> events = new ArrayList<>();
    private final BlockingQueue<List<String>> ended = new LinkedBlockingQueue<>();

    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      events.add(Events.text(copy(utf8)));
      webSocket.offerTextUtf8(utf8);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.binary(copy(payload)));
      webSocket.offerBinary(payload);
    }

    @Override
    public void onPing(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.ping(copy(payload)));
    }

    @Override
    public void onPong(WebSocket webSocket, ByteBuffer payload) {
      events.add(Events.pong(copy(payload)));
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
      events.add(Events.close(code));
      ended.add(List.copyOf(events));
      events.clear();
    }

    private static byte[] copy(ByteBuffer view) {
      byte[] bytes = new byte[view.remaining()];
      view.duplicate().get(bytes);
      return bytes;
    }

    List<String> ofNextConnection() throws InterruptedException {
      return ended.poll(20, TimeUnit.SECONDS);
    }
  }

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  /** What comes back, up to the close frame. */
  private static List<String> answers(RawPeer peer) throws IOException {
    List<String> answers = new ArrayList<>();
    do {
      answers.add(peer.next());
    } while (answers.get(answers.size() - 1).matches("(text|binary|ping|pong) .*"));
    return answers;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void serverIsToldAndAnswersAsTheScriptSays_5_4(Backend backend) throws Exception {
    Log log = new Log();
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    Results.note(
        "random",
        WHAT,
        "server",
        backend,
        () -> {
          try (WebSocketServer server = WebSocketServer.start(options, log)) {
            for (int seed = 0; seed < SCRIPTS; seed++) {
              Script script;
              try (RawPeer peer = RawPeer.connect(server.port(), "")) {
                script = Script.play(seed, peer);
                assertEquals(script.answers(), answers(peer), "seed " + seed);
              }
              assertEquals(script.sent(), log.ofNextConnection(), "seed " + seed);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientIsToldAndAnswersAsTheScriptSays_5_4(Backend backend) throws Exception {
    Log log = new Log();
    ClientOptions options = ClientOptions.builder().backend(backend).build();
    Results.note(
        "random",
        WHAT,
        "client",
        backend,
        () -> {
          try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
              WebSocketClient client = WebSocketClient.create(options)) {
            URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
            for (int seed = 0; seed < SCRIPTS; seed++) {
              client.connect(uri, log);
              Script script;
              try (RawPeer peer = RawPeer.accept(listener, "")) {
                script = Script.play(seed, peer);
                assertEquals(script.answers(), answers(peer), "seed " + seed);
              }
              assertEquals(script.sent(), log.ofNextConnection(), "seed " + seed);
            }
          }
        });
  }

  @Test
  void wsAnswersAsTheScriptSays_5_4() throws Exception {
    Path directory = Path.of(System.getProperty("volfram.basedir", "."), "tests/interop/node");
    boolean installed = Files.isDirectory(directory.resolve("node_modules/ws"));
    String absence = "npm's ws is not installed: run npm ci in tests/interop/node";
    assertFalse(!installed && Boolean.getBoolean("volfram.peers.required"), absence);
    assumeTrue(installed, absence);
    Process node =
        new ProcessBuilder("node", "echo.mjs")
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = node.inputReader()) {
      int port = Integer.parseInt(output.readLine());
      for (int seed = 0; seed < SCRIPTS; seed++) {
        try (RawPeer peer = RawPeer.connect(port, "")) {
          Script script = Script.play(seed, peer);
          assertEquals(script.answers(), answers(peer), "seed " + seed);
        }
      }
    } finally {
      node.destroyForcibly();
    }
  }
}
