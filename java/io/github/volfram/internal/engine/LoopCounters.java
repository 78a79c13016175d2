package io.github.volfram.internal.engine;

import io.github.volfram.Counters;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one loop has done, as numbers. Written by the loop's thread alone, without a full fence or a
 * locked instruction; any thread may read them, and finds them written in their order.
 */
final class LoopCounters {

  private static final int ACCEPTED = 0;
  private static final int OPEN = 1;
  private static final int REFUSED = 2;
  private static final int HANDSHAKES_FAILED = 3;
  private static final int MESSAGES_RECEIVED = 4;
  private static final int MESSAGES_SENT = 5;
  private static final int MESSAGES_DROPPED = 6;
  private static final int BYTES_RECEIVED = 7;
  private static final int BYTES_SENT = 8;
  private static final int CLEAN_CLOSES = 9;
  private static final int ABNORMAL_CLOSES = 10;
  private static final int COUNT = 11;

  /** Two cache lines before and after, so that no neighbour's writes slow ours or the reverse. */
  private static final int PADDING = 128 / Long.BYTES;

  private final AtomicLongArray numbers = new AtomicLongArray(PADDING + COUNT + PADDING);

  private void add(int number, long amount) {
    int at = PADDING + number;
    numbers.setRelease(at, numbers.getPlain(at) + amount);
  }

  void accepted() {
    add(ACCEPTED, 1);
  }

  /** A socket was closed or answered 503 because of a limit. */
  void refused() {
    add(REFUSED, 1);
  }

  void handshakeFailed() {
    add(HANDSHAKES_FAILED, 1);
  }

  void opened() {
    add(OPEN, 1);
  }

  /** A connection that was open has ended. */
  void closed(boolean cleanly) {
    add(cleanly ? CLEAN_CLOSES : ABNORMAL_CLOSES, 1);
    add(OPEN, -1);
  }

  void receivedMessage() {
    add(MESSAGES_RECEIVED, 1);
  }

  void sentMessage() {
    add(MESSAGES_SENT, 1);
  }

  void droppedMessage() {
    add(MESSAGES_DROPPED, 1);
  }

  void received(long bytes) {
    add(BYTES_RECEIVED, bytes);
  }

  void sent(long bytes) {
    add(BYTES_SENT, bytes);
  }

  /** The numbers of all loops, added up. Any thread. */
  static Counters sum(List<EventLoop> loops) {
    long[] sums = new long[COUNT];
    for (EventLoop loop : loops) {
      for (int number = 0; number < COUNT; number++) {
        sums[number] += loop.counters.numbers.getAcquire(PADDING + number);
      }
    }
    return new Counters(
        sums[ACCEPTED],
        sums[OPEN],
        sums[REFUSED],
        sums[HANDSHAKES_FAILED],
        sums[MESSAGES_RECEIVED],
        sums[MESSAGES_SENT],
        sums[MESSAGES_DROPPED],
        sums[BYTES_RECEIVED],
        sums[BYTES_SENT],
        sums[CLEAN_CLOSES],
        sums[ABNORMAL_CLOSES]);
  }
}
