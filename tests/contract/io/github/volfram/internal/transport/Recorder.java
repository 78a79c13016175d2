package io.github.volfram.internal.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A sink that writes everything down, and runs what a test has hung into it. */
final class Recorder implements CompletionSink {

  /** What a test wants done with received bytes. */
  interface OnReceived {
    void received(long token, ByteBuffer arena, int index, int length);
  }

  /** What a test wants done with bytes that the kernel did not take. */
  interface OnUnsent {
    void unsent(long token, ByteBuffer buffer, int index, int length);
  }

  /** What a test wants done at an event of a token. */
  interface OnToken {
    void happened(long token);
  }

  /** What a test wants done at the end of a stream. */
  interface OnClosed {
    void closed(long token, int errno);
  }

  final Deque<AcceptedSocket> accepted = new ArrayDeque<>();
  final List<Long> acceptedBy = new ArrayList<>();
  final List<Integer> acceptErrors = new ArrayList<>();
  final Map<Long, List<Integer>> connected = new HashMap<>();
  final Map<Long, List<Integer>> closed = new HashMap<>();
  final List<Long> receivedFrom = new ArrayList<>();
  final List<Long> writable = new ArrayList<>();

  /** The kinds of completions in order, for tests of their order. */
  final List<String> kinds = new ArrayList<>();

  int largestReceived;
  int completions;

  OnReceived onReceived = (token, arena, index, length) -> {};
  OnUnsent onUnsent = (token, buffer, index, length) -> {};
  OnToken onWritable = token -> {};
  OnClosed onClosed = (token, errno) -> {};

  private final Map<Long, ByteArrayOutputStream> received = new HashMap<>();
  private final Map<Long, ByteArrayOutputStream> unsent = new HashMap<>();

  byte[] received(long token) {
    ByteArrayOutputStream bytes = received.get(token);
    return bytes == null ? new byte[0] : bytes.toByteArray();
  }

  int receivedLength(long token) {
    ByteArrayOutputStream bytes = received.get(token);
    return bytes == null ? 0 : bytes.size();
  }

  byte[] unsent(long token) {
    ByteArrayOutputStream bytes = unsent.get(token);
    return bytes == null ? new byte[0] : bytes.toByteArray();
  }

  List<Integer> closed(long token) {
    return closed.getOrDefault(token, List.of());
  }

  List<Integer> connected(long token) {
    return connected.getOrDefault(token, List.of());
  }

  @Override
  public void accepted(long listenerToken, AcceptedSocket socket) {
    note("accepted");
    acceptedBy.add(listenerToken);
    accepted.add(socket);
  }

  @Override
  public void acceptFailed(long listenerToken, int errno) {
    note("acceptFailed");
    acceptErrors.add(errno);
  }

  @Override
  public void connected(long token, int errno) {
    note("connected");
    connected.computeIfAbsent(token, any -> new ArrayList<>()).add(errno);
  }

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    note("received");
    receivedFrom.add(token);
    largestReceived = Math.max(largestReceived, length);
    received
        .computeIfAbsent(token, any -> new ByteArrayOutputStream())
        .writeBytes(bytes(arena, index, length));
    onReceived.received(token, arena, index, length);
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    note("unsent");
    unsent
        .computeIfAbsent(token, any -> new ByteArrayOutputStream())
        .writeBytes(bytes(buffer, index, length));
    onUnsent.unsent(token, buffer, index, length);
  }

  @Override
  public void writable(long token) {
    note("writable");
    writable.add(token);
    onWritable.happened(token);
  }

  @Override
  public void closed(long token, int errno) {
    note("closed");
    closed.computeIfAbsent(token, any -> new ArrayList<>()).add(errno);
    onClosed.closed(token, errno);
  }

  private void note(String kind) {
    completions++;
    kinds.add(kind);
  }

  static byte[] bytes(ByteBuffer buffer, int index, int length) {
    byte[] copy = new byte[length];
    ByteBuffer view = buffer.duplicate();
    view.clear();
    view.get(index, copy, 0, length);
    return copy;
  }
}
