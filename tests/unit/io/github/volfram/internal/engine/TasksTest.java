package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.IdleStrategy;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.FakeNetwork;
import io.github.volfram.internal.transport.nio.NioTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TasksTest {

  private static EventLoop start(List<Thread> threads) {
    EventLoop loop =
        new EventLoop(
            new NioTransport(),
            JavaMasker.INSTANCE,
            new DeflatePool(6, 4, 16),
            new Idle(IdleStrategy.BLOCK, false),
            System::nanoTime);
    Thread thread = new Thread(loop::run, "loop");
    threads.add(thread);
    thread.start();
    return loop;
  }

  @Test
  void noWakeupIsLostWhenTheLoopFallsAsleepAfterEachTask() throws Exception {
    List<Thread> threads = new ArrayList<>();
    EventLoop loop = start(threads);
    for (int i = 0; i < 10_000; i++) { // crosses the chunks of the queue many times
      CountDownLatch done = new CountDownLatch(1);
      loop.tasks().execute(done::countDown);
      assertTrue(done.await(20, TimeUnit.SECONDS), "lost at " + i);
    }
    loop.tasks().stop();
    threads.get(0).join();
  }

  @Test
  void tasksOfManyThreadsRunOnceAndInTheOrderOfEachThread() throws Exception {
    List<Thread> threads = new ArrayList<>();
    EventLoop loop = start(threads);
    int count = 10_000;
    int[] last = new int[4];
    AtomicInteger misplaced = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(last.length * count);
    for (int t = 0; t < last.length; t++) {
      int id = t;
      Thread producer =
          new Thread(
              () -> {
                for (int i = 1; i <= count; i++) {
                  int number = i;
                  loop.tasks()
                      .execute(
                          () -> {
                            if (last[id] + 1 != number || !loop.tasks().isCurrent()) {
                              misplaced.incrementAndGet();
                            }
                            last[id] = number;
                            all.countDown();
                          });
                }
              });
      threads.add(producer);
      producer.start();
    }
    assertTrue(all.await(40, TimeUnit.SECONDS));
    loop.tasks().stop();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, misplaced.get());
  }

  @Test
  void everyTaskTakenAroundTheEndRunsOnce() throws Exception {
    for (int round = 0; round < 50; round++) {
      List<Thread> threads = new ArrayList<>();
      EventLoop loop = start(threads);
      AtomicInteger ran = new AtomicInteger();
      AtomicInteger asked = new AtomicInteger();
      CountDownLatch begun = new CountDownLatch(2);
      for (int t = 0; t < 2; t++) {
        Thread producer =
            new Thread(
                () -> {
                  begun.countDown();
                  for (int i = 0; i < 2000; i++) {
                    loop.tasks().execute(ran::incrementAndGet);
                    asked.incrementAndGet();
                  }
                });
        threads.add(producer);
        producer.start();
      }
      begun.await();
      loop.tasks().stop();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(asked.get(), ran.get(), "round " + round);
      assertFalse(loop.tasks().tryExecute(ran::incrementAndGet));
      assertEquals(asked.get(), ran.get());
    }
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheOthers() {
    Tasks tasks = new Tasks(new FakeNetwork().open());
    tasks.begin();
    List<Integer> ran = new ArrayList<>();
    tasks.execute(
        () -> {
          throw new IllegalStateException("test");
        });
    tasks.execute(() -> ran.add(1));
    assertEquals(2, tasks.run());
    assertEquals(List.of(1), ran);
  }

  @Test
  void onlyASleeperIsWoken() throws Exception {
    FakeNetwork network = new FakeNetwork();
    Tasks tasks = new Tasks(network.open());
    assertTrue(tasks.fallAsleep());
    tasks.wakeUp();
    tasks.execute(() -> {});
    assertFalse(tasks.fallAsleep(), "there is something to do");
    tasks.wakeUp();
    assertEquals(1, tasks.run());
    assertTrue(tasks.fallAsleep());
  }

  @Test
  void aLoopThatIsToEndDoesNotFallAsleepEvenWhenItRanTheTaskThatSaysSo() {
    Tasks tasks = new Tasks(new FakeNetwork().open());
    tasks.begin();
    tasks.stop();
    assertEquals(1, tasks.run());
    assertFalse(tasks.fallAsleep());
  }

  @Test
  void aTurnRunsManyTasksButNotWithoutEnd() {
    Tasks tasks = new Tasks(new FakeNetwork().open());
    tasks.begin();
    Runnable[] again = new Runnable[1];
    again[0] = () -> tasks.execute(again[0]);
    tasks.execute(again[0]);
    assertTrue(tasks.run() < 100_000);
    assertFalse(tasks.fallAsleep());
  }
}
