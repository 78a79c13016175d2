package io.github.volfram.benchmarks.clients;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * One connection's part in a run: compares each answer with what was sent, and sends the next. Its
 * methods are called by one thread at a time.
 */
final class ClosedLoop {

  /** What all loops of a run have in common. */
  static final class Run {
    private static final int END_SECONDS = 30;

    private final CountDownLatch ended;

    /** Answers from here on are timed; 0 before. */
    volatile long fromNanos;

    volatile boolean stopped;

    Run(int loops) {
      ended = new CountDownLatch(loops);
    }

    /** Waits for the answers that are still under way. */
    void awaitEnd() throws InterruptedException {
      if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(ended.getCount() + " connections got no answer to their last message");
        Runtime.getRuntime().halt(1);
      }
    }
  }

  /** Steps of less than 1 % of a value. */
  private static final int DIGITS = 2;

  final AtomicLong answers = new AtomicLong();
  final Histogram latencies = new Histogram(DIGITS);

  private final Run run;
  private final byte[] payload;
  private final ByteBuffer expected;
  private Runnable sender;
  private long sentAt;

  ClosedLoop(Run run, int size) {
    this.run = run;
    payload = new byte[size];
    ThreadLocalRandom.current().nextBytes(payload);
    expected = ByteBuffer.wrap(payload).asReadOnlyBuffer();
  }

  byte[] payload() {
    return payload;
  }

  /** Sends the first message, and later ones by the same action. */
  void begin(Runnable action) {
    sender = action;
    send();
  }

  private void send() {
    sentAt = System.nanoTime();
    sender.run();
  }

  void answered(ByteBuffer answer) {
    if (!answer.equals(expected)) {
      failed("the answer differs from what was sent", null);
    }
    long time = System.nanoTime();
    if (run.stopped) {
      run.ended.countDown();
      return;
    }
    answers.lazySet(answers.get() + 1);
    long from = run.fromNanos;
    if (from != 0 && time >= from) {
      latencies.recordValue(time - sentAt);
    }
    send();
  }

  /** Ends the process, unless the run has ended anyway. */
  void failed(String what, Throwable cause) {
    if (!run.stopped) {
      System.err.println(what + (cause == null ? "" : ": " + cause));
      Runtime.getRuntime().halt(1);
    }
  }
}
