package io.github.volfram.benchmarks;

import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/** Masking alone, beside a copy of as many bytes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class MaskBenchmark {

  private static final int KEY = 0x37FA213D;

  @Param({"64", "256", "512", "768", "1024", "1536", "4096", "16384", "1048576"})
  public int length;

  private ByteBuffer payload;
  private ByteBuffer copy;

  @Setup
  public void prepare() {
    payload = Payloads.binary(length);
    copy = ByteBuffer.allocateDirect(length);
  }

  @Benchmark
  public void mask(Subject subject) {
    subject.instance.mask(payload, 0, length, KEY, 0);
  }

  /** The mark: as long as the payload is in a cache, masking cannot beat it. */
  @Benchmark
  public ByteBuffer copy() {
    return copy.put(0, payload, 0, length);
  }
}
