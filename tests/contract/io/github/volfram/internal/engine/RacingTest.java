package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.WebSocket;
import io.github.volfram.internal.frame.Role;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Several addresses of one host race (RFC 8305 §5). */
final class RacingTest extends EngineFixture {

  private static final int SILENT = -1;

  private final ClientOptions options =
      ClientOptions.builder()
          .connectTimeout(Duration.ofSeconds(5))
          .connectionAttemptDelay(Duration.ofMillis(250))
          .build();
  private final ConnectionSettings settings = new ConnectionSettings(Role.CLIENT, options);
  private final Events client = new Events();
  private final CompletableFuture<WebSocket> future = new CompletableFuture<>();
  private final List<Runnable> background = new ArrayList<>();

  private InetAddress host(int number, Integer errno) throws IOException {
    InetAddress address = InetAddress.getByName("127.0.0." + number);
    if (errno != null) {
      network.refuse(new InetSocketAddress(address, port()), errno);
    }
    return address;
  }

  private int port() {
    return ((InetSocketAddress) address).getPort();
  }

  private void connect(InetAddress... addresses) throws IOException {
    begin(host -> Arrays.asList(addresses));
    background.forEach(Runnable::run);
    settle();
  }

  private void begin(Lookup lookup) throws IOException {
    Connector connector = new Connector(options, settings, lookup, background::add);
    settings.population.add();
    ClientRequest request = ClientRequest.to(URI.create("ws://many.example:" + port()));
    connector.begin(loop, connector.attempt(request, client, future));
    settle();
  }

  @Test
  void aSilentAddressCostsOneDelay() throws Exception {
    serve();
    connect(host(8, SILENT), host(1, null));
    assertEquals(2, loop.registry().size(), "the connection and its one try");
    assertEquals(1, settings.population.count(), "the try is no connection of its own");
    advanceSlowly(240 * MILLI);
    assertFalse(future.isDone());
    advanceSlowly(10 * MILLI + TICK);
    assertTrue(future.get().isOpen());
    assertEquals(1, settings.population.count(), "the silent try has been given up");
    assertEquals(2, loop.registry().size(), "both ends");
    future.get().close();
    settle();
    assertNothingLeft();
  }

  @Test
  void aRefusingAddressCostsNothing() throws Exception {
    serve();
    connect(host(8, 111), host(9, 113), host(1, null));
    assertTrue(future.get().isOpen());
  }

  @Test
  void whoIsConnectedFirstWinsWhenAllAreTriedAtOnce() throws Exception {
    serve();
    connect(host(7, SILENT), host(8, SILENT), host(9, SILENT));
    advanceSlowly(2 * 250 * MILLI + 3 * TICK);
    assertEquals(4, loop.registry().size(), "three tries at once");
    assertEquals(1, settings.population.count());
    advanceSlowly(4_000 * MILLI);
    assertFalse(future.isDone(), "silence is no failure before the timeout");
    advanceSlowly(SECOND);
    SocketTimeoutException timeout = assertInstanceOf(SocketTimeoutException.class, failure());
    assertTrue(timeout.getMessage().contains("5000 ms"), timeout.getMessage());
    assertEquals(0, settings.population.count());
    assertNothingLeft();
  }

  @Test
  void theFailureNamesEveryAddress() throws Exception {
    serve();
    connect(host(7, 111), host(8, 113), host(9, 101));
    ConnectException failure = assertInstanceOf(ConnectException.class, failure());
    List<String> messages = new ArrayList<>(List.of(failure.getMessage()));
    for (Throwable suppressed : failure.getSuppressed()) {
      messages.add(suppressed.getMessage());
    }
    for (String host : List.of("127.0.0.7", "127.0.0.8", "127.0.0.9")) {
      assertEquals(1, messages.stream().filter(m -> m.contains(host)).count(), messages.toString());
    }
    assertNothingLeft();
  }

  @Test
  void theTimeoutNamesTheAddressesThatFailed() throws Exception {
    serve();
    connect(host(7, 111), host(8, SILENT));
    advanceSlowly(5 * SECOND + TICK);
    Throwable failure = failure();
    assertEquals(1, failure.getSuppressed().length);
    assertTrue(failure.getSuppressed()[0].getMessage().contains("127.0.0.7"));
  }

  @Test
  void cancellingGivesUpAllTries_K8() throws Exception {
    serve();
    connect(host(7, SILENT), host(8, SILENT), host(9, SILENT));
    advanceSlowly(SECOND);
    future.cancel(true);
    settle();
    assertEquals(0, settings.population.count());
    assertNothingLeft();
  }

  @Test
  void theEndOfTheLoopEndsAllTries() throws Exception {
    serve();
    connect(host(7, SILENT), host(8, SILENT));
    advanceSlowly(SECOND);
    IOException cause = new IOException("the end");
    loop.registry().forEach(each -> each.terminate(1006, "", cause, true));
    settle();
    assertEquals(cause, failure());
    assertEquals(0, settings.population.count());
    assertNothingLeft();
  }

  @Test
  void anAnswerThatComesTooLateIsNotUsed_K8() throws Exception {
    serve();
    InetAddress alive = host(1, null);
    begin(host -> List.of(alive));
    advanceSlowly(5 * SECOND + TICK);
    assertInstanceOf(SocketTimeoutException.class, failure());
    background.forEach(Runnable::run);
    settle();
    assertNothingLeft();
  }

  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    throw new UnknownHostException("cannot find the host " + host);
  }

  @Test
  void anUnknownHostFailsByItsName_K8() throws Exception {
    serve();
    begin(this::lookUp);
    background.forEach(Runnable::run);
    settle();
    UnknownHostException unknown = assertInstanceOf(UnknownHostException.class, failure());
    assertTrue(unknown.getMessage().contains("many.example"), unknown.getMessage());
    assertEquals(0, settings.population.count());
    assertNothingLeft();
  }

  private Throwable failure() {
    return assertThrows(ExecutionException.class, future::get).getCause();
  }
}
