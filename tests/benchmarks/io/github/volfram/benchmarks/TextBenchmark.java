package io.github.volfram.benchmarks;

import static io.github.volfram.internal.transport.Masker.UTF8_COMPLETE;

import io.github.volfram.internal.frame.JavaMasker;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
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

/** Judging UTF-8 alone and fused with unmasking, beside what the JDK has for it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class TextBenchmark {

  private static final int NO_KEY = 0;

  @Param({"ascii", "mixed"})
  public String text = "";

  @Param({"64", "256", "512", "1024", "4096", "16384", "1048576"})
  public int length;

  private ByteBuffer payload;
  private CharsetDecoder decoder;
  private CharBuffer chars;

  @Setup
  public void prepare() {
    payload = Payloads.text(text, length);
    decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    chars = CharBuffer.allocate(length);
    int state = JavaMasker.INSTANCE.maskText(payload, 0, length, Payloads.KEY, 0, UTF8_COMPLETE);
    if (state != UTF8_COMPLETE) {
      throw new IllegalStateException("the text is not well-formed under the key");
    }
  }

  @Benchmark
  public int validate(Subject subject) {
    return subject.instance.maskText(payload, 0, length, NO_KEY, 0, UTF8_COMPLETE);
  }

  @Benchmark
  public int unmaskAndValidate(Subject subject) {
    return subject.instance.maskText(payload, 0, length, Payloads.KEY, 0, UTF8_COMPLETE);
  }

  /** What a library without its own validation does. */
  @Benchmark
  public CoderResult charsetDecoder() {
    return decoder.reset().decode(payload.rewind(), chars.clear(), true);
  }
}
