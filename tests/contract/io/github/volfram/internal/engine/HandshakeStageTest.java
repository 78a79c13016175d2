package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The opening handshake of a server's connections. */
final class HandshakeStageTest extends EngineFixture {

  private static final String ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  @Test
  void anySplitOfRequestAndFirstMessageGivesTheSame() throws IOException {
    byte[] all = RawPeer.join(RawPeer.request(), RawPeer.text("hello"), RawPeer.ping("p"));
    events.echoing();
    for (int split = 0; split <= all.length; split++) {
      RawPeer peer = silentPeer();
      peer.write(java.util.Arrays.copyOf(all, split));
      settle();
      peer.write(java.util.Arrays.copyOfRange(all, split, all.length));
      settle();
      peer.skipResponse("HTTP/1.1 101 ");
      assertEquals(List.of("text hello", "pong p"), peer.read(), "split at " + split);
      assertEquals(List.of("open", "text hello", "ping p"), events(), "split at " + split);
      peer.socket.close();
      settle();
      assertEquals(List.of("closed 1006"), events(), "split at " + split);
    }
    assertNothingLeft();
  }

  @Test
  void aRequestInSingleBytesIsAnswered() throws IOException {
    RawPeer peer = silentPeer();
    peer.socket.deliversAtMost(1);
    peer.write(RawPeer.request(), RawPeer.text("x"));
    events.echoing();
    settle();
    assertTrue(peer.readText().contains(ACCEPT));
    assertEquals(List.of("open", "text x"), events());
  }

  @Test
  void theDeadlineIsAbsolute_H1() throws IOException {
    RawPeer peer = silentPeer();
    byte[] request = RawPeer.request();
    for (int second = 0; second < 10; second++) {
      peer.write(new byte[] {request[second]});
      assertEquals("", peer.readText(), "after " + second + " s");
      advance(SECOND);
    }
    advance(TICK);
    assertTrue(peer.readText().startsWith("HTTP/1.1 408 "));
    assertTrue(peer.socket.isAtEnd());
    advance(SECOND + TICK); // the peer does not close: it has had its time
    assertNothingLeft();
    assertEquals(List.of(), events());
  }

  /** A long collection of garbage, a suspended machine. */
  @Test
  void whatCameWhileTheLoopStoodStillIsNotTooLate_H1() throws IOException {
    AtomicReference<Runnable> standstill = new AtomicReference<>(() -> {});
    serve(
        ServerOptions.builder(),
        request -> {
          standstill.getAndSet(() -> {}).run();
          return UpgradeResponse.accept();
        });
    RawPeer early = silentPeer();
    List<RawPeer> late = new ArrayList<>();
    standstill.set(
        () -> {
          network.advance(20 * SECOND);
          assertDoesNotThrow(() -> early.write(RawPeer.request()));
          late.add(new RawPeer(assertDoesNotThrow(() -> network.connect(address))));
        });
    peer();
    early.skipResponse("HTTP/1.1 101 ");
    late.get(0).write(RawPeer.request());
    settle();
    late.get(0).skipResponse("HTTP/1.1 101 ");
    RawPeer silent = silentPeer();
    advance(10 * SECOND + TICK);
    assertTrue(silent.readText().startsWith("HTTP/1.1 408 "));
  }

  @Test
  void bytesAfterARefusedRequestAreDiscarded_H9() throws IOException {
    RawPeer peer = silentPeer();
    String post = RawPeer.REQUEST.replace("GET", "POST");
    peer.write(post.getBytes(), RawPeer.request(), RawPeer.text("x"));
    settle();
    String answer = peer.readText();
    assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
    assertEquals(-1, answer.indexOf("HTTP/1.1", 1), answer);
    assertTrue(peer.socket.isAtEnd());
    peer.write(RawPeer.request());
    peer.socket.shutdownOutput();
    settle();
    assertTrue(peer.socket.isAtEnd());
    assertNothingLeft();
  }

  @Test
  void aPeerThatGoesAwayAtAnyByteIsForgottenQuietly_H13() throws IOException {
    byte[] request = RawPeer.request();
    for (int length = 0; length < request.length; length++) {
      for (boolean reset : new boolean[] {false, true}) {
        RawPeer peer = silentPeer();
        peer.write(java.util.Arrays.copyOf(request, length));
        settle();
        if (reset) {
          peer.socket.reset();
        } else {
          peer.socket.shutdownOutput();
        }
        settle();
        assertEquals(0, acceptor.population().count(), "at " + length);
        peer.socket.close();
      }
    }
    assertNothingLeft();
  }

  @Test
  void aHandlerThatThrowsGives500AndNoConnection() throws IOException {
    serve(
        ServerOptions.builder(),
        request -> {
          throw new StackOverflowError("test");
        });
    RawPeer peer = silentPeer().write(RawPeer.request());
    settle();
    assertTrue(peer.readText().startsWith("HTTP/1.1 500 "));
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void connectionsAboveTheLimitAreAnswered503() throws IOException {
    serve(ServerOptions.builder().maxConnections(1));
    RawPeer first = peer();
    RawPeer second = silentPeer().write(RawPeer.request());
    settle();
    assertTrue(second.readText().startsWith("HTTP/1.1 503 "));
    second.socket.close();
    first.socket.close();
    settle();
    RawPeer third = peer();
    third.socket.close();
    assertNothingLeft();
  }

  @Test
  void theRequestIsKeptOnlyWhenItWasAskedFor() throws IOException {
    peer();
    WebSocket dropped = last();
    Assertions.assertThrows(IllegalStateException.class, dropped::request);
    events.onOpen = webSocket -> webSocket.request();
    peer();
    UpgradeRequest kept = last().request();
    assertEquals("/chat", kept.path());
  }

  @Test
  void aRequestAskedForByTheHandlerIsNotKeptForThat() throws IOException {
    serve(
        ServerOptions.builder(),
        request -> {
          assertEquals("/chat", request.path());
          return UpgradeResponse.accept();
        });
    peer();
    Assertions.assertThrows(IllegalStateException.class, () -> last().request());
  }

  @Test
  void abortInOnOpenDropsWhatCameBehindTheRequest() throws IOException {
    events.onOpen = WebSocket::abort;
    RawPeer peer = silentPeer().write(RawPeer.request(), RawPeer.text("x"));
    settle();
    assertEquals(List.of("open", "closed 1006"), events());
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }

  @Test
  void pausingInOnOpenHoldsWhatCameBehindTheRequest() throws IOException {
    events.onOpen = WebSocket::pauseReading;
    silentPeer().write(RawPeer.request(), RawPeer.text("x"));
    settle();
    assertEquals(List.of("open"), events());
    last().resumeReading();
    settle();
    assertEquals(List.of("text x"), events());
  }

  @Test
  void aFailedAcceptPausesAndRecovers_R1() throws IOException {
    serve();
    transport.failAccepting(io.github.volfram.internal.transport.Tokens.of(0, 1), 24);
    RawPeer peer = new RawPeer(network.connect(address));
    loop.poll();
    int work = 0;
    for (int i = 0; i < 100; i++) {
      work += loop.poll();
    }
    assertEquals(0, work, "turns of a paused listener find nothing to do");
    transport.failAccepting(io.github.volfram.internal.transport.Tokens.of(0, 1), 0);
    settle();
    assertEquals(0, acceptor.population().count());
    advance(200 * MILLI + TICK);
    assertEquals(1, acceptor.population().count());
    peer.write(RawPeer.request());
    settle();
    peer.skipResponse("HTTP/1.1 101 ");
    peer.socket.close();
    assertNothingLeft();
  }

  @Test
  void anAnswerThatThePeerDoesNotReadIsGivenUp() throws IOException {
    serve(ServerOptions.builder().closeTimeout(Duration.ofSeconds(5)));
    RawPeer peer = silentPeer();
    peer.socket.holdsAtMost(10);
    peer.write("nonsense\r\n\r\n".getBytes());
    settle();
    advanceSlowly(5 * SECOND + 2 * TICK);
    assertTrue(peer.socket.isReset());
    assertNothingLeft();
  }
}
