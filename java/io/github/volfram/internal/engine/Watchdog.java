package io.github.volfram.internal.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the loops of the process and names, once, each callback that blocks one for longer
 * than its threshold. It has one daemon thread, while there are loops to look after, which wakes
 * four times in the shortest threshold; the loops pay for {@link Pulse} alone. Any thread.
 */
final class Watchdog implements Runnable {

  /** How often it looks within a threshold, so that a process that was stopped is no stall. */
  private static final int LOOKS = 4;

  private static final int STACK_FRAMES = 40;
  private static final String PUBLIC = "io.github.volfram.";
  private static final String INTERNAL = "io.github.volfram.internal.";

  private static final Watchdog OF_PROCESS = new Watchdog();

  private static final class Watched {
    final Tasks tasks;
    final long thresholdNanos;
    long beats;
    long sinceNanos;
    int looks;
    boolean told;

    Watched(Tasks tasks, long thresholdNanos) {
      this.tasks = tasks;
      this.thresholdNanos = thresholdNanos;
    }

    /**
     * Whether the loop has been at the same place for the threshold, as seen for the first time.
     */
    boolean hasStalled(long now) {
      long latest = tasks.pulse().beats();
      if (latest != beats || Pulse.isWaiting(latest)) {
        beats = latest;
        sinceNanos = now;
        looks = 0;
        told = false;
        return false;
      }
      looks++;
      if (told || looks < LOOKS || now - sinceNanos < thresholdNanos) {
        return false;
      }
      told = true;
      return true;
    }
  }

  private final List<Watched> watched = new ArrayList<>();
  private @Nullable Thread thread;

  private Watchdog() {}

  /** Looks after a loop that runs, until it has ended. */
  static void watch(Tasks tasks, long thresholdNanos) {
    OF_PROCESS.add(new Watched(tasks, thresholdNanos));
  }

  private synchronized void add(Watched loop) {
    watched.add(loop);
    if (thread == null) {
      thread = new Thread(this, "volfram-watchdog");
      thread.setDaemon(true);
      thread.start();
    } else {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    long intervalNanos;
    while ((intervalNanos = look(System.nanoTime())) > 0) {
      LockSupport.parkNanos(this, intervalNanos);
    }
  }

  /** Looks at every loop; returns when to look again, or 0 when there is none. */
  private synchronized long look(long now) {
    long shortest = Long.MAX_VALUE;
    for (Iterator<Watched> all = watched.iterator(); all.hasNext(); ) {
      Watched loop = all.next();
      if (loop.tasks.hasEnded()) {
        all.remove();
        continue;
      }
      shortest = Math.min(shortest, loop.thresholdNanos);
      if (loop.hasStalled(now)) {
        tell(loop, now);
      }
    }
    if (watched.isEmpty()) {
      thread = null;
      return 0;
    }
    return Math.max(shortest / LOOKS, 1);
  }

  private static void tell(Watched loop, long now) {
    Thread blocked = loop.tasks.thread();
    if (blocked == null) {
      return;
    }
    StackTraceElement[] stack = blocked.getStackTrace();
    if (loop.tasks.pulse().beats() != loop.beats) {
      return; // it goes on, and the stack is of something else
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(now - loop.sinceNanos);
    String callback = callback(stack);
    Log.stalled(blocked.getName(), millis, callback, stack);
    FlightRecorder.stalled(blocked, millis, callback, text(stack));
  }

  /** The frame that the library has called: the outermost one that is nobody's but the user's. */
  static String callback(StackTraceElement[] stack) {
    boolean inLibrary = false;
    for (int i = stack.length - 1; i >= 0; i--) {
      if (stack[i].getClassName().startsWith(INTERNAL)) {
        inLibrary = true;
      } else if (inLibrary && !isPassedThrough(stack[i])) {
        return stack[i].toString();
      }
    }
    return stack.length == 0 ? "unknown code" : stack[0].toString();
  }

  /** Whether this is the JDK, or a type of ours that only calls on. */
  private static boolean isPassedThrough(StackTraceElement frame) {
    String module = frame.getModuleName();
    String name = frame.getClassName();
    return (module != null && (module.startsWith("java.") || module.startsWith("jdk.")))
        || name.equals(PUBLIC + "WebSocketListener")
        || name.equals(PUBLIC + "Routes");
  }

  private static String text(StackTraceElement[] stack) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < Math.min(stack.length, STACK_FRAMES); i++) {
      lines.append(stack[i]).append('\n');
    }
    return lines.toString();
  }
}
