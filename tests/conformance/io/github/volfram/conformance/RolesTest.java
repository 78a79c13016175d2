package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ConnectionOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzzing client against our server and a fuzzing server against our client, case by case. */
@Timeout(60)
class RolesTest {

  private static final String DEFLATE = "permessage-deflate";

  /** Our endpoints of one backend, with compression or without. */
  private record Endpoints(
      Testee testee, WebSocketServer server, WebSocketClient client, ServerSocket listener) {}

  private static final List<Endpoints> PLAIN = new ArrayList<>();
  private static final List<Endpoints> DEFLATING = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    for (Backend backend : Backends.ALL) {
      PLAIN.add(endpoints(backend, false));
      DEFLATING.add(endpoints(backend, true));
    }
  }

  private static Endpoints endpoints(Backend backend, boolean deflate) throws Exception {
    Testee testee = new Testee();
    ServerOptions.Builder server = common(ServerOptions.builder(), backend, deflate);
    ClientOptions.Builder client = common(ClientOptions.builder(), backend, deflate);
    return new Endpoints(
        testee,
        WebSocketServer.start(server.build(), testee),
        WebSocketClient.create(client.build()),
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  private static <B extends ConnectionOptions.Builder<B>> B common(
      B options, Backend backend, boolean deflate) {
    options.backend(backend).maxMessageBytes(OwnCases.MAX_MESSAGE_BYTES);
    return deflate ? options.deflate(DeflateOptions.DEFAULT) : options;
  }

  @AfterAll
  static void stop() throws Exception {
    for (List<Endpoints> list : List.of(PLAIN, DEFLATING)) {
      for (Endpoints endpoints : list) {
        endpoints.server().close();
        endpoints.client().close();
        endpoints.listener().close();
        assertEquals(0, endpoints.testee().pending(), "calls that no case accounts for");
      }
      list.clear();
    }
  }

  static Stream<Arguments> cases() {
    return Stream.of(Cases.ofAutobahn(), OwnCases.all())
        .flatMap(List::stream)
        .flatMap(c -> Backends.ALL.stream().map(backend -> Arguments.of(backend, c)));
  }

  @Test
  void tableHasEveryCaseOfTheseSections() {
    Map<String, Integer> counts = new TreeMap<>();
    Set<String> ids = new HashSet<>();
    for (Case c : Cases.ofAutobahn()) {
      counts.merge(c.id().substring(0, c.id().indexOf('.')), 1, Integer::sum);
      assertTrue(ids.add(c.id()), c.id() + " is there twice");
    }
    Map<String, Integer> autobahn =
        Map.of("1", 16, "2", 11, "3", 7, "4", 10, "5", 20, "6", 145, "7", 37, "10", 1);
    assertEquals(new TreeMap<>(autobahn), counts);
  }

  private static Endpoints endpoints(Backend backend, Case played) {
    return (played.hasDeflate() ? DEFLATING : PLAIN).get(Backends.ALL.indexOf(backend));
  }

  @ParameterizedTest(name = "{0} server: {1}")
  @MethodSource("cases")
  void server(Backend backend, Case played) throws Exception {
    Endpoints endpoints = endpoints(backend, played);
    String offer = played.hasDeflate() ? DEFLATE : "";
    Results.note(
        played.id(),
        played.what(),
        "server",
        backend,
        () -> {
          try (RawPeer peer = RawPeer.connect(endpoints.server().port(), offer)) {
            assertEquals(offer, peer.header("Sec-WebSocket-Extensions"));
            played.play(peer, endpoints.testee(), true);
          }
        });
  }

  @ParameterizedTest(name = "{0} client: {1}")
  @MethodSource("cases")
  void client(Backend backend, Case played) throws Exception {
    Endpoints endpoints = endpoints(backend, played);
    URI uri = URI.create("ws://127.0.0.1:" + endpoints.listener().getLocalPort() + "/");
    Results.note(
        played.id(),
        played.what(),
        "client",
        backend,
        () -> {
          endpoints.client().connect(uri, endpoints.testee());
          String answer = played.hasDeflate() ? DEFLATE : "";
          try (RawPeer peer = RawPeer.accept(endpoints.listener(), answer)) {
            played.play(peer, endpoints.testee(), false);
          }
        });
  }
}
