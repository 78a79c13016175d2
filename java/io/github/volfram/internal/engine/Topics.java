package io.github.volfram.internal.engine;

import io.github.volfram.DeflateOptions;
import io.github.volfram.internal.frame.DeflateParameters;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MessageDeflater;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who of a loop's connections subscribes to what, and what is being published to them. Owned by the
 * loop's thread, apart from {@link #reserve}, {@link #release} and {@link #accept}. A connection
 * that subscribes to nothing costs nothing here.
 */
final class Topics {

  /** The largest window: what is compressed for it can be read by those that agreed to it. */
  static final int SHARED_WINDOW_BITS = 15;

  private final EventLoop loop;
  private final Map<String, Set<Connection>> subscribers = new HashMap<>();
  private final Map<Connection, Set<String>> subscriptions = new HashMap<>();

  /** Bytes that were published and that the loop has not looked at. */
  private final AtomicLong queuedBytes = new AtomicLong();

  private @Nullable MessageDeflater deflater;

  Topics(EventLoop loop) {
    this.loop = loop;
  }

  void subscribe(Connection connection, String topic) {
    if (connection.maySend()) {
      subscribers.computeIfAbsent(topic, name -> new LinkedHashSet<>()).add(connection);
      subscriptions.computeIfAbsent(connection, one -> new HashSet<>()).add(topic);
    }
  }

  void unsubscribe(Connection connection, String topic) {
    Set<String> topics = subscriptions.get(connection);
    if (topics != null && topics.remove(topic)) {
      leave(connection, topic);
      if (topics.isEmpty()) {
        subscriptions.remove(connection);
      }
    }
  }

  private void leave(Connection connection, String topic) {
    subscribers.computeIfPresent(
        topic,
        (name, members) -> {
          members.remove(connection);
          return members.isEmpty() ? null : members;
        });
  }

  /** The connection has ended. */
  void forget(Connection connection) {
    Set<String> topics = subscriptions.remove(connection);
    if (topics != null) {
      topics.forEach(topic -> leave(connection, topic));
    }
  }

  /** How many topics have subscribers. */
  int size() {
    return subscribers.size();
  }

  /** Makes room for a message that {@link #accept} is to take; false when there is none. */
  boolean reserve(long bytes, long capBytes) {
    long queued = queuedBytes.addAndGet(bytes);
    if (queued > bytes && queued > capBytes) {
      queuedBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    queuedBytes.addAndGet(-bytes);
  }

  /** Delivers a message, now or as soon as the loop looks; false when the loop has ended. */
  boolean accept(Publication publication) {
    if (loop.tasks().isCurrent()) {
      deliver(publication);
      return true;
    }
    boolean taken = loop.tasks().tryExecute(() -> deliver(publication));
    if (!taken) {
      release(publication.plain().length());
    }
    return taken;
  }

  private void deliver(Publication publication) {
    release(publication.plain().length());
    Delivering delivering = new Delivering(publication);
    if (publication.topic() == null) {
      loop.registry().forEach(delivering::toAny);
    } else {
      subscribers.getOrDefault(publication.topic(), Set.of()).forEach(delivering::to);
    }
  }

  /** A publication on its way to the connections of this loop; compressed once at most. */
  private final class Delivering {
    private final Publication publication;
    private @Nullable SharedFrame compressed;
    private boolean tried;

    Delivering(Publication publication) {
      this.publication = publication;
    }

    void toAny(Connection connection) {
      try {
        if (connection.maySend() && publication.among().test(connection)) {
          to(connection);
        }
      } catch (RuntimeException thrown) { // of the application's predicate
        Log.callbackThrew(thrown);
      }
    }

    void to(Connection connection) {
      if (publication.excludes(connection)) {
        return;
      }
      SharedFrame form = connection.readsSharedCompression() ? compressed(connection) : null;
      connection.publish(form == null ? publication.plain() : form, form != null);
    }

    private @Nullable SharedFrame compressed(Connection connection) {
      DeflateOptions options = connection.settings.deflate;
      if (!tried && options != null) {
        tried = true;
        compressed = compress(publication, options.thresholdBytes());
      }
      return compressed;
    }
  }

  private @Nullable SharedFrame compress(Publication publication, int thresholdBytes) {
    MessageDeflater shared = deflater;
    if (shared == null) {
      shared =
          new MessageDeflater(
              new DeflateParameters(true, SHARED_WINDOW_BITS, true, SHARED_WINDOW_BITS),
              thresholdBytes,
              loop.deflatePool(),
              loop.pool());
      deflater = shared;
    }
    ByteBuffer payload = publication.payload().duplicate(); // other loops compress it as well
    if (!shared.begin(payload.remaining())) {
      return null;
    }
    ByteBuffer small = shared.deflate(payload, 0, payload.remaining(), true);
    SharedFrame frame = SharedFrame.of(FrameEncoder.RSV1, publication.opcode(), small);
    loop.pool().release(small);
    return frame;
  }
}
