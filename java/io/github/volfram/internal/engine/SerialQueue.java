package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The callbacks of one connection that wait for the executor. Invariant: they run in the order in
 * which they were added and never at the same time, for the executor has this queue at most once.
 */
final class SerialQueue implements Runnable {

  /** How many callbacks run before the executor's other work has its turn. */
  private static final int BATCH = 64;

  private record Event(int payloadBytes, boolean last, Runnable callback) {}

  private final WebSocket webSocket;
  private final Executor executor;
  private final Inbound inbound;
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  /** How many events there are, the one that runs included. */
  private final AtomicInteger pending = new AtomicInteger();

  /** Whether a callback threw, so that only the last is to come. Of whoever runs this. */
  private boolean failed;

  SerialQueue(WebSocket webSocket, Executor executor, int maxQueuedBytes) {
    this.webSocket = webSocket;
    this.executor = executor;
    this.inbound = new Inbound(webSocket, maxQueuedBytes);
  }

  /**
   * Adds a callback.
   *
   * @throws RejectedExecutionException when the executor takes no more work; the callback is
   *     dropped then
   */
  void add(int payloadBytes, Runnable callback) {
    events.add(new Event(payloadBytes, false, callback));
    inbound.added(payloadBytes);
    if (pending.getAndIncrement() == 0) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        events.clear(); // there was only this one
        pending.set(0);
        inbound.removed(payloadBytes);
        throw e;
      }
    }
  }

  /** Adds the last callback; it runs even when the executor takes no more work. */
  void end(Runnable callback) {
    events.add(new Event(0, true, callback));
    if (pending.getAndIncrement() == 0) {
      submit();
    }
  }

  private void submit() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      drain(Integer.MAX_VALUE);
    }
  }

  @Override
  public void run() {
    if (drain(BATCH)) {
      submit();
    }
  }

  /** Runs at most so many; returns whether some are left. */
  private boolean drain(int most) {
    for (int done = 0; done < most; done++) {
      Event event = events.poll();
      if (event != null) {
        run(event);
      }
      if (pending.decrementAndGet() == 0) {
        return false;
      }
    }
    return true;
  }

  private void run(Event event) {
    try {
      if (!failed || event.last()) {
        event.callback().run();
      }
    } catch (Throwable thrown) {
      failed = true;
      failed(event, thrown);
    } finally {
      if (!event.last()) {
        inbound.removed(event.payloadBytes());
      }
    }
  }

  private void failed(Event event, Throwable thrown) {
    if (event.last()) {
      Log.callbackThrew(thrown);
    } else if (webSocket instanceof Connection connection) {
      connection.loop.tasks().execute(() -> connection.callbackThrew(thrown));
    } else { // a test's double
      webSocket.abort();
    }
  }
}
