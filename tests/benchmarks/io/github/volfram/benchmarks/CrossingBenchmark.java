package io.github.volfram.benchmarks;

import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Transport;
import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativeSupport;
import io.github.volfram.internal.transport.nio.NioTransport;
import java.io.IOException;
import java.lang.reflect.Proxy;
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

/** What it costs to go to C and back, and what a turn costs in which nothing happens. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class CrossingBenchmark {

  /** A transport without sockets. */
  @State(Scope.Thread)
  public static class Idle {
    @Param({"native", "nio"})
    public String backend = "";

    Transport transport;

    @Setup
    public void open() {
      transport = backend.equals("native") ? new JnaTransport() : new NioTransport();
    }

    @TearDown
    public void close() {
      transport.close();
    }
  }

  private static final CompletionSink NO_EVENTS =
      (CompletionSink)
          Proxy.newProxyInstance(
              CompletionSink.class.getClassLoader(),
              new Class<?>[] {CompletionSink.class},
              (sink, method, arguments) -> {
                throw new AssertionError("expected no event, got " + method.getName());
              });

  private final NativeSupport support = NativeSupport.current();

  /** The shortest call: a function that returns a constant. */
  @Benchmark
  public int call() {
    return support.abiVersion();
  }

  /** One call that polls: a crossing and the kernel's share of an empty wait. */
  @Benchmark
  public int emptyTurn(Idle idle) throws IOException {
    return idle.transport.turn(0, NO_EVENTS);
  }
}
