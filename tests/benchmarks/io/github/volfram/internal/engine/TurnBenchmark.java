package io.github.volfram.internal.engine;

import io.github.volfram.IdleStrategy;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.benchmarks.Payloads;
import io.github.volfram.benchmarks.Subject;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.Opcode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole turn of an event loop over a network that costs nothing: receive, decode, listener, send,
 * 64 messages in a turn; the result is the time of one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class TurnBenchmark {

  private static final int MESSAGES = 64;

  /** Answers every message with itself. */
  private static final class Echo implements WebSocketListener {
    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      webSocket.offerTextUtf8(utf8);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      webSocket.offerBinary(payload);
    }
  }

  @Param({"binary", "ascii", "mixed"})
  public String payload = "";

  @Param({"64", "1024", "16384"})
  public int length;

  /** How many messages one receive brings; there are as many fewer connections. */
  @Param({"1", "16"})
  public int depth;

  private ScriptedTransport network;
  private EventLoop loop;

  @Setup
  public void open(Subject subject) throws IOException {
    boolean binary = payload.equals("binary");
    ByteBuffer content = binary ? Payloads.binary(length) : Payloads.text(payload, length);
    int opcode = binary ? Opcode.BINARY : Opcode.TEXT;
    int header = FrameEncoder.headerBytes(length, true);
    ByteBuffer frame = ByteBuffer.allocateDirect(header + length);
    FrameEncoder.putMaskedHeader(frame, 0, true, 0, opcode, length, Payloads.KEY);
    frame.put(header, content, 0, length);
    network = new ScriptedTransport(MESSAGES / depth, frame, header, depth);
    loop = network.newLoop(subject.instance, IdleStrategy.SPIN);
    WebSocketListener echo = new Echo();
    network.open(loop, request -> UpgradeResponse.accept(echo));
    network.deliver();
    long before = network.sentBytes();
    loop.poll();
    loop.poll(); // what the first turn has answered is submitted by the second
    long expected = MESSAGES * (long) (FrameEncoder.headerBytes(length, false) + length);
    if (network.sentBytes() - before < expected) {
      throw new IllegalStateException("expected an echo of " + expected + " bytes");
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int echo() throws IOException {
    return loop.poll();
  }
}
