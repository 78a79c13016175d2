package io.github.volfram;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Shows the {@link Counters} of a server or client to Micrometer. Only this class needs the module
 * {@code micrometer.core} ({@code io.micrometer:micrometer-core}), which a program that uses it
 * adds itself. Immutable; any thread may use it.
 *
 * <pre>{@code
 * VolframMetrics.of(server, Tag.of("name", "quotes")).bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code role}, {@code server} or {@code client}. Those that only grow
 * are counters: {@code volfram.connections.accepted}, {@code volfram.connections.refused}, {@code
 * volfram.handshakes.failed}, {@code volfram.messages} and {@code volfram.bytes} with the tag
 * {@code direction}, {@code in} or {@code out}, {@code volfram.messages.dropped}, and {@code
 * volfram.closes} with the tag {@code outcome}, {@code clean} or {@code abnormal}. A gauge is
 * {@code volfram.connections.open}.
 *
 * <p>Nothing is counted for this: each reading of a meter is one of {@code counters()}. The
 * registry keeps no server or client alive; the meters of one that is gone keep their last value,
 * and its gauge has none. Two of the same role in one registry need tags that tell them apart.
 */
@SuppressWarnings("exports") // who calls this has Micrometer, and others need not have it
public final class VolframMetrics implements MeterBinder {

  private final Consumer<MeterRegistry> binding;

  private VolframMetrics(Consumer<MeterRegistry> binding) {
    this.binding = binding;
  }

  /** The metrics of a server, each with these tags. */
  public static VolframMetrics of(WebSocketServer server, Tag... tags) {
    Tags all = Tags.of(tags).and("role", "server");
    return new VolframMetrics(registry -> bind(registry, all, server, WebSocketServer::counters));
  }

  /** The metrics of a client, each with these tags. */
  public static VolframMetrics of(WebSocketClient client, Tag... tags) {
    Tags all = Tags.of(tags).and("role", "client");
    return new VolframMetrics(registry -> bind(registry, all, client, WebSocketClient::counters));
  }

  /** Adds the meters to a registry. */
  @Override
  public void bindTo(MeterRegistry registry) {
    binding.accept(registry);
  }

  private static <T> void bind(
      MeterRegistry registry, Tags tags, T source, Function<T, Counters> read) {
    Counting<T> counting = new Counting<>(registry, source, read);
    Tags in = tags.and("direction", "in");
    Tags out = tags.and("direction", "out");
    Gauge.builder("volfram.connections.open", source, from -> read.apply(from).connectionsOpen())
        .description("WebSocket connections that are open")
        .tags(tags)
        .register(registry);
    counting.add("connections.accepted", tags, Counters::connectionsAccepted);
    counting.add("connections.refused", tags, Counters::connectionsRefused);
    counting.add("handshakes.failed", tags, Counters::handshakesFailed);
    counting.add("messages", in, Counters::messagesReceived);
    counting.add("messages", out, Counters::messagesSent);
    counting.add("messages.dropped", tags, Counters::messagesDropped);
    counting.add("bytes", in, Counters::bytesReceived);
    counting.add("bytes", out, Counters::bytesSent);
    counting.add("closes", tags.and("outcome", "clean"), Counters::cleanCloses);
    counting.add("closes", tags.and("outcome", "abnormal"), Counters::abnormalCloses);
  }

  /** Registers what only grows. */
  private record Counting<T>(MeterRegistry registry, T source, Function<T, Counters> read) {

    void add(String name, Tags tags, ToDoubleFunction<Counters> number) {
      Function<T, Counters> counters = read;
      FunctionCounter.builder(
              "volfram." + name, source, from -> number.applyAsDouble(counters.apply(from)))
          .tags(tags)
          .register(registry);
    }
  }
}
