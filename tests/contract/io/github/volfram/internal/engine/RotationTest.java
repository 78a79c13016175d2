package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.FakeNetwork;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets the next connection. */
final class RotationTest {

  private final FakeNetwork network = new FakeNetwork();

  private EventLoop loop() {
    return new EventLoop(
        network.open(),
        JavaMasker.INSTANCE,
        new DeflatePool(6, 1, 1),
        Idle.ofInvoker(),
        network::nanoTime);
  }

  /** As if another thread asked for a loop each time that this one has looked at one. */
  private static final class Contended extends AbstractList<EventLoop> {
    private final List<EventLoop> loops;
    private Rotation rotation;
    private boolean within;

    Contended(List<EventLoop> loops) {
      this.loops = loops;
    }

    @Override
    public EventLoop get(int index) {
      if (!within) {
        within = true;
        rotation.next();
        within = false;
      }
      return loops.get(index);
    }

    @Override
    public int size() {
      return loops.size();
    }
  }

  @Test
  void theLoopThatWorksIsFoundWhileOthersAskAsWell() {
    EventLoop failed = loop();
    EventLoop works = loop();
    failed.tasks().stop();
    Contended loops = new Contended(List.of(failed, works));
    loops.rotation = new Rotation(loops);
    for (int i = 0; i < 10; i++) {
      assertSame(works, loops.rotation.next());
    }
  }
}
