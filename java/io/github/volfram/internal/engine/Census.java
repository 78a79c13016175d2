package io.github.volfram.internal.engine;

import io.github.volfram.ConnectionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Asks all loops of a server or client for their connections. Any thread may use it. */
final class Census {

  private Census() {}

  /** Each loop answers in one task of its own; one that has ended has no connection. */
  static CompletableFuture<List<ConnectionInfo>> of(List<EventLoop> loops) {
    CompletableFuture<List<ConnectionInfo>> all = CompletableFuture.completedFuture(List.of());
    for (EventLoop loop : loops) {
      all =
          all.thenCombine(
              CompletableFuture.supplyAsync(() -> connections(loop), loop.tasks()::execute),
              Census::joined);
    }
    return all;
  }

  private static List<ConnectionInfo> connections(EventLoop loop) {
    List<ConnectionInfo> found = new ArrayList<>(loop.registry().size());
    loop.registry().forEach(connection -> found.add(info(connection)));
    return List.copyOf(found);
  }

  private static List<ConnectionInfo> joined(List<ConnectionInfo> one, List<ConnectionInfo> other) {
    if (one.isEmpty()) {
      return other;
    }
    List<ConnectionInfo> both = new ArrayList<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }

  private static ConnectionInfo info(Connection connection) {
    return new ConnectionInfo(
        connection.remoteAddress(),
        connection.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        Duration.ofNanos(connection.ageNanos()),
        connection.receivedBytes(),
        connection.takenBytes(),
        connection.messagesReceived(),
        connection.messagesSent(),
        connection.bufferedBytes(),
        connection.roundTripTime());
  }
}
