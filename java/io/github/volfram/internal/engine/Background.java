package io.github.volfram.internal.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for what would block an event loop: name resolution, certificate checks. Any thread. */
final class Background {

  private static final int MAX_THREADS = 16;
  private static final long IDLE_SECONDS = 10;

  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          MAX_THREADS,
          MAX_THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "volfram-background");
            thread.setDaemon(true);
            return thread;
          });

  static {
    THREADS.allowCoreThreadTimeOut(true);
  }

  private Background() {}

  static void execute(Runnable task) {
    THREADS.execute(task);
  }
}
