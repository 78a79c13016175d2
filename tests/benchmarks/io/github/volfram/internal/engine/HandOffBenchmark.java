package io.github.volfram.internal.engine;

import io.github.volfram.IdleStrategy;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.benchmarks.Payloads;
import io.github.volfram.internal.frame.JavaMasker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs another thread to send: the message is copied, queued, and sent by the loop, which
 * has a core of its own. The result is the time between two messages that were taken.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class HandOffBenchmark {

  @Param({"SPIN", "BLOCK"})
  public IdleStrategy idle;

  @Param({"64", "1024"})
  public int length;

  private EventLoop loop;
  private Thread thread;
  private WebSocket webSocket;
  private ByteBuffer payload;

  @Setup
  public void open() throws Exception {
    payload = Payloads.binary(length);
    ScriptedTransport network = new ScriptedTransport(1, ByteBuffer.allocateDirect(0), 0, 0);
    loop = network.newLoop(JavaMasker.INSTANCE, idle);
    CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onOpen(WebSocket connection) {
            opened.complete(connection);
          }
        };
    thread = new Thread(() -> run(network, listener), "loop");
    thread.start();
    webSocket = opened.get();
  }

  private void run(ScriptedTransport network, WebSocketListener listener) {
    try {
      network.open(loop, request -> UpgradeResponse.accept(listener));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    loop.run();
  }

  @TearDown
  public void close() throws InterruptedException {
    loop.tasks().stop();
    thread.join();
  }

  @Benchmark
  public void offer() {
    while (!webSocket.offerBinary(payload)) {
      Thread.onSpinWait();
    }
  }
}
