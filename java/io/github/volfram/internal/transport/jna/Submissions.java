package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.SocketSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the next call is to execute: a growing array of {@code struct vf_submission}. Owned by the
 * loop's thread. Sends of one token form one chain, however other records lie between them.
 */
final class Submissions {

  /** The size of {@code struct vf_submission}. */
  static final int BYTES = 32;

  static final int NOTHING = 0;
  static final int SEND = 1;
  static final int SEND_MORE = 2;
  static final int REGISTER = 3;
  static final int INTEREST = 4;
  static final int SHUTDOWN = 5;
  static final int CLOSE = 6;
  static final int ABORT = 7;

  private static final int ADDRESS = 8;
  private static final int LENGTH = 16;
  private static final int FD = 20;
  private static final int KIND = 24;
  private static final int NEXT = 28;

  private static final int NO_CHAIN = -1;

  private ByteBuffer memory;
  private long address;
  private int capacity;
  private int count;

  /** The buffer that each send lies in, and where. */
  private @Nullable ByteBuffer[] buffers;

  private int[] indexes;

  Submissions(int capacity) {
    this.capacity = capacity;
    this.memory = ByteBuffer.allocateDirect(capacity * BYTES).order(ByteOrder.nativeOrder());
    this.address = NativeLoader.addressOf(memory);
    this.buffers = new @Nullable ByteBuffer[capacity];
    this.indexes = new int[capacity];
  }

  long address() {
    return address;
  }

  int count() {
    return count;
  }

  ByteBuffer buffer(int record) {
    ByteBuffer buffer = buffers[record];
    if (buffer == null) {
      throw new IllegalStateException("submission " + record + " is not a send");
    }
    return buffer;
  }

  int index(int record) {
    return indexes[record];
  }

  /** Forgets everything, after it was executed. */
  void clear() {
    Arrays.fill(buffers, 0, count, null);
    count = 0;
  }

  /** Queues a send, as part of the token's chain or, where it continues the last one, of that. */
  void send(
      SlotTable slots, int slot, long token, long base, ByteBuffer buffer, int index, int length) {
    int tail = slots.chainTail(slot);
    boolean chained = tail >= 0 && tail < count && isSend(tail) && token(tail) == token;
    if (chained && continues(tail, buffer, index)) {
      int tailLength = memory.getInt(tail * BYTES + LENGTH);
      memory.putInt(tail * BYTES + LENGTH, tailLength + length);
      return;
    }
    int record = add(token, slots.fd(slot), chained ? SEND_MORE : SEND);
    memory.putLong(record * BYTES + ADDRESS, base + index);
    memory.putInt(record * BYTES + LENGTH, length);
    buffers[record] = buffer;
    indexes[record] = index;
    if (chained) {
      memory.putInt(tail * BYTES + NEXT, record);
    }
    slots.setChainTail(slot, record);
  }

  void register(long token, int fd, SocketSettings settings) {
    int record = add(token, fd, REGISTER);
    long noDelay = settings.tcpNoDelay() ? 1L << 32 : 0;
    memory.putLong(record * BYTES + ADDRESS, noDelay | settings.sendBufferBytes());
    memory.putInt(record * BYTES + LENGTH, settings.receiveBufferBytes());
    memory.putInt(record * BYTES + NEXT, settings.busyPollMicros());
  }

  void interest(long token, int fd) {
    add(token, fd, INTEREST);
  }

  /** Queues a {@link #SHUTDOWN}, {@link #CLOSE} or {@link #ABORT}; later sends stay behind it. */
  void end(SlotTable slots, int slot, long token, int kind) {
    add(token, slots.fd(slot), kind);
    slots.setChainTail(slot, NO_CHAIN);
  }

  /** Takes the queued sends of a token back. */
  void discard(SlotTable slots, int slot, long token) {
    int tail = slots.chainTail(slot);
    if (tail >= 0 && (tail >= count || token(tail) != token)) {
      return; // by far the most frequent case: there are none
    }
    for (int record = 0; record < count; record++) {
      if (token(record) == token && isSend(record)) {
        memory.putInt(record * BYTES + KIND, NOTHING);
      }
    }
  }

  private long token(int record) {
    return memory.getLong(record * BYTES);
  }

  private boolean isSend(int record) {
    int kind = memory.getInt(record * BYTES + KIND);
    return kind == SEND || kind == SEND_MORE;
  }

  @SuppressWarnings("ReferenceEquality") // equal buffers lie elsewhere
  private boolean continues(int send, ByteBuffer buffer, int index) {
    return buffers[send] == buffer && indexes[send] + memory.getInt(send * BYTES + LENGTH) == index;
  }

  private int add(long token, int fd, int kind) {
    if (count == capacity) {
      grow();
    }
    int at = count * BYTES;
    memory.putLong(at, token).putLong(at + ADDRESS, 0).putInt(at + LENGTH, 0);
    memory.putInt(at + FD, fd).putInt(at + KIND, kind).putInt(at + NEXT, 0);
    return count++;
  }

  private void grow() {
    int larger = Math.multiplyExact(capacity, 2);
    ByteBuffer moved =
        ByteBuffer.allocateDirect(Math.multiplyExact(larger, BYTES)).order(ByteOrder.nativeOrder());
    moved.put(0, memory, 0, capacity * BYTES);
    memory = moved;
    address = NativeLoader.addressOf(moved);
    buffers = Arrays.copyOf(buffers, larger);
    indexes = Arrays.copyOf(indexes, larger);
    capacity = larger;
  }
}
