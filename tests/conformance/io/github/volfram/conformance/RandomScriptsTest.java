package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer sends and however it is cut up, every backend in every role is told the same and
 * answers the same, and so does another implementation, ws of npm.
 */
@Timeout(1800)
class RandomScriptsTest {

  /** Where ws, a process of its own, plays besides. */
  private static final int SCRIPTS_FOR_WS = Integer.getInteger("volfram.conformance.messages", 20);

  private static final int SCRIPTS = 5 * SCRIPTS_FOR_WS;

  /** What an endpoint was told, up to and with the end of the connection, and what it answered. */
  private record Outcome(List<String> told, List<String> answers) {}

  static Stream<Backend> backends() {
    return Backends.ALL.stream();
  }

  static Stream<Arguments> roles() {
    return Backends.ALL.stream()
        .flatMap(backend -> Stream.of(Arguments.of(backend, true), Arguments.of(backend, false)));
  }

  /** Plays the script of a seed, and compares what comes of it with what the script says. */
  private static Outcome play(RecordingEndpoint endpoint, long seed) throws Exception {
    Script script;
    List<String> answers;
    try (RawPeer peer = endpoint.peer(Script.hasDeflate(seed))) {
      script = Script.play(seed, peer);
      answers = answers(peer);
    }
    Outcome outcome = new Outcome(endpoint.told(), answers);
    assertEquals(script.answers(), outcome.answers(), "answers to seed " + seed);
    assertEquals(script.sent(), outcome.told(), "events of seed " + seed);
    return outcome;
  }

  /** What comes back, up to the close frame. */
  private static List<String> answers(RawPeer peer) throws IOException {
    List<String> answers = new ArrayList<>();
    do {
      answers.add(peer.next());
    } while (answers.get(answers.size() - 1).matches("(text|binary|ping|pong) .*"));
    return answers;
  }

  private static void note(Backend backend, boolean asServer, String what, Results.Body body)
      throws Exception {
    Results.note("random", what, asServer ? "server" : "client", backend, body);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void serverIsToldAndAnswersAsTheScriptSays_5_4(Backend backend) throws Exception {
    note(backend, true, "random scripts give the same events", () -> playAll(backend, true));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientIsToldAndAnswersAsTheScriptSays_5_4(Backend backend) throws Exception {
    note(backend, false, "random scripts give the same events", () -> playAll(backend, false));
  }

  private static void playAll(Backend backend, boolean asServer) throws Exception {
    try (RecordingEndpoint endpoint = RecordingEndpoint.of(backend, asServer)) {
      for (int seed = 0; seed < SCRIPTS; seed++) {
        play(endpoint, seed);
      }
    }
  }

  @ParameterizedTest(name = "{0} as server: {1}")
  @MethodSource("roles")
  void isToldAndAnswersTheSameAsWs_5_4(Backend backend, boolean asServer) throws Exception {
    Path directory = Path.of(System.getProperty("volfram.basedir", "."), "tests/interop/node");
    boolean installed = Files.isDirectory(directory.resolve("node_modules/ws"));
    String absence = "npm's ws is not installed: run npm ci in tests/interop/node";
    assertFalse(!installed && Boolean.getBoolean("volfram.peers.required"), absence);
    assumeTrue(installed, absence);
    note(
        backend,
        asServer,
        "random scripts give the events that ws is told",
        () -> {
          try (RecordingEndpoint ws = new WsEndpoint(directory, asServer);
              RecordingEndpoint ours = RecordingEndpoint.of(backend, asServer)) {
            for (int seed = 0; seed < SCRIPTS_FOR_WS; seed++) {
              assertEquals(play(ws, seed), play(ours, seed), "seed " + seed);
            }
          }
        });
  }
}
