package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.ClientRequest;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.internal.frame.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Clients and a server on one loop: masked frames, and the stages of connecting. */
final class ClientTest extends EngineFixture {

  private final ConnectionSettings settings =
      new ConnectionSettings(
          Role.CLIENT,
          ClientOptions.builder().maxMessageBytes(8 << 20).outboundHardCapBytes(64 << 20).build());
  private final Events client = new Events();
  private final CompletableFuture<WebSocket> future = new CompletableFuture<>();

  private void connect(int port, List<InetAddress> addresses) {
    connect(ClientOptions.builder().build(), port, addresses);
  }

  private void connect(ClientOptions options, int port, List<InetAddress> addresses) {
    Connector connector = new Connector(options, settings, host -> addresses, Runnable::run);
    settings.population.add();
    ClientRequest request = ClientRequest.to(URI.create("ws://localhost:" + port));
    connector.begin(loop, connector.attempt(request, client, future));
  }

  private WebSocket connected() throws Exception {
    connect(port(), List.of(InetAddress.getLoopbackAddress()));
    settle();
    return future.get();
  }

  private int port() {
    return ((InetSocketAddress) address).getPort();
  }

  @Test
  void maskedMessagesOfEverySizeArriveWholeAndInOrder() throws Exception {
    serve(ServerOptions.builder().maxMessageBytes(8 << 20).outboundHardCapBytes(64 << 20));
    WebSocket webSocket = connected();
    events.onMessage = Events::echo;
    List<String> expected = new ArrayList<>(List.of("open"));
    Random random = new Random(5);
    for (int size :
        new int[] {
          0, 1, 125, 126, 2047, 2048, 65_535, 65_536, 131_058, 131_072, 300_000, 3 << 20
        }) {
      byte[] payload = new byte[size];
      random.nextBytes(payload);
      if (size > 0) {
        payload[0] = 1; // echoed as binary
      }
      assertTrue(webSocket.offerBinary(ByteBuffer.wrap(payload)));
      settle();
      assertTrue(
          webSocket.offerBinary(ByteBuffer.allocateDirect(size).put(payload).flip()), "" + size);
      String text = "ä".repeat(size / 2);
      assertTrue(webSocket.offerText(text));
      settle();
      expected.add("binary " + Events.show(payload));
      expected.add("binary " + Events.show(payload));
      expected.add("text " + Events.show(text.getBytes()));
    }
    events.log.removeAll(List.of("backpressure", "drained")); // of the server's echoes
    assertEquals(expected, events());
    assertEquals(0, webSocket.bufferedBytes());
    webSocket.close();
    settle();
    assertTrue(client.log.contains("closed 1000"));
    assertNothingLeft();
    assertEquals(0, settings.population.count());
  }

  @Test
  void theServerClosesTcpFirst() throws Exception {
    serve();
    WebSocket webSocket = connected();
    webSocket.close(3000, "");
    settle();
    assertEquals(List.of("open", "closed 3000"), client.log);
    assertEquals(List.of("open", "closed 3000"), events());
    assertNothingLeft();
  }

  @Test
  void triesOneAddressAfterTheOther() throws Exception {
    serve();
    InetAddress dead = InetAddress.getByName("127.0.0.9");
    connect(port(), List.of(dead, dead, InetAddress.getLoopbackAddress()));
    settle();
    assertTrue(future.get().isOpen());
    assertEquals(2, loop.registry().size());
  }

  @Test
  void failsOnceWhenNoAddressAnswers_K8() throws Exception {
    serve();
    InetAddress dead = InetAddress.getByName("127.0.0.9");
    connect(port(), List.of(dead, dead));
    settle();
    ExecutionException failed = assertThrows(ExecutionException.class, future::get);
    assertEquals(1, failed.getCause().getSuppressed().length, "the other address");
    assertEquals(0, settings.population.count());
    assertEquals(List.of(), client.log);
    assertNothingLeft();
  }

  @Test
  void theTimeoutIsForAllAddressesTogether_K8() throws Exception {
    serve();
    InetSocketAddress black = new InetSocketAddress(InetAddress.getByName("127.0.0.9"), port());
    network.refuse(black, -1);
    connect(port(), List.of(black.getAddress(), black.getAddress()));
    advanceSlowly(10 * SECOND - TICK);
    assertFalse(future.isDone());
    advanceSlowly(2 * TICK);
    ExecutionException failed = assertThrows(ExecutionException.class, future::get);
    assertEquals(SocketTimeoutException.class, failed.getCause().getClass());
    assertNothingLeft();
  }

  @Test
  void aServerThatNeverAnswersTheHandshakeIsGivenUp_K3() throws Exception {
    serve(
        ServerOptions.builder(),
        request -> {
          throw new AssertionError("not reached");
        });
    acceptor.close();
    FakePeerServer server = new FakePeerServer();
    connect(server.port(), List.of(InetAddress.getLoopbackAddress()));
    settle();
    RawPeer peer = server.accept();
    for (int second = 0; second < 10; second++) {
      peer.write("H".getBytes());
      if (second == 0) {
        peer.write("TTP/1.1 101 Switching\r\nX: ".getBytes());
      }
      advanceSlowly(SECOND - TICK / 10);
    }
    assertFalse(future.isDone());
    advanceSlowly(3 * TICK);
    assertThrows(ExecutionException.class, future::get);
    assertTrue(peer.socket.isReset());
    assertEquals(0, settings.population.count());
  }

  /** A listener of the network that is no server of ours. */
  private final class FakePeerServer {
    private final io.github.volfram.internal.transport.FakeNetwork.FakePeerListener listener;

    FakePeerServer() throws IOException {
      listener = network.listen();
    }

    int port() {
      return ((InetSocketAddress) listener.address()).getPort();
    }

    RawPeer accept() {
      return new RawPeer(listener.accept());
    }
  }
}
