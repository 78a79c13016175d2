package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.CompletionSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a call has found out, an array of {@code struct vf_completion}, and how much of it has been
 * delivered. Owned by the loop's thread. A sink that throws leaves the rest to the next delivery.
 */
final class Completions {

  /** The size of {@code struct vf_completion}. */
  static final int BYTES = 24;

  private static final int UNSENT = 1;
  private static final int CLOSED = 2;
  private static final int RECEIVED = 3;
  private static final int ACCEPTED = 4;
  private static final int ACCEPT_FAILED = 5;
  private static final int CONNECTED = 6;
  private static final int WRITABLE = 7;

  private static final int KIND = 8;
  private static final int RESULT = 12;
  private static final int INDEX = 16;
  private static final int LENGTH = 20;

  /** Room for events beside the answers to submissions, of which each has two at most. */
  private static final int EVENTS = 2048;

  private final ByteBuffer[] arenas;
  private ByteBuffer memory;
  private long address;
  private int capacity;
  private int next;
  private int count;

  /** The buffers of UNSENT completions, because the submissions are reused before delivery. */
  private @Nullable ByteBuffer[] buffers = new @Nullable ByteBuffer[16];

  Completions(ByteBuffer... arenas) {
    this.arenas = arenas;
    this.capacity = 2 * EVENTS;
    this.memory = allocate(capacity);
    this.address = NativeLoader.addressOf(memory);
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(capacity, BYTES))
        .order(ByteOrder.nativeOrder());
  }

  long address() {
    return address;
  }

  int capacity() {
    return capacity;
  }

  boolean isDelivered() {
    return next == count;
  }

  /** Makes room for what a call with this many submissions may report. */
  void reserve(int submissions) {
    int needed = Math.addExact(Math.multiplyExact(submissions, 2), EVENTS);
    if (needed > capacity) {
      capacity = needed;
      memory = allocate(needed);
      address = NativeLoader.addressOf(memory);
    }
  }

  /** Takes over the records that a call has written, in answer to these submissions. */
  void fill(int completions, Submissions submissions) {
    next = 0;
    count = completions;
    for (int i = 0; i < count && kind(i) <= CLOSED; i++) {
      if (kind(i) == UNSENT) {
        if (i >= buffers.length) {
          buffers = Arrays.copyOf(buffers, Math.max(i + 1, 2 * buffers.length));
        }
        int record = result(i);
        buffers[i] = submissions.buffer(record);
        memory.putInt(i * BYTES + INDEX, submissions.index(record) + index(i));
      }
    }
  }

  /** Calls the sink for each that is left; returns how many those were. */
  int deliver(CompletionSink sink) {
    int first = next;
    while (next < count) {
      int i = next++;
      deliver(i, memory.getLong(i * BYTES), sink);
    }
    return next - first;
  }

  private void deliver(int i, long token, CompletionSink sink) {
    switch (kind(i)) {
      case UNSENT -> {
        ByteBuffer buffer = buffers[i];
        buffers[i] = null;
        if (buffer != null) {
          sink.unsent(token, buffer, index(i), length(i));
        }
      }
      case CLOSED -> sink.closed(token, result(i));
      case RECEIVED -> sink.received(token, arenas[result(i)], index(i), length(i));
      case ACCEPTED -> sink.accepted(token, new AcceptedDescriptor(result(i)));
      case ACCEPT_FAILED -> sink.acceptFailed(token, result(i));
      case CONNECTED -> sink.connected(token, result(i));
      case WRITABLE -> sink.writable(token);
      default -> throw new AssertionError("completion of kind " + kind(i));
    }
  }

  /** Drops what is left, closing what would otherwise belong to nobody. */
  void discard() {
    for (; next < count; next++) {
      if (kind(next) == ACCEPTED) {
        new AcceptedDescriptor(result(next)).discard();
      }
    }
  }

  private int kind(int i) {
    return memory.getInt(i * BYTES + KIND);
  }

  private int result(int i) {
    return memory.getInt(i * BYTES + RESULT);
  }

  private int index(int i) {
    return memory.getInt(i * BYTES + INDEX);
  }

  private int length(int i) {
    return memory.getInt(i * BYTES + LENGTH);
  }
}
