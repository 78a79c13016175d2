package io.github.volfram.benchmarks.clients;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.volfram.Backend;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * {@code ClientMain NAME PORT CONNECTIONS SIZE TRAINING WARMUP SECONDS}: one of the libraries as a
 * client of the echo server on that port. Each connection sends a message, awaits the answer,
 * compares it and sends the next. Before and after the seconds of training it prints a line and
 * waits for a byte; in the end it prints a line of JSON about the measured seconds.
 */
public final class ClientMain {

  private ClientMain() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 7) {
      System.err.println("usage: ClientMain NAME PORT CONNECTIONS SIZE TRAINING WARMUP SECONDS");
      System.exit(2);
    }
    Client client = client(arguments[0]);
    URI uri = URI.create("ws://127.0.0.1:" + arguments[1] + "/");
    int connections = Integer.parseInt(arguments[2]);
    int size = Integer.parseInt(arguments[3]);
    ClosedLoop.Run run = new ClosedLoop.Run(connections);
    List<ClosedLoop> loops = new ArrayList<>();
    List<Runnable> beginnings = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      ClosedLoop loop = new ClosedLoop(run, size);
      loops.add(loop);
      beginnings.add(client.open(uri, loop));
    }
    pause("opened");
    beginnings.forEach(Runnable::run);
    sleep(arguments[4]);
    pause("trained");
    sleep(arguments[5]);
    Snapshot before = Snapshot.of(loops);
    run.fromNanos = System.nanoTime();
    sleep(arguments[6]);
    Snapshot after = Snapshot.of(loops);
    run.stopped = true;
    run.awaitEnd();
    System.out.println(json(before, after, connections, size, loops));
    System.exit(0);
  }

  private static Client client(String name) {
    return switch (name) {
      case "volfram-native" -> new VolframClient(Backend.NATIVE);
      case "volfram-nio" -> new VolframClient(Backend.NIO);
      case "netty-epoll" -> NettyClient.epoll();
      case "netty-nio" -> NettyClient.nio();
      case "jdk" -> new JdkClient();
      case "okhttp" -> new OkHttpClientSubject();
      case "java-websocket" -> new JavaWebSocketClient();
      default -> throw new IllegalArgumentException("no client is named " + name);
    };
  }

  private static void pause(String state) throws IOException {
    System.out.println(state);
    System.in.read();
  }

  private static void sleep(String seconds) throws InterruptedException {
    Thread.sleep(Math.round(Double.parseDouble(seconds) * 1000));
  }

  /** The process's counts at a moment. */
  private record Snapshot(long nanos, long cpuNanos, long allocatedBytes, long answers) {

    static Snapshot of(List<ClosedLoop> loops) {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long allocated = 0;
      for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
        allocated += Math.max(bytes, 0);
      }
      long answers = 0;
      for (ClosedLoop loop : loops) {
        answers += loop.answers.get();
      }
      return new Snapshot(System.nanoTime(), system.getProcessCpuTime(), allocated, answers);
    }
  }

  private static String json(
      Snapshot before, Snapshot after, int connections, int size, List<ClosedLoop> loops) {
    Histogram all = new Histogram(2);
    for (ClosedLoop loop : loops) {
      all.add(loop.latencies);
    }
    double seconds = (after.nanos - before.nanos) / 1e9;
    double messages = Math.max(1, after.answers - before.answers);
    double cpu = after.cpuNanos - before.cpuNanos;
    return String.format(
        Locale.ROOT,
        "{\"mode\":\"client\",\"connections\":%d,\"size\":%d,\"seconds\":%.3f,\"messages\":%.0f,"
            + "\"messages_per_second\":%.1f,\"p50_us\":%.3f,\"p99_us\":%.3f,\"p99_9_us\":%.3f,"
            + "\"max_us\":%.3f,\"client_cpu_us_per_message\":%.4f,\"client_cpu\":%.4f,"
            + "\"allocated_bytes_per_message\":%.2f}",
        connections,
        size,
        seconds,
        messages,
        messages / seconds,
        all.getValueAtPercentile(50) / 1e3,
        all.getValueAtPercentile(99) / 1e3,
        all.getValueAtPercentile(99.9) / 1e3,
        all.getMaxValue() / 1e3,
        cpu / 1e3 / messages,
        cpu / 1e9 / seconds,
        (after.allocatedBytes - before.allocatedBytes) / messages);
  }
}
