package io.github.volfram.internal.transport;

import java.nio.ByteBuffer;
import java.util.List;

/** The receive arena of a fake transport; spoils what is no longer valid. */
final class FakeArena {

  private static final int ROOM_BYTES = 16;
  private static final byte SPOILED = (byte) 0xDD;

  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(2 * (Transport.MAX_RECEIVE_BYTES + 2 * ROOM_BYTES));
  private final byte[] bytes = new byte[Transport.MAX_RECEIVE_BYTES];
  private int next = ROOM_BYTES;
  private int index;

  ByteBuffer buffer() {
    return buffer;
  }

  boolean hasRoom() {
    return buffer.capacity() - next >= Transport.MAX_RECEIVE_BYTES;
  }

  void rewind() {
    spoil(0, next, List.of());
    next = ROOM_BYTES;
  }

  int receive(FakePipe pipe) {
    int length = pipe.read(bytes, 0, bytes.length);
    index = next;
    view().put(index, bytes, 0, length);
    next = index + length + ROOM_BYTES;
    return length;
  }

  int index() {
    return index;
  }

  /** Overwrites a region but for what was submitted of it. */
  void spoil(int from, int to, List<FakeRegion> submitted) {
    ByteBuffer view = view();
    for (int i = from; i < to; i++) {
      if (!contains(submitted, i)) {
        view.put(i, SPOILED);
      }
    }
  }

  private static boolean contains(List<FakeRegion> regions, int at) {
    for (FakeRegion region : regions) {
      if (at >= region.index() && at < region.index() + region.length()) {
        return true;
      }
    }
    return false;
  }

  /** The caller may have set the position and limit of the buffer itself. */
  private ByteBuffer view() {
    return buffer.duplicate().clear();
  }
}
