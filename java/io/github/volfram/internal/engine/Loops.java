package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.ConnectionOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.transport.Transport;
import io.github.volfram.internal.transport.jna.NativeSupport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The event loops of one server or client, each with its thread. Any thread may use it. */
final class Loops {

  /** How many unused deflaters and inflaters a loop keeps: 10 MB. */
  private static final int MAX_IDLE_DEFLATERS = 32;

  /** How long loops may take to end when nothing is left to wait for. */
  private static final long STOP_NANOS = 5_000_000_000L;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final BackendChoice backend;
  private final Duration stallThreshold;
  private final List<EventLoop> loops = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Rotation rotation = new Rotation(loops);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** What the owner calls instead of threads, or null. */
  private final @Nullable Invoker invoker;

  /**
   * Opens the loops and makes their threads, which {@link #start} starts.
   *
   * @param name for the threads that the application does not make itself
   * @param daemon whether those threads let the process end
   */
  Loops(ConnectionOptions options, String name, boolean daemon) {
    backend = BackendChoice.of(options.backend(), options.poller());
    stallThreshold = options.stallThreshold();
    checkBusyPoll(ConnectionSettings.busyPollMicros(options));
    ThreadFactory factory = options.threadFactory();
    if (factory == null) {
      factory = task -> thread(task, name, daemon);
    }
    DeflateOptions deflate = options.deflate() == null ? DeflateOptions.DEFAULT : options.deflate();
    try {
      int count = options.invoker() ? 1 : options.loops();
      for (int i = 0; i < count; i++) {
        Transport transport = backend.newTransport();
        EventLoop loop =
            new EventLoop(
                transport,
                backend.newMasker(),
                new DeflatePool(deflate.level(), MAX_IDLE_DEFLATERS, deflate.maxDeflaters()),
                options.invoker() ? Idle.ofInvoker() : Idle.of(options.idle(), transport),
                System::nanoTime);
        loops.add(loop);
        if (options.invoker()) {
          continue;
        }
        Thread thread = factory.newThread(onCpu(options.cpus(), i, loop::run));
        if (thread == null) {
          throw new IllegalStateException("expected a thread of the threadFactory, got null");
        }
        threads.add(thread);
      }
    } catch (RuntimeException | Error e) {
      closeUnstarted();
      throw e;
    }
    invoker = options.invoker() ? new Invoker(first()) : null;
  }

  private void checkBusyPoll(int micros) {
    if (micros == 0) {
      return;
    }
    String failure =
        backend.backend() == Backend.NIO
            ? "the backend is nio, which has no such option"
            : NativeSupport.current().busyPoll(micros);
    if (!failure.isEmpty()) {
      Log.noBusyPoll(failure);
    }
  }

  private static Runnable onCpu(List<Integer> cpus, int index, Runnable task) {
    if (cpus.isEmpty()) {
      return task;
    }
    int cpu = cpus.get(index % cpus.size());
    return () -> {
      String failure = NativeSupport.current().pin(cpu);
      if (!failure.isEmpty()) {
        Log.notPinned(cpu, failure);
      }
      task.run();
    };
  }

  private static Thread thread(Runnable task, String name, boolean daemon) {
    Thread thread = new Thread(task, name + "-" + NUMBERS.incrementAndGet());
    thread.setDaemon(daemon);
    return thread;
  }

  BackendChoice backend() {
    return backend;
  }

  List<EventLoop> all() {
    return List.copyOf(loops);
  }

  EventLoop first() {
    return loops.get(0);
  }

  /** One loop after the other, without those that have failed while there are others. */
  EventLoop next() {
    return rotation.next();
  }

  /** Starts the threads: all, or none when one cannot be started. */
  void start() {
    int started = 0;
    try {
      for (Thread thread : threads) {
        thread.start();
        started++;
      }
    } catch (RuntimeException | Error e) {
      endStarted(started);
      throw e;
    }
    if (!stallThreshold.isZero()) {
      long nanos = ConnectionSettings.nanos(stallThreshold);
      loops.forEach(loop -> Watchdog.watch(loop.tasks(), nanos));
    }
  }

  private void endStarted(int started) {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The others end in this thread, with the connections that were handed to them.
    loops.subList(started, loops.size()).forEach(EventLoop::run);
  }

  /**
   * Makes one turn of the loop that has no thread.
   *
   * @return how much there was to do
   * @throws IllegalStateException where loops have threads, and in another than the owner's
   */
  int poll(Population population) {
    if (invoker == null) {
      throw new IllegalStateException(
          "expected options with invoker(true), got event loops with threads");
    }
    return invoker.poll(population);
  }

  /** Closes the transports of loops that were never started. */
  void closeUnstarted() {
    loops.forEach(loop -> loop.transport().close());
  }

  /**
   * Closes every connection with 1001, waits until there is none, then ends the loops, and with
   * them what is left. A loop's own thread does not wait: it is needed for the closing handshakes.
   */
  void end(Population population, long drainNanos) {
    for (EventLoop loop : loops) {
      loop.tasks().execute(() -> loop.registry().forEach(Connection::goAway));
    }
    if (invoker != null) {
      invoker.close(population, drainNanos);
      return;
    }
    if (threads.contains(Thread.currentThread())) {
      Thread waiting = new Thread(() -> drain(population, drainNanos), "volfram-shutdown");
      waiting.setDaemon(true);
      waiting.start();
    } else {
      drain(population, drainNanos);
    }
  }

  /** Waits for the end that another call has begun; a loop's own thread does not wait. */
  void awaitEnd(Population population, long drainNanos) {
    if (invoker != null) {
      invoker.awaitEnd(population, drainNanos);
      return;
    }
    if (threads.contains(Thread.currentThread())) {
      return;
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain(Population population, long drainNanos) {
    boolean interrupted = false;
    try {
      population.awaitNone(drainNanos);
    } catch (InterruptedException e) {
      interrupted = true; // ends the wait, not the shutdown
    }
    try {
      stop();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    ended.countDown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() throws InterruptedException {
    loops.forEach(loop -> loop.tasks().stop());
    long deadline = System.nanoTime() + STOP_NANOS;
    for (Thread thread : threads) {
      long left = deadline - System.nanoTime();
      if (left > 0) {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      }
    }
  }
}
