package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ReconnectingWebSocket.State;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that connect again, on both backends. */
@Timeout(240)
final class ReconnectingTest extends BackendFixture {

  private final List<State> states = new CopyOnWriteArrayList<>();

  ReconnectingTest(Backend backend) {
    super(backend);
  }

  private ReconnectOptions.Builder soon() {
    return ReconnectOptions.builder()
        .initialDelay(Duration.ofMillis(20))
        .maxDelay(Duration.ofMillis(100))
        .onState(states::add);
  }

  private WebSocketServer restarted(int port) {
    WebSocketServer[] server = new WebSocketServer[1];
    until(
        "the port is free",
        () -> {
          try {
            server[0] =
                WebSocketServer.start(
                    options().port(port).shutdownTimeout(Duration.ZERO).build(), new Echo());
            return true;
          } catch (IOException busy) {
            return false;
          }
        });
    return server[0];
  }

  @Test
  void aServerThatIsRestartedTwentyTimesIsFoundAgain() throws Exception {
    WebSocketClient client = client();
    List<String> texts = new CopyOnWriteArrayList<>();
    Closes closes =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            texts.add(text);
          }
        };
    WebSocketServer server = restarted(0);
    int port = server.port();
    ReconnectingWebSocket handle = client.connectReconnecting(uri(server), closes, soon().build());
    for (int round = 0; round <= 20; round++) {
      until("it is open", () -> handle.state() == State.OPEN);
      String text = "round " + round;
      until("it is sent", () -> handle.offerText(text));
      until("it is echoed", () -> texts.contains(text));
      server.close();
      until("it is lost", () -> handle.state() != State.OPEN);
      assertNull(handle.current());
      assertFalse(handle.offerText("to nobody"));
      server = restarted(port);
    }
    open.add(server);
    until("it is open", () -> handle.state() == State.OPEN);
    handle.close();
    handle.stopped().get(30, TimeUnit.SECONDS);
    until("all is closed", () -> client.connectionCount() == 0);
    assertEquals(State.STOPPED, handle.state());
    assertEquals(22, closes.opened.get());
    assertEquals(22, closes.closed.get());
    assertEquals(21, texts.size());
    assertEquals(State.STOPPED, states.get(states.size() - 1));
  }

  @Test
  void manyClientsNeedNoThreadEach() throws Exception {
    WebSocketServer server = restarted(0);
    int port = server.port();
    WebSocketClient client = client();
    Closes closes = new Closes();
    List<ReconnectingWebSocket> handles = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 200; i++) {
      handles.add(client.connectReconnecting(uri(server), closes, soon().build()));
    }
    until("all are open", () -> closes.opened.get() == 200);
    server.close();
    until("all are lost", () -> closes.closed.get() == 200);
    open.add(restarted(port));
    until("all are open again", () -> closes.opened.get() == 400);
    client.close();
    for (ReconnectingWebSocket handle : handles) {
      handle.stopped().get(30, TimeUnit.SECONDS);
    }
    assertEquals(400, closes.closed.get());
  }

  @Test
  void thePolicySeesTheCauseAndStops() throws Exception {
    WebSocketServer server =
        WebSocketServer.start(options().build(), request -> UpgradeResponse.reject(401, "who?"));
    open.add(server);
    List<ReconnectPolicy.Lost> seen = new CopyOnWriteArrayList<>();
    ReconnectPolicy policy =
        lost -> {
          seen.add(lost);
          return lost.number() == 3 ? null : Duration.ofMillis(1);
        };
    ReconnectingWebSocket handle =
        client().connectReconnecting(uri(server), new Echo(), soon().policy(policy).build());
    ExecutionException end =
        assertThrows(ExecutionException.class, () -> handle.stopped().get(60, TimeUnit.SECONDS));
    assertEquals(401, ((HandshakeException) end.getCause()).status());
    assertEquals(3, seen.size());
    assertEquals(1006, seen.get(0).closeCode());
  }

  private WebSocketServer refusing(int status, String... header) throws IOException {
    UpgradeResponse refusal = UpgradeResponse.reject(status, "no");
    UpgradeResponse answer =
        header.length == 0 ? refusal : refusal.withHeader(header[0], header[1]);
    WebSocketServer server = WebSocketServer.start(options().build(), request -> answer);
    open.add(server);
    return server;
  }

  @Test
  void aFinalRefusalEndsItUnlessThePolicyKnowsBetter() throws Exception {
    WebSocketClient client = client();
    for (int status : new int[] {400, 401, 403, 404}) {
      states.clear();
      ReconnectingWebSocket handle =
          client.connectReconnecting(uri(refusing(status)), new Echo(), soon().build());
      ExecutionException end =
          assertThrows(ExecutionException.class, () -> handle.stopped().get(60, TimeUnit.SECONDS));
      assertEquals(status, ((HandshakeException) end.getCause()).status());
      assertEquals(List.of(State.CONNECTING, State.STOPPED), states);
    }
    states.clear();
    ReconnectPolicy stubborn = ReconnectPolicy.Lost::delay;
    ReconnectingWebSocket handle =
        client.connectReconnecting(
            uri(refusing(403)), new Echo(), soon().policy(stubborn).maxAttempts(3).build());
    assertThrows(ExecutionException.class, () -> handle.stopped().get(60, TimeUnit.SECONDS));
    assertEquals(3, states.stream().filter(state -> state == State.CONNECTING).count());
  }

  @Test
  void aRefusalThatIsAMatterOfTimeDoesNotEndIt() throws Exception {
    WebSocketClient client = client();
    for (int status : new int[] {408, 425, 429, 500, 503}) {
      states.clear();
      ReconnectingWebSocket handle =
          client.connectReconnecting(
              uri(refusing(status)), new Echo(), soon().maxAttempts(2).build());
      assertThrows(ExecutionException.class, () -> handle.stopped().get(60, TimeUnit.SECONDS));
      assertEquals(2, states.stream().filter(state -> state == State.CONNECTING).count());
    }
  }

  @Test
  void aBusyServerSaysHowLongToWait() throws Exception {
    assertEquals(120, secondsAfter(503, "120"));
    assertEquals(7, secondsAfter(429, "7"));
    assertEquals(3600, secondsAfter(503, "999999999"));
    assertEquals(0, secondsAfter(500, "120"));
    assertEquals(0, secondsAfter(503, "soon"));
    assertEquals(0, secondsAfter(503, "Fri, 31 Dec 2027 23:59:59 GMT"));
  }

  /** The delay that is proposed, less the random part, which is below a second. */
  private long secondsAfter(int status, String retryAfter) throws Exception {
    CompletableFuture<Duration> delay = new CompletableFuture<>();
    ReconnectPolicy policy =
        lost -> {
          delay.complete(lost.delay());
          return null;
        };
    client()
        .connectReconnecting(
            uri(refusing(status, "Retry-After", retryAfter)),
            new Echo(),
            soon().policy(policy).build());
    return delay.get(60, TimeUnit.SECONDS).toSeconds();
  }

  @Test
  void attemptsAreLimited_K8() throws Exception {
    WebSocketServer dead = restarted(0);
    dead.close();
    ReconnectingWebSocket handle =
        client()
            .connectReconnecting(
                URI.create("ws://127.0.0.1:" + dead.port()),
                new Echo(),
                soon().maxAttempts(3).build());
    assertThrows(ExecutionException.class, () -> handle.stopped().get(60, TimeUnit.SECONDS));
    assertEquals(3, states.stream().filter(state -> state == State.CONNECTING).count());
  }

  @Test
  void closingEndsTheWaitHoweverLong() throws Exception {
    WebSocketServer dead = restarted(0);
    dead.close();
    Duration forever = ChronoUnit.FOREVER.getDuration();
    ReconnectOptions options = soon().maxDelay(forever).policy(lost -> forever).build();
    WebSocketClient client = client();
    ReconnectingWebSocket handle =
        client.connectReconnecting(
            URI.create("ws://127.0.0.1:" + dead.port()), new Echo(), options);
    until("it waits", () -> handle.state() == State.WAITING);
    handle.close();
    handle.stopped().get(30, TimeUnit.SECONDS);
    assertEquals(0, client.connectionCount());
    assertEquals(List.of(State.CONNECTING, State.WAITING, State.STOPPED), states);
  }

  @Test
  void whatWasNotSentIsCounted() throws Exception {
    WebSocketListener deaf =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            webSocket.pauseReading();
          }
        };
    WebSocketServer server = server(options().shutdownTimeout(Duration.ZERO).build(), deaf);
    List<ReconnectPolicy.Lost> seen = new CopyOnWriteArrayList<>();
    ReconnectPolicy policy =
        lost -> {
          seen.add(lost);
          return null;
        };
    WebSocketClient client =
        client(ClientOptions.builder().backend(backend).outboundHardCapBytes(64L << 20).build());
    ReconnectingWebSocket handle =
        client.connectReconnecting(uri(server), new Echo(), soon().policy(policy).build());
    until("it is open", () -> handle.state() == State.OPEN);
    for (int i = 0; i < 20; i++) {
      assertTrue(handle.offerBinary(ByteBuffer.allocate(1 << 20)));
    }
    WebSocket lost = handle.current();
    until("some is in the kernel", () -> lost.bufferedBytes() < 20L << 20);
    lost.abort();
    until("it is lost", () -> handle.state() == State.STOPPED);
    assertTrue(seen.get(0).unsentMessages() > 0 && seen.get(0).unsentMessages() <= 20);
    assertEquals(seen.get(0).unsentMessages() << 20, seen.get(0).unsentBytes());
    assertEquals(handle.unsentBytes(), seen.get(0).unsentBytes());
  }

  @Test
  void whatCannotBeSentIsRefusedAtOnce_K6() {
    WebSocketClient client = client();
    assertThrows(
        IllegalArgumentException.class,
        () -> client.connectReconnecting(URI.create("http://a"), new Echo(), soon().build()));
    assertEquals(0, client.connectionCount());
  }
}
