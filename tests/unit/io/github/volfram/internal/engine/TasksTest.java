package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TasksTest {

  /** Without a transport, since nobody is to be woken here. */
  private final Tasks tasks = new Tasks(null);

  @Test
  void aLoopWithATaskDoesNotFallAsleep() {
    tasks.execute(() -> {});
    assertFalse(tasks.fallAsleep());
    tasks.wakeUp();
    assertEquals(1, tasks.run());
    assertTrue(tasks.fallAsleep());
  }

  @Test
  void aLoopThatIsToldToStopInTheMidstOfATurnDoesNotFallAsleep() {
    tasks.stop();
    tasks.run();
    assertFalse(tasks.fallAsleep());
  }
}
