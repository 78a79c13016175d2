package io.github.volfram.internal.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives new connections to one event loop after the other. Any thread may use it. */
final class Rotation {

  private final List<EventLoop> loops;
  private final AtomicInteger turn = new AtomicInteger();

  Rotation(List<EventLoop> loops) {
    this.loops = loops;
  }

  /** The next one that has not failed; one that has when there is no other. */
  EventLoop next() {
    EventLoop loop = advance();
    for (int i = 1; i < loops.size() && loop.tasks().isStopping(); i++) {
      loop = advance();
    }
    return loop.tasks().isStopping() ? any(loop) : loop; // other threads have had their turns
  }

  private EventLoop any(EventLoop failed) {
    for (EventLoop loop : loops) {
      if (!loop.tasks().isStopping()) {
        return loop;
      }
    }
    return failed;
  }

  private EventLoop advance() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }
}
