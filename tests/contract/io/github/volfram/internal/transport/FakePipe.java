package io.github.volfram.internal.transport;

/**
 * One direction of a fake connection: bytes in flight, at most so many. What ends it: the writer
 * has finished ({@link #end}), the writer has broken off ({@link #reset}), or the reader is gone
 * ({@link #abandon}).
 */
final class FakePipe {

  /** What a pipe holds unless a test says otherwise. */
  static final int CAPACITY = 256 * 1024;

  private byte[] bytes = new byte[256];
  private int first;
  private int size;
  private int capacity = CAPACITY;
  private int mostPerWrite = Integer.MAX_VALUE;
  private int mostPerRead = Integer.MAX_VALUE;
  private boolean ended;
  private boolean reset;
  private boolean abandoned;

  void limitCapacity(int capacity) {
    this.capacity = capacity;
  }

  int capacity() {
    return capacity;
  }

  void limitWrites(int mostPerWrite) {
    this.mostPerWrite = mostPerWrite;
  }

  void limitReads(int mostPerRead) {
    this.mostPerRead = mostPerRead;
  }

  /** How much one write call of this length takes now. */
  int takes(int length) {
    return Math.max(0, Math.min(Math.min(length, mostPerWrite), capacity - size));
  }

  void write(byte[] source, int offset, int length) {
    if (first + size + length > bytes.length) {
      byte[] room = size + length > bytes.length ? new byte[2 * (size + length)] : bytes;
      System.arraycopy(bytes, first, room, 0, size);
      bytes = room;
      first = 0;
    }
    System.arraycopy(source, offset, bytes, first + size, length);
    size += length;
  }

  int read(byte[] target, int offset, int length) {
    int count = Math.min(Math.min(length, mostPerRead), size);
    System.arraycopy(bytes, first, target, offset, count);
    first += count;
    size -= count;
    return count;
  }

  int size() {
    return size;
  }

  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
  }

  void reset() {
    reset = true;
  }

  boolean isReset() {
    return reset;
  }

  void abandon() {
    abandoned = true;
  }

  /** Whether nobody will read what is written. */
  boolean isAbandoned() {
    return abandoned;
  }
}
