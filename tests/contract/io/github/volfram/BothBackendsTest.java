package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and clients with threads of their own, on both backends. */
@Timeout(120)
final class BothBackendsTest extends BackendFixture {

  BothBackendsTest(Backend backend) {
    super(backend);
  }

  @Test
  void messagesOfEightThreadsArriveInTheOrderOfEachThread_R13() throws Exception {
    int perThread = 2000;
    int[] last = new int[8];
    AtomicInteger misplaced = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(last.length * perThread);
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              @Override
              public void onText(WebSocket webSocket, String text) {
                String[] parts = text.split(" ");
                int thread = Integer.parseInt(parts[0]);
                int number = Integer.parseInt(parts[1]);
                if (last[thread] + 1 != number) {
                  misplaced.incrementAndGet();
                }
                last[thread] = number;
                all.countDown();
              }
            });
    WebSocket webSocket = connect(client(), server, new WebSocketListener() {});
    List<Thread> senders = new ArrayList<>();
    for (int t = 0; t < last.length; t++) {
      int id = t;
      Thread sender =
          new Thread(
              () -> {
                for (int i = 1; i <= perThread; i++) {
                  while (!webSocket.offerText(id + " " + i)) {
                    Thread.yield(); // full
                  }
                }
              });
      senders.add(sender);
      sender.start();
    }
    assertTrue(all.await(60, TimeUnit.SECONDS), "left: " + all.getCount());
    for (Thread sender : senders) {
      sender.join();
    }
    assertEquals(0, misplaced.get());
    until("everything is counted as sent", () -> webSocket.bufferedBytes() == 0);
  }

  @Test
  void everySendDuringACloseIsAnsweredOnce_R13() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    WebSocketClient client = client();
    for (int round = 0; round < 20; round++) {
      Closes closes = new Closes();
      WebSocket webSocket = connect(client, server, closes);
      AtomicInteger answers = new AtomicInteger();
      List<Thread> senders = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Thread sender =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    webSocket.sendBinary(
                        ByteBuffer.allocate(100), failure -> answers.incrementAndGet());
                  }
                });
        senders.add(sender);
        sender.start();
      }
      if (round % 2 == 0) {
        webSocket.close();
      } else {
        webSocket.abort();
      }
      for (Thread sender : senders) {
        sender.join();
      }
      until("all answered", () -> answers.get() == 800);
      until("closed", () -> closes.closed.get() == 1);
      assertFalse(webSocket.isOpen());
      assertFalse(webSocket.offerText("x"));
      CompletableFuture<Void> late = webSocket.sendText("x");
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> late.get(30, TimeUnit.SECONDS));
      assertInstanceOf(WebSocketClosedException.class, failed.getCause());
      assertEquals(1, closes.closed.get());
    }
    until("the server has let go", () -> server.connectionCount() == 0);
    assertEquals(0, client.connectionCount());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void closingAServerUnderLoadTellsAllAndFreesThePort_R15(int loops) throws Exception {
    Closes atServer =
        new Closes() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            webSocket.offerBinary(payload);
          }
        };
    WebSocketServer server = server(options().loops(loops).build(), atServer);
    int port = server.port();
    WebSocketClient client = client();
    Closes atClient =
        new Closes() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            webSocket.offerBinary(payload);
          }
        };
    for (int i = 0; i < 30; i++) {
      connect(client, server, atClient).offerBinary(ByteBuffer.allocate(100 + i * 100));
    }
    until("open", () -> atServer.opened.get() == 30);
    server.close();
    server.close();
    assertEquals(30, atServer.closed.get());
    until("closed", () -> atClient.closed.get() == 30);
    for (int code : atClient.codes) {
      assertEquals(CloseCode.GOING_AWAY, code);
    }
    assertThreadsEnded();
    assertEquals(0, server.connectionCount());
    assertEquals(port, server(options().port(port).build(), new Echo()).port());
  }

  @Test
  void aServerMayBeClosedFromACallback_R15() throws Exception {
    CompletableFuture<WebSocketServer> itself = new CompletableFuture<>();
    Closes atServer =
        new Closes() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            itself.join().close();
          }
        };
    WebSocketServer server = server(options().build(), atServer);
    itself.complete(server);
    Closes atClient = new Closes();
    connect(client(), server, atClient).offerText("close");
    until("closed", () -> atClient.closed.get() == 1);
    assertEquals(List.of(CloseCode.GOING_AWAY), List.copyOf(atClient.codes));
    server.close(); // waits for what the callback has begun
    assertEquals(1, atServer.closed.get());
    for (Thread thread : threads) {
      assertFalse(thread.isAlive(), "close() has returned before the loop had ended");
    }
  }

  @Test
  void aServerWithAPeerThatDoesNotAnswerClosesInTime_R15() throws Exception {
    WebSocketServer server =
        server(options().shutdownTimeout(Duration.ofMillis(100)).build(), new Echo());
    try (java.net.Socket silent = new java.net.Socket("127.0.0.1", server.port())) {
      silent.setSoTimeout(30_000);
      until("accepted", () -> server.connectionCount() == 1);
      server.close();
      assertEquals(0, server.connectionCount());
      assertThreadsEnded();
      assertThrows(
          IOException.class,
          () -> {
            if (silent.getInputStream().read() < 0) {
              throw new IOException("end");
            }
          });
    }
  }

  @Test
  void addressesAreThoseOfTheSocket() throws Exception {
    CompletableFuture<WebSocket> atServer = new CompletableFuture<>();
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket webSocket) {
                atServer.complete(webSocket);
              }
            });
    WebSocket atClient = connect(client(), server, new Echo());
    WebSocket accepted = atServer.get(30, TimeUnit.SECONDS);
    assertEquals(atClient.localAddress(), accepted.remoteAddress());
    assertEquals(atClient.remoteAddress(), accepted.localAddress());
    assertEquals(
        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.port()),
        atClient.remoteAddress());
  }

  @Test
  void addressesAreKnownToOtherThreadsWhileTheLoopIsBusy() throws Exception {
    CompletableFuture<SocketAddress> known = new CompletableFuture<>();
    WebSocketListener busy =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            // As two loops that ask for a connection of the other one each.
            CompletableFuture<SocketAddress> elsewhere =
                CompletableFuture.supplyAsync(webSocket::localAddress);
            try {
              known.complete(elsewhere.get(20, TimeUnit.SECONDS));
            } catch (Exception e) {
              known.completeExceptionally(e);
            }
          }
        };
    WebSocketServer server = server(options().build(), busy);
    connect(client(), server, new WebSocketListener() {}).offerText("go");
    assertEquals(server.address(), known.get(60, TimeUnit.SECONDS));
  }
}
