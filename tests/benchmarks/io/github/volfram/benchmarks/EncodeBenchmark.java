package io.github.volfram.benchmarks;

import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MaskingKeys;
import io.github.volfram.internal.frame.Opcode;
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

/** From a payload to the bytes of a frame in the send arena, as a server and as a client. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class EncodeBenchmark {

  @Param({"64", "1024", "16384", "1048576"})
  public int length;

  private final MaskingKeys keys = new MaskingKeys();
  private ByteBuffer payload;
  private ByteBuffer arena;

  @Setup
  public void prepare() {
    payload = Payloads.binary(length);
    arena = ByteBuffer.allocateDirect(FrameEncoder.MAX_HEADER_BYTES + length);
  }

  @Benchmark
  public int serverFrame() {
    int header = FrameEncoder.putHeader(arena, 0, true, 0, Opcode.BINARY, length);
    arena.put(header, payload, 0, length);
    return header;
  }

  @Benchmark
  public int clientFrame(Subject subject) {
    int key = keys.next();
    int header = FrameEncoder.putMaskedHeader(arena, 0, true, 0, Opcode.BINARY, length, key);
    arena.put(header, payload, 0, length);
    subject.instance.mask(arena, header, length, key, 0);
    return header;
  }
}
