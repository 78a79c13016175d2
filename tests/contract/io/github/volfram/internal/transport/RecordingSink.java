package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Remembers what a transport reports; a test overrides what it wants to react to. */
class RecordingSink implements CompletionSink {

  /** What a sink may write before the bytes it received. */
  private static final int ROOM_BYTES = 16;

  /** A region that was handed back. */
  record Region(long token, ByteBuffer buffer, int index, int length) {}

  final ArrayDeque<AcceptedSocket> accepted = new ArrayDeque<>();
  final List<Region> unsent = new ArrayList<>();
  private final Map<Long, ByteArrayOutputStream> received = new HashMap<>();
  private final Map<Long, List<Integer>> connected = new HashMap<>();
  private final Map<Long, List<Integer>> closed = new HashMap<>();
  private final Map<Long, Integer> writable = new HashMap<>();
  private int completions;

  /** How many completions there were in all. */
  int completions() {
    return completions;
  }

  byte[] received(long token) {
    ByteArrayOutputStream bytes = received.get(token);
    return bytes == null ? new byte[0] : bytes.toByteArray();
  }

  int receivedCount(long token) {
    ByteArrayOutputStream bytes = received.get(token);
    return bytes == null ? 0 : bytes.size();
  }

  /** The error numbers of each {@code connected} for this token. */
  List<Integer> connected(long token) {
    return connected.getOrDefault(token, List.of());
  }

  /** The error numbers of each {@code closed} for this token. */
  List<Integer> closed(long token) {
    return closed.getOrDefault(token, List.of());
  }

  int writableCount(long token) {
    return writable.getOrDefault(token, 0);
  }

  @Override
  public void accepted(long listenerToken, AcceptedSocket socket) {
    completions++;
    accepted.add(socket);
  }

  @Override
  public void acceptFailed(long listenerToken, int errno) {
    throw new AssertionError("accepting failed: " + Errno.text(errno));
  }

  @Override
  public void connected(long token, int errno) {
    completions++;
    connected.computeIfAbsent(token, t -> new ArrayList<>()).add(errno);
  }

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    completions++;
    assertTrue(arena.isDirect(), "the arena is direct");
    assertTrue(length >= 1 && length <= Transport.MAX_RECEIVE_BYTES, "length " + length);
    assertTrue(index >= ROOM_BYTES, "there is room before index " + index);
    byte[] bytes = new byte[length];
    arena.clear();
    arena.get(index, bytes);
    received.computeIfAbsent(token, t -> new ByteArrayOutputStream()).writeBytes(bytes);
    // What a sink is allowed to do must hurt nobody: neither the room nor position and limit.
    for (int i = 1; i <= ROOM_BYTES; i++) {
      arena.put(index - i, (byte) 0x55);
    }
    arena.limit(index).position(index);
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    completions++;
    assertTrue(length >= 1, "length " + length);
    unsent.add(new Region(token, buffer, index, length));
  }

  @Override
  public void writable(long token) {
    completions++;
    writable.merge(token, 1, Integer::sum);
  }

  @Override
  public void closed(long token, int errno) {
    completions++;
    closed.computeIfAbsent(token, t -> new ArrayList<>()).add(errno);
  }
}
