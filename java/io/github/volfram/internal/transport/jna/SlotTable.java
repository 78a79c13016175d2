package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.Tokens;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What each slot's token is and which descriptor it stands for: {@code struct vf_slot} in memory
 * that C reads as well. Owned by the loop's thread.
 */
final class SlotTable {

  /** The size of {@code struct vf_slot}. */
  static final int BYTES = 16;

  /** More connections than a process can have descriptors: a slot above is a mistake. */
  static final int MAX_SLOTS = 1 << 24;

  static final int READ = 1;
  static final int WRITE = 2;
  private static final int QUICK_ACK = 8;

  static final int LISTENING = 1;
  static final int OPEN = 3;

  private static final int FREE = 0;
  private static final int FD = 8;
  private static final int WANTED = 12;
  private static final int ARMED = 13;
  private static final int PHASE = 14;
  private static final int FAULT = 15;

  private ByteBuffer memory;
  private int capacity;
  private int[] chainTails;

  SlotTable(int capacity) {
    this.capacity = capacity;
    this.memory = allocate(capacity);
    this.chainTails = new int[capacity];
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocateDirect(capacity * BYTES).order(ByteOrder.nativeOrder());
  }

  long address() {
    return NativeLoader.addressOf(memory);
  }

  int capacity() {
    return capacity;
  }

  /**
   * Makes sure that a token's slot exists and is free.
   *
   * @return whether the table has moved, which C must then be told
   */
  boolean reserve(long token) {
    int slot = Tokens.slot(token);
    if (slot < 0 || slot >= MAX_SLOTS) {
      throw new IllegalArgumentException("slot " + slot + " is not in 0.." + (MAX_SLOTS - 1));
    }
    if (slot < capacity) {
      if (phase(slot) != FREE) {
        throw new IllegalStateException("slot " + slot + " is open already");
      }
      return false;
    }
    int larger = Math.min(Math.max(capacity * 2, slot + 1), MAX_SLOTS);
    ByteBuffer moved = allocate(larger);
    moved.put(0, memory, 0, capacity * BYTES);
    memory = moved;
    capacity = larger;
    chainTails = Arrays.copyOf(chainTails, larger);
    return true;
  }

  /** Fills in a free slot with a connection that is to be read. */
  void open(long token, int fd) {
    int at = Tokens.slot(token) * BYTES;
    memory.putLong(at, token).putInt(at + FD, fd);
    memory.put(at + WANTED, (byte) READ).put(at + ARMED, (byte) 0);
    memory.put(at + PHASE, (byte) OPEN).put(at + FAULT, (byte) 0);
  }

  void free(int slot) {
    memory.put(slot * BYTES + PHASE, (byte) FREE);
  }

  /** The slot of an open token; {@link IllegalStateException} for any other. */
  int require(long token) {
    int slot = Tokens.slot(token);
    if (slot < 0
        || slot >= capacity
        || memory.getLong(slot * BYTES) != token
        || phase(slot) == FREE) {
      throw new IllegalStateException(
          "token of slot " + slot + ", generation " + Tokens.generation(token) + " is not open");
    }
    return slot;
  }

  int fd(int slot) {
    return memory.getInt(slot * BYTES + FD);
  }

  int phase(int slot) {
    return memory.get(slot * BYTES + PHASE);
  }

  /** Adds or removes an interest; returns whether the kernel has to be told. */
  boolean want(int slot, int interest, boolean wanted) {
    int at = slot * BYTES;
    int before = memory.get(at + WANTED);
    int after = wanted ? before | interest : before & ~interest;
    memory.put(at + WANTED, (byte) after);
    return (after & (READ | WRITE)) != (memory.get(at + ARMED) & (READ | WRITE));
  }

  /** Has every receive acknowledged at once, until the slot is freed. */
  void wantQuickAck(int slot) {
    int at = slot * BYTES + WANTED;
    memory.put(at, (byte) (memory.get(at) | QUICK_ACK));
  }

  /** Where {@link Submissions} last queued a send for this slot, in whichever batch. */
  int chainTail(int slot) {
    return chainTails[slot];
  }

  void setChainTail(int slot, int index) {
    chainTails[slot] = index;
  }
}
