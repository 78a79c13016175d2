package io.github.volfram.internal.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what would block an event loop. Those that wait for others, for name servers say, are
 * not those that handshakes of TLS need: a name server that does not answer must not hold up the
 * connections of a server. Any thread.
 */
final class Background {

  private static final int MAX_THREADS = 16;
  private static final long IDLE_SECONDS = 10;

  private static final ThreadPoolExecutor WAITING = threads("volfram-background");
  private static final ThreadPoolExecutor TLS = threads("volfram-tls");

  private Background() {}

  private static ThreadPoolExecutor threads(String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Runs what may wait for long: name resolution, code of the application. */
  static void execute(Runnable task) {
    WAITING.execute(task);
  }

  /** Runs a task of TLS: keys and certificates. */
  static void executeTls(Runnable task) {
    TLS.execute(task);
  }
}
