package io.github.volfram.internal.transport.nio;

import io.github.volfram.internal.transport.CompletionSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was submitted since the last flush: a chain of regions per connection, in parallel arrays so
 * that queueing makes no objects.
 *
 * <p>A flush takes a chain off its connection before it writes, and a region off the chain before
 * it hands it back; so the sink may submit, close and even flush from within.
 */
final class SendQueue {

  private final GatheredWrite writer;

  private @Nullable ByteBuffer[] buffers = new @Nullable ByteBuffer[64];
  private int[] indexes = new int[64];
  private int[] lengths = new int[64];
  private int[] nexts = new int[64];
  private int firstFree = -1;
  private int used;

  /** A ring of the connections that have a chain; the counters run on, the mask wraps them. */
  private @Nullable NioConnection[] waiting = new @Nullable NioConnection[64];

  private int head;
  private int tail;

  SendQueue(ByteBuffer sendArena, ByteBuffer receiveArena) {
    writer = new GatheredWrite(sendArena, receiveArena);
  }

  @SuppressWarnings("ReferenceEquality") // equality of buffers would compare their bytes
  void add(NioConnection connection, ByteBuffer buffer, int index, int length) {
    if (connection.isBroken()) {
      return;
    }
    int last = connection.lastRegion;
    if (last >= 0 && buffers[last] == buffer && indexes[last] + lengths[last] == index) {
      lengths[last] += length;
      return;
    }
    int region = allocate();
    buffers[region] = buffer;
    indexes[region] = index;
    lengths[region] = length;
    nexts[region] = -1;
    connection.lastRegion = region;
    if (last >= 0) {
      nexts[last] = region;
    } else {
      connection.firstRegion = region;
      enqueue(connection);
    }
  }

  /**
   * Writes everything that is queued now; what the sink submits meanwhile waits for the next flush.
   *
   * @return the number of completions delivered
   */
  int flush(CompletionSink sink) {
    int completions = 0;
    for (int due = tail - head; due > 0 && head != tail; due--) {
      int at = head++ & (waiting.length - 1);
      NioConnection connection = waiting[at];
      waiting[at] = null;
      if (connection != null && connection.firstRegion >= 0) {
        completions += send(connection, sink);
      }
    }
    return completions;
  }

  private int send(NioConnection connection, CompletionSink sink) {
    int first = connection.firstRegion;
    connection.firstRegion = -1;
    connection.lastRegion = -1;
    long sent;
    try {
      sent = write(connection, first);
    } catch (IOException e) {
      if (!connection.keepsReceiving(e)) {
        releaseChain(first);
        return connection.fail(e, sink);
      }
      sent = 0;
    }
    int rest = skip(first, sent);
    int completions = 0;
    while (rest >= 0 && connection.isOpen()) {
      ByteBuffer buffer = buffers[rest];
      int index = indexes[rest];
      int length = lengths[rest];
      rest = release(rest);
      if (buffer != null) {
        sink.unsent(connection.token(), buffer, index, length);
        completions++;
      }
    }
    releaseChain(rest);
    return completions;
  }

  /**
   * Writes what is queued for this connection without reporting anything; what the kernel does not
   * take stays queued.
   *
   * @return whether nothing is left
   */
  boolean sendNow(NioConnection connection) {
    if (connection.firstRegion < 0) {
      return true;
    }
    try {
      int rest = skip(connection.firstRegion, write(connection, connection.firstRegion));
      connection.firstRegion = rest;
      if (rest < 0) {
        connection.lastRegion = -1;
      }
      return rest < 0;
    } catch (IOException e) {
      // The regions stay queued; the flush meets the error again and reports it.
      return false;
    }
  }

  /** Forgets what is queued for this connection. */
  void discard(NioConnection connection) {
    releaseChain(connection.firstRegion);
    connection.firstRegion = -1;
    connection.lastRegion = -1;
  }

  private long write(NioConnection connection, int first) throws IOException {
    if (connection.isBroken()) {
      return Long.MAX_VALUE;
    }
    writer.begin();
    for (int region = first; region >= 0; region = nexts[region]) {
      ByteBuffer buffer = buffers[region];
      if (buffer != null) {
        writer.add(buffer, indexes[region], lengths[region]);
      }
    }
    return writer.write(connection);
  }

  /** Takes sent bytes off the front of a chain; returns the new front, -1 when all were sent. */
  private int skip(int first, long sent) {
    int region = first;
    long left = sent;
    while (region >= 0 && left >= lengths[region]) {
      left -= lengths[region];
      region = release(region);
    }
    if (region >= 0) {
      indexes[region] += (int) left;
      lengths[region] -= (int) left;
    }
    return region;
  }

  private int allocate() {
    if (firstFree >= 0) {
      int region = firstFree;
      firstFree = nexts[region];
      return region;
    }
    if (used == buffers.length) {
      int larger = used * 2;
      buffers = Arrays.copyOf(buffers, larger);
      indexes = Arrays.copyOf(indexes, larger);
      lengths = Arrays.copyOf(lengths, larger);
      nexts = Arrays.copyOf(nexts, larger);
    }
    return used++;
  }

  /** Frees a region and returns the one that followed it. */
  private int release(int region) {
    int next = nexts[region];
    buffers[region] = null;
    nexts[region] = firstFree;
    firstFree = region;
    return next;
  }

  private void releaseChain(int first) {
    for (int region = first; region >= 0; ) {
      region = release(region);
    }
  }

  private void enqueue(NioConnection connection) {
    int capacity = waiting.length;
    if (tail - head == capacity) {
      @Nullable NioConnection[] larger = new @Nullable NioConnection[capacity * 2];
      for (int i = 0; i < capacity; i++) {
        larger[i] = waiting[(head + i) & (capacity - 1)];
      }
      waiting = larger;
      head = 0;
      tail = capacity;
    }
    waiting[tail++ & (waiting.length - 1)] = connection;
  }
}
