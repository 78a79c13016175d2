package io.github.volfram.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The timers of a loop with 10,000 connections. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class DeadlinesBenchmark {

  private static final int SLOTS = 10_000;
  private static final long SECOND = 1_000_000_000L;

  /** About as long as a turn under load. */
  private static final long TURN = 100_000L;

  private final Deadlines deadlines = new Deadlines(0);
  private final IntConsumer rearm = this::rearm;
  private long now;
  private int slot;

  @Setup
  public void arm() {
    for (int i = 0; i < SLOTS; i++) {
      deadlines.set(i, 60 * SECOND * i / SLOTS);
    }
  }

  private void rearm(int expired) {
    deadlines.set(expired, now + 60 * SECOND);
  }

  /** One connection's deadline moves. */
  @Benchmark
  public void set() {
    slot = slot + 7919 < SLOTS ? slot + 7919 : slot + 7919 - SLOTS;
    deadlines.set(slot, now + 60 * SECOND);
  }

  /** What a turn asks: how long to wait, and whose time has come. */
  @Benchmark
  public long turn() {
    now += TURN;
    long wait = deadlines.nanosToNext(now);
    deadlines.expire(now, rearm);
    return wait;
  }
}
