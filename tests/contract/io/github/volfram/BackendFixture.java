package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What tests of servers and clients on both backends share. */
@ParameterizedClass
@EnumSource(
    value = Backend.class,
    names = {"NATIVE", "NIO"})
abstract class BackendFixture {

  final Backend backend;
  final List<AutoCloseable> open = new ArrayList<>();
  final Collection<Thread> threads = new ConcurrentLinkedQueue<>();

  BackendFixture(Backend backend) {
    Peers.require(backend);
    this.backend = backend;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  static class Echo implements WebSocketListener {
    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      webSocket.offerTextUtf8(utf8);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      webSocket.offerBinary(payload);
    }
  }

  /** Counts what it hears. */
  static class Closes implements WebSocketListener {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final Collection<Integer> codes = new ConcurrentLinkedQueue<>();

    @Override
    public void onOpen(WebSocket webSocket) {
      opened.incrementAndGet();
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      codes.add(code);
      closed.incrementAndGet();
    }
  }

  Thread noted(Runnable task) {
    Thread thread = new Thread(task, "noted");
    threads.add(thread);
    return thread;
  }

  ServerOptions.Builder options() {
    return ServerOptions.builder().backend(backend).threadFactory(this::noted);
  }

  WebSocketServer server(ServerOptions options, WebSocketListener listener) throws IOException {
    WebSocketServer server = WebSocketServer.start(options, listener);
    open.add(server);
    return server;
  }

  WebSocketClient client() {
    return client(ClientOptions.builder().backend(backend).build());
  }

  WebSocketClient client(ClientOptions options) {
    WebSocketClient client = WebSocketClient.create(options);
    open.add(client);
    return client;
  }

  static URI uri(WebSocketServer server) {
    return URI.create("ws://127.0.0.1:" + server.port() + "/");
  }

  static WebSocket connect(
      WebSocketClient client, WebSocketServer server, WebSocketListener listener) throws Exception {
    return client.connect(uri(server), listener).get(30, TimeUnit.SECONDS);
  }

  static void until(String what, java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "has not happened: " + what);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  /** Waits until a connection's loop has looked at what it was asked so far. */
  static void awaitLoop(WebSocket webSocket) throws InterruptedException {
    CountDownLatch looked = new CountDownLatch(1);
    webSocket.batch(looked::countDown);
    assertTrue(looked.await(60, TimeUnit.SECONDS), "the loop does not look");
  }

  void assertThreadsEnded() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(30_000);
      assertFalse(thread.isAlive(), "a loop's thread is alive");
    }
  }

  static Throwable failure(CompletableFuture<WebSocket> future) {
    return assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
        .getCause();
  }
}
