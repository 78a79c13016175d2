package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What an end of a connection was told, in order: written by its thread, read by the test. */
final class EventLog {

  /** How long a test waits for what must happen: ample, for it ends a failing test only. */
  static final int PATIENCE_SECONDS = 30;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  void add(Event event) {
    events.add(event);
  }

  /** Waits for the next event and takes it. */
  Event next() {
    try {
      Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return event != null ? event : fail("nothing happened for " + PATIENCE_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted while waiting for an event");
    }
  }

  /** Waits for these events, in this order. */
  void expect(Event... expected) {
    for (Event event : expected) {
      assertEquals(event, next());
    }
  }

  /** Waits for the first event of this kind and takes it, with all before it. */
  Event expectSooner(String kind) {
    Event event = next();
    while (!event.kind().equals(kind)) {
      event = next();
    }
    return event;
  }

  /** Nothing has happened that no call here has taken. */
  void expectNoMore() {
    assertEquals(List.of(), taken());
  }

  /** Takes everything that has happened so far. */
  List<Event> taken() {
    List<Event> all = new ArrayList<>();
    events.drainTo(all);
    return all;
  }
}
