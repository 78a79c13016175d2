package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectPolicy;
import io.github.volfram.ReconnectingWebSocket.State;
import io.github.volfram.internal.frame.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a reconnecting client waits. */
final class BackoffTest extends EngineFixture {

  private final ClientOptions options = ClientOptions.builder().build();
  private final ConnectionSettings settings = new ConnectionSettings(Role.CLIENT, options);
  private final Connector connector =
      new Connector(
          options, settings, host -> List.of(InetAddress.getLoopbackAddress()), Runnable::run);
  private final List<ReconnectPolicy.Lost> seen = new ArrayList<>();
  private double random = 1;

  private Reconnecting begin() throws Exception {
    ReconnectOptions backoff =
        ReconnectOptions.builder()
            .initialDelay(Duration.ofSeconds(1))
            .maxDelay(Duration.ofSeconds(10))
            .stableAfter(Duration.ofSeconds(5))
            .policy(
                lost -> {
                  seen.add(lost);
                  return lost.delay();
                })
            .build();
    int port = ((InetSocketAddress) address).getPort();
    Reconnecting reconnecting =
        new Reconnecting(
            loop,
            connector,
            ClientRequest.to(URI.create("ws://localhost:" + port)),
            new Events(),
            backoff,
            () -> random);
    reconnecting.begin();
    settle();
    return reconnecting;
  }

  private List<Long> delays() {
    List<Long> millis = seen.stream().map(lost -> lost.delay().toMillis()).toList();
    seen.clear();
    return millis;
  }

  /** The next attempt, which fails, comes after so long and not before. */
  private void assertWaits(long nanos) throws Exception {
    long waited = 0;
    while (seen.isEmpty()) {
      advance(10 * MILLI);
      waited += 10 * MILLI;
    }
    assertTrue(waited >= nanos && waited <= nanos + 2 * TICK, waited + " ns");
  }

  @Test
  void theBoundDoublesUpToTheCapAndTheDelayIsRandomBelowIt() throws Exception {
    serve();
    network.refuse(address, 111);
    Reconnecting reconnecting = begin();
    for (long seconds : new long[] {1, 2, 4, 8, 10}) {
      assertEquals(State.WAITING, reconnecting.state());
      assertEquals(List.of(seconds * 1000), delays());
      assertWaits(seconds * SECOND);
    }
    assertEquals(List.of(10_000L), delays());
    random = 0.25;
    assertWaits(10 * SECOND);
    assertEquals(List.of(2500L), delays());
    assertWaits(2500 * MILLI);
    reconnecting.close();
    settle();
    assertEquals(State.STOPPED, reconnecting.state());
    assertEquals(0, settings.population.count());
    assertNothingLeft();
  }

  @Test
  void aStableConnectionBeginsAnewAndAShortOneDoesNot() throws Exception {
    serve();
    Reconnecting reconnecting = begin();
    assertEquals(State.OPEN, reconnecting.state());
    last().abort();
    settle();
    assertEquals(List.of(1000L), delays());
    advanceSlowly(SECOND + TICK);
    assertEquals(State.OPEN, reconnecting.state());
    advanceSlowly(4 * SECOND);
    last().abort();
    settle();
    assertEquals(List.of(2000L), delays());
    advanceSlowly(2 * SECOND + TICK);
    assertEquals(State.OPEN, reconnecting.state());
    advanceSlowly(5 * SECOND);
    last().abort();
    settle();
    assertEquals(List.of(1000L), delays());
    reconnecting.close();
    settle();
    assertNothingLeft();
  }

  @Test
  void closingTheClientEndsTheWait() throws Exception {
    serve();
    network.refuse(address, 111);
    Reconnecting reconnecting = begin();
    connector.close();
    loop.registry().forEach(Connection::goAway);
    settle();
    assertEquals(State.STOPPED, reconnecting.state());
    assertNothingLeft();
  }
}
