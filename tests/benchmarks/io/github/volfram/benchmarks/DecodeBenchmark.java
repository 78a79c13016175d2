package io.github.volfram.benchmarks;

import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.FrameLimits;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.MessageSink;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.ProtocolViolation;
import io.github.volfram.internal.frame.Role;
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

/** From the bytes of a received frame to a message: header, unmasking, UTF-8, delivery in place. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class DecodeBenchmark {

  private static final FrameLimits LIMITS = new FrameLimits(2 << 20, 2 << 20, 16);

  /** Counts, so that nothing of the delivery can be left out. */
  private static final class Counter implements MessageSink {
    long bytes;

    @Override
    public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
      bytes += length;
      return true;
    }

    @Override
    public boolean ping(ByteBuffer buffer, int index, int length) {
      throw new AssertionError("expected a message, got a ping");
    }

    @Override
    public boolean pong(ByteBuffer buffer, int index, int length) {
      throw new AssertionError("expected a message, got a pong");
    }

    @Override
    public boolean close(int code, String reason) {
      throw new AssertionError("expected a message, got a close " + code);
    }
  }

  @Param({"binary", "ascii", "mixed"})
  public String payload = "";

  @Param({"64", "1024", "16384", "1048576"})
  public int length;

  private final Counter counter = new Counter();
  private MessageAssembler assembler;
  private ByteBuffer frame;
  private int frameBytes;

  @Setup
  public void prepare(Subject subject) {
    assembler =
        new MessageAssembler(Role.SERVER, LIMITS, subject.instance, new PayloadPool(4 << 20), true);
    boolean binary = payload.equals("binary");
    ByteBuffer content = binary ? Payloads.binary(length) : Payloads.text(payload, length);
    frame = ByteBuffer.allocateDirect(FrameEncoder.MAX_HEADER_BYTES + length);
    int opcode = binary ? Opcode.BINARY : Opcode.TEXT;
    int header = FrameEncoder.putMaskedHeader(frame, 0, true, 0, opcode, length, Payloads.KEY);
    frame.put(header, content, 0, length);
    frameBytes = header + length;
  }

  /** Each call finds what the one before left: the key only flips bits that do not matter. */
  @Benchmark
  public long decode() throws ProtocolViolation {
    assembler.receive(frame, 0, frameBytes, counter);
    return counter.bytes;
  }
}
