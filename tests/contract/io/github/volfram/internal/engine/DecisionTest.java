package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to requests that come later than the handler's return. */
final class DecisionTest extends EngineFixture {

  private static final byte[] PAGE =
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final List<CompletableFuture<UpgradeResponse>> decisions = new ArrayList<>();

  @BeforeEach
  void decideLater() throws IOException {
    serve(
        ServerOptions.builder().plainHttp(true).handshakeTimeout(Duration.ofSeconds(10)),
        request -> {
          CompletableFuture<UpgradeResponse> decision = new CompletableFuture<>();
          decisions.add(decision);
          return UpgradeResponse.later(decision);
        });
  }

  private RawPeer undecided() throws IOException {
    RawPeer peer = silentPeer().write(RawPeer.request());
    settle();
    assertEquals("", peer.readText());
    return peer;
  }

  private void decide(UpgradeResponse response) throws IOException {
    assertTrue(decisions.get(decisions.size() - 1).complete(response));
    settle();
  }

  private void assertAnswered(RawPeer peer, int status) throws IOException {
    String answer = peer.readText();
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    assertTrue(peer.socket.isAtEnd());
    peer.socket.close();
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void anotherThreadDecidesWhileOthersAreServed() throws Exception {
    RawPeer slow = undecided();
    RawPeer quick = silentPeer().write(RawPeer.request());
    settle();
    decide(UpgradeResponse.accept());
    quick.skipResponse("HTTP/1.1 101 ");
    assertEquals("", slow.readText());
    Thread other = new Thread(() -> decisions.get(0).complete(UpgradeResponse.accept()));
    other.start();
    other.join();
    settle();
    slow.skipResponse("HTTP/1.1 101 ");
    events.echoing();
    slow.write(RawPeer.text("late"));
    settle();
    assertEquals(List.of("text late"), slow.read());
    assertEquals(List.of("open", "open", "text late"), events());
  }

  @Test
  void aStageThatIsCompleteOpensAtOnce() throws IOException {
    serve(
        ServerOptions.builder(),
        request ->
            UpgradeResponse.later(
                CompletableFuture.completedFuture(
                    UpgradeResponse.later(
                        CompletableFuture.completedFuture(UpgradeResponse.accept())))));
    peer();
    assertEquals(List.of("open"), events());
  }

  @Test
  void anySplitOfWhatComesBehindTheRequestIsDeliveredAfterTheDecision() throws IOException {
    byte[] all = RawPeer.join(RawPeer.request(), RawPeer.text("hello"), RawPeer.ping("p"));
    events.echoing();
    for (int split = RawPeer.request().length; split <= all.length; split++) {
      RawPeer peer = silentPeer().write(Arrays.copyOf(all, split));
      settle();
      peer.write(Arrays.copyOfRange(all, split, all.length));
      settle();
      assertEquals(List.of(), events(), "split at " + split);
      decide(UpgradeResponse.accept());
      peer.skipResponse("HTTP/1.1 101 ");
      assertEquals(List.of("text hello", "pong p"), peer.read(), "split at " + split);
      assertEquals(List.of("open", "text hello", "ping p"), events(), "split at " + split);
      peer.write(RawPeer.text("more"));
      settle();
      assertEquals(List.of("text more"), peer.read(), "split at " + split);
      peer.socket.close();
      settle();
      events();
    }
    assertNothingLeft();
  }

  @Test
  void pausingInOnOpenHoldsWhatCameBeforeTheDecision() throws IOException {
    events.onOpen = WebSocket::pauseReading;
    silentPeer().write(RawPeer.request(), RawPeer.text("x"));
    settle();
    decide(UpgradeResponse.accept());
    assertEquals(List.of("open"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("text x"), events());
  }

  @Test
  void abortInOnOpenDropsWhatCameBeforeTheDecision() throws IOException {
    events.onOpen = WebSocket::abort;
    RawPeer peer = silentPeer().write(RawPeer.request(), RawPeer.text("x"));
    settle();
    decide(UpgradeResponse.accept());
    assertEquals(List.of("open", "closed 1006"), events());
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void aClientThatDoesNotAwaitItsAnswerIsReadNoFurther() throws IOException {
    RawPeer peer = undecided();
    byte[] chunk = new byte[64 * 1024];
    long written = 0;
    int taken;
    do {
      taken = peer.socket.write(chunk, 0, chunk.length);
      written += taken;
      settle();
    } while (taken > 0 && written < 16 << 20);
    assertEquals(0, taken, "after " + written + " bytes");
    decide(UpgradeResponse.reject(403, "no"));
    assertTrue(peer.readText().startsWith("HTTP/1.1 403 "));
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void aRefusalComesLaterAsWell() throws IOException {
    RawPeer peer = undecided();
    decide(UpgradeResponse.reject(401, "log in first"));
    assertAnswered(peer, 401);
    assertEquals(1, LoopCounters.sum(List.of(loop)).handshakesFailed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"failure", "null", "subprotocol", "header"})
  void aDecisionThatCannotBeAnsweredGives500(String kind) throws IOException {
    RawPeer peer = undecided();
    switch (kind) {
      case "failure" -> decisions.get(0).completeExceptionally(new StackOverflowError("test"));
      case "null" -> decisions.get(0).complete(null);
      case "subprotocol" ->
          decisions.get(0).complete(UpgradeResponse.accept().withSubprotocol("not-offered"));
      default -> decisions.get(0).complete(UpgradeResponse.accept().withHeader("Upgrade", "x"));
    }
    settle();
    assertAnswered(peer, 500);
  }

  @Test
  void theDeadlineOfTheHandshakeGoesOn() throws IOException {
    RawPeer peer = silentPeer();
    advance(6 * SECOND);
    peer.write(RawPeer.request());
    advance(3 * SECOND);
    assertEquals("", peer.readText());
    advance(SECOND + TICK);
    assertTrue(peer.readText().startsWith("HTTP/1.1 503 "));
    decide(UpgradeResponse.accept());
    assertEquals("", peer.readText());
    assertTrue(peer.socket.isAtEnd());
    peer.socket.close();
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPeerThatGoesAwayMeanwhileIsForgotten(boolean reset) throws IOException {
    RawPeer peer = undecided();
    if (reset) {
      peer.socket.reset();
    } else {
      peer.socket.shutdownOutput();
    }
    settle();
    assertEquals(0, acceptor.population().count());
    decide(UpgradeResponse.accept());
    assertEquals(List.of(), events());
    assertFalse(peer.readText().startsWith("HTTP/1.1 101 "));
    assertNothingLeft();
  }

  @Test
  void aPeerThatIsHeldAndGoesAwayIsForgottenAfterTheDecision() throws IOException {
    RawPeer peer = silentPeer().write(RawPeer.request(), RawPeer.text("x"));
    settle();
    peer.socket.reset();
    settle();
    decide(UpgradeResponse.reject(403, "no"));
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void aPageIsAnsweredLaterAlsoWhenItsClientHasEndedItsStream() throws IOException {
    RawPeer peer = silentPeer().write(PAGE);
    settle();
    peer.socket.shutdownOutput();
    settle();
    decide(UpgradeResponse.respond(200, "text/plain", new byte[] {'o', 'k'}));
    String answer = peer.readText();
    assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\nok"), answer);
    assertTrue(peer.socket.isAtEnd());
    assertNothingLeft();
  }

  @Test
  void whatIsAddedToALaterAnswerIsAddedWhenItComes() throws IOException {
    CompletableFuture<UpgradeResponse> decision = new CompletableFuture<>();
    UpgradeResponse later =
        UpgradeResponse.later(decision).withHeader("X-One", "1").withHeader("X-Two", "2");
    assertEquals(0, later.status());
    serve(ServerOptions.builder(), request -> later);
    RawPeer peer = silentPeer().write(RawPeer.request());
    settle();
    decision.complete(UpgradeResponse.accept());
    settle();
    String answer = peer.readText();
    assertTrue(answer.contains("\r\nX-One: 1\r\nX-Two: 2\r\n"), answer);
  }

  @Test
  void closingTheServerEndsWhatIsUndecided() throws IOException {
    undecided();
    loop.registry().forEach(Connection::goAway);
    settle();
    decide(UpgradeResponse.accept());
    assertEquals(List.of(), events());
    assertNothingLeft();
  }
}
