package io.github.volfram.internal.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** A fake socket that has a token: a listener (with a backlog) or a connection. */
final class FakeChannel {

  final long token;
  final SocketAddress bound;
  final Deque<FakeSocket> backlog;
  final FakeSocket socket;
  final Deque<FakeRegion> regions = new ArrayDeque<>();
  boolean open = true;
  boolean connecting;
  boolean paused;
  boolean awaitingWritable;
  int acceptErrno;
  private final int refusal;
  private boolean inputEnded;
  private boolean broken;
  private boolean endsOutput;

  private FakeChannel(
      long token, SocketAddress bound, Deque<FakeSocket> backlog, FakeSocket socket, int refusal) {
    this.token = token;
    this.bound = bound;
    this.backlog = backlog;
    this.socket = socket;
    this.refusal = refusal;
  }

  static FakeChannel listener(long token, SocketAddress bound, Deque<FakeSocket> backlog) {
    return new FakeChannel(token, bound, backlog, null, 0);
  }

  static FakeChannel connection(long token, FakeSocket socket, SocketSettings settings) {
    if (settings.sendBufferBytes() > 0) {
      socket.out.limitCapacity(Math.min(settings.sendBufferBytes(), socket.out.capacity()));
    }
    if (settings.receiveBufferBytes() > 0) {
      socket.in.limitCapacity(Math.min(settings.receiveBufferBytes(), socket.in.capacity()));
    }
    return new FakeChannel(token, null, null, socket, 0);
  }

  /** A connect that ends in this error, or never when that is negative. */
  static FakeChannel refused(long token, int errno) {
    return new FakeChannel(token, null, null, null, errno);
  }

  /** Sends what is queued and reports what was not; returns the number of completions. */
  int send(CompletionSink sink) {
    if (regions.isEmpty()) {
      return 0;
    }
    int errno = sendErrno();
    boolean hasArrived = errno != 0 && !paused && socket.in.size() > 0;
    if (broken || (errno != 0 && !hasArrived)) {
      regions.clear();
      return errno == 0 ? 0 : fail(errno, sink);
    }
    sendNow();
    boolean whole = regions.isEmpty();
    List<FakeRegion> rest = new ArrayList<>(regions);
    regions.clear();
    int completions = 0;
    for (FakeRegion region : rest) {
      if (open) {
        completions++;
        sink.unsent(token, region.buffer(), region.index(), region.length());
      }
    }
    if (endsOutput && whole && open) {
      socket.out.end();
    }
    endsOutput = false;
    return completions;
  }

  private int sendErrno() {
    return socket == null || connecting ? 0 : socket.writeErrno();
  }

  /** One write call: gives away what is taken and keeps the rest queued. */
  void sendNow() {
    if (socket == null || connecting || broken || socket.writeErrno() != 0) {
      return;
    }
    int total = regions.stream().mapToInt(FakeRegion::length).sum();
    int left = socket.out.takes(total);
    while (left > 0) {
      FakeRegion region = regions.remove();
      int some = Math.min(left, region.length());
      socket.out.write(bytes(region.buffer(), region.index(), some), 0, some);
      left -= some;
      if (some < region.length()) {
        regions.addFirst(
            new FakeRegion(region.buffer(), region.index() + some, region.length() - some));
      }
    }
  }

  private static byte[] bytes(ByteBuffer buffer, int index, int length) {
    byte[] bytes = new byte[length];
    buffer.duplicate().clear().get(index, bytes, 0, length);
    return bytes;
  }

  void shutdownOutput() {
    if (regions.isEmpty()) {
      if (socket != null) {
        socket.out.end();
      }
    } else {
      endsOutput = true;
    }
  }

  /** Looks after what is ready; returns the number of completions. */
  int serve(FakeArena arena, Supplier<List<FakeRegion>> submitted, CompletionSink sink) {
    if (backlog != null) {
      return accept(sink);
    }
    if (connecting) {
      return finishConnect(sink);
    }
    int completions = 0;
    if (!broken && !inputEnded && !paused) {
      completions += receive(arena, submitted, sink);
    }
    if (open && awaitingWritable && !broken && mayWrite()) {
      awaitingWritable = false;
      sink.writable(token);
      completions++;
    }
    return completions;
  }

  private boolean mayWrite() {
    return socket.out.takes(1) > 0 || socket.writeErrno() != 0;
  }

  private int accept(CompletionSink sink) {
    int completions = 0;
    while (open && !paused && !backlog.isEmpty()) {
      completions++;
      if (acceptErrno != 0) {
        sink.acceptFailed(token, acceptErrno);
        break;
      }
      sink.accepted(token, new FakeAcceptedSocket(backlog.remove()));
    }
    return completions;
  }

  private int finishConnect(CompletionSink sink) {
    if (refusal < 0) {
      return 0;
    }
    connecting = false;
    broken = refusal != 0;
    sink.connected(token, refusal);
    return 1;
  }

  private int receive(FakeArena arena, Supplier<List<FakeRegion>> submitted, CompletionSink sink) {
    if (socket.in.size() > 0) {
      int length = arena.receive(socket.in);
      int index = arena.index();
      sink.received(token, arena.buffer(), index, length);
      arena.spoil(index, index + length, submitted.get());
      return 1;
    }
    if (socket.in.isReset()) {
      return fail(Errno.ECONNRESET, sink);
    }
    if (socket.in.isEnded()) {
      inputEnded = true;
      sink.closed(token, 0);
      return 1;
    }
    return 0;
  }

  private int fail(int errno, CompletionSink sink) {
    if (broken) {
      return 0;
    }
    broken = true;
    sink.closed(token, errno);
    return 1;
  }
}
