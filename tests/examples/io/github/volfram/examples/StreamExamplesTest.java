package io.github.volfram.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ReadOutcome;
import io.github.volfram.StreamHandshake;
import io.github.volfram.StreamOptions;
import io.github.volfram.WebSocketStream;
import io.github.volfram.WriteOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the examples over real sockets. */
@Timeout(60)
class StreamExamplesTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private AcceptLoop server;
  private Future<Void> serving;

  @BeforeEach
  void serve() throws IOException {
    server = new AcceptLoop();
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  private void startServer() {
    serving =
        threads.submit(
            () -> {
              mayAnswer.await();
              while (!stopped.get()) {
                server.turn();
              }
              server.close();
              return null;
            });
  }

  @AfterEach
  void stop() throws Exception {
    stopped.set(true);
    mayAnswer.countDown();
    if (serving == null) {
      server.close();
    } else {
      serving.get();
    }
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  @Test
  void anInterruptedHandshakeIsResumedAndOtherWorkDoneMeanwhile() throws Exception {
    startServer();
    List<String> otherWork = new ArrayList<>();
    // The server does not answer before the client has said that it was interrupted.
    String answer =
        InterruptedHandshake.ask(
            uri(),
            "grüße",
            () -> {
              otherWork.add("done");
              mayAnswer.countDown();
            });
    assertEquals("grüße", answer);
    assertFalse(otherWork.isEmpty());
  }

  @Test
  void existingConnectionsAreServedBetweenAccepts() throws Exception {
    mayAnswer.countDown();
    startServer();
    List<Client> clients = new ArrayList<>();
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(Client.of(uri()));
      for (Client client : clients) {
        assertEquals("hello " + i, client.ask("hello " + i));
      }
      // One that never begins its handshake holds nobody up.
      silent.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port())));
    }
    for (int i = 0; i < 20; i++) {
      clients.get(i).channel().close();
      silent.get(i).close();
    }
  }

  @Test
  void anotherLibrarysClientIsServed() throws Exception {
    mayAnswer.countDown();
    startServer();
    CompletableFuture<String> echoed = new CompletableFuture<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    WebSocketClient client =
        new WebSocketClient(uri()) {
          @Override
          public void onOpen(ServerHandshake handshake) {}

          @Override
          public void onMessage(String text) {
            echoed.complete(text);
          }

          @Override
          public void onClose(int code, String reason, boolean remote) {
            closed.complete(code);
          }

          @Override
          public void onError(Exception failure) {
            echoed.completeExceptionally(failure);
          }
        };
    assertTrue(client.connectBlocking());
    String text = "grüße".repeat(20_000);
    client.send(text);
    assertEquals(text, echoed.get());
    client.close(4001, "bye");
    assertEquals(4001, closed.get());
  }

  @Test
  void theSocketHasTcpNoDelay() throws Exception {
    mayAnswer.countDown();
    startServer();
    Client client = Client.of(uri());
    assertTrue(client.channel().getOption(StandardSocketOptions.TCP_NODELAY));
    assertEquals("low latency", client.ask("low latency"));
    client.channel().close();
  }

  @Test
  void aSlowPeerMakesTheSenderWaitAndGetsEveryMessageInOrder() throws Exception {
    Pair pair = Pair.open(WriteBuffering.OPTIONS, threads);
    CountDownLatch read = new CountDownLatch(1);
    int count = 3_000_000;
    Future<Integer> received =
        threads.submit(
            () -> {
              read.await();
              int[] next = {0};
              ReadinessLoop.receive(
                  pair.client().channel(),
                  pair.client().stream(),
                  text -> {
                    assertEquals(next[0], Integer.parseInt(text));
                    next[0]++;
                  });
              return next[0];
            });
    AtomicInteger waits = new AtomicInteger();
    Client sender = pair.server();
    WriteBuffering.sendNumbers(
        sender.channel(),
        sender.stream(),
        count,
        () -> {
          waits.incrementAndGet();
          read.countDown();
        });
    closeInGoodOrder(sender);
    assertEquals(count, received.get());
    assertTrue(waits.get() > 0, "the sender had to wait");
    pair.client().channel().close();
  }

  @Test
  void aWaitingThreadIsWokenByMessagesOnly() throws Exception {
    Pair pair = Pair.open(StreamOptions.DEFAULT, threads);
    List<String> texts = new ArrayList<>();
    int messages = 50;
    Future<Integer> wakeups =
        threads.submit(
            () ->
                ReadinessLoop.receive(pair.client().channel(), pair.client().stream(), texts::add));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      expected.add("message " + i);
      assertEquals(WriteOutcome.SENT, pair.server().stream().sendText("message " + i));
    }
    closeInGoodOrder(pair.server());
    assertTrue(wakeups.get() <= messages + 2, "woken " + wakeups.get() + " times");
    assertEquals(expected, texts);
    pair.client().channel().close();
  }

  private static void closeInGoodOrder(Client client) throws IOException {
    client.stream().close();
    ReadinessLoop.receive(client.channel(), client.stream(), text -> {});
    client.channel().close();
  }

  /** A connection, and the means to wait for an answer. */
  private record Client(SocketChannel channel, WebSocketStream stream) {

    static Client of(SocketChannel channel, StreamHandshake handshake) throws IOException {
      try (Selector selector = Selector.open()) {
        SelectionKey key = channel.register(selector, 0);
        while (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
          key.interestOps(handshake.interest().selectionOps());
          selector.select(ready -> {}, handshake.selectTimeoutMillis());
        }
      }
      return new Client(channel, handshake.stream());
    }

    static Client of(URI uri) throws IOException {
      SocketChannel channel = LowLatencySocket.connect(uri);
      return of(channel, WebSocketStream.client(channel, uri));
    }

    String ask(String question) throws IOException {
      assertEquals(WriteOutcome.SENT, stream.sendText(question));
      try (Selector selector = Selector.open()) {
        channel.register(selector, SelectionKey.OP_READ);
        while (stream.read() != ReadOutcome.TEXT) {
          selector.select(ready -> {});
        }
      }
      return stream.text();
    }
  }

  /** Both ends of a connection. */
  private record Pair(Client client, Client server) {

    static Pair open(StreamOptions options, ExecutorService threads) throws Exception {
      try (ServerSocketChannel listener = ServerSocketChannel.open()) {
        listener.bind(new InetSocketAddress("127.0.0.1", 0));
        URI uri = URI.create("ws://127.0.0.1:" + listener.socket().getLocalPort() + "/");
        Callable<Client> connect = () -> Client.of(uri);
        Future<Client> client = threads.submit(connect);
        SocketChannel accepted = listener.accept();
        accepted.configureBlocking(false);
        Client server = Client.of(accepted, WebSocketStream.accept(accepted, options));
        return new Pair(client.get(), server);
      }
    }
  }
}
