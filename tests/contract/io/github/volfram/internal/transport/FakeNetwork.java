package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * A network in memory with a clock of its own: nothing happens but what the test does, in the same
 * order every time. Time stands still, except that a {@link FakeTransport#turn} that finds nothing
 * to do moves it to the next scheduled action or to the end of its wait.
 *
 * <p>For one thread only.
 */
public final class FakeNetwork implements Network {

  private record Action(long time, long order, Runnable run) {}

  private final List<FakeTransport> transports = new ArrayList<>();
  private final Map<SocketAddress, Deque<FakeSocket>> listeners = new HashMap<>();
  private final Map<SocketAddress, Integer> refusals = new HashMap<>();
  private final PriorityQueue<Action> actions =
      new PriorityQueue<>(Comparator.comparingLong(Action::time).thenComparingLong(Action::order));
  private long now;
  private long scheduled;
  private int nextPort = 10_000;
  private int openSockets;

  @Override
  public FakeTransport open() {
    FakeTransport transport = new FakeTransport(this);
    transports.add(transport);
    return transport;
  }

  /** The clock; give it to the loop as {@code network::nanoTime}. */
  @Override
  public long nanoTime() {
    return now;
  }

  /** Moves the clock and runs what becomes due. */
  public void advance(long nanos) {
    long end = now + nanos;
    while (!actions.isEmpty() && actions.peek().time() <= end) {
      runNext();
    }
    now = end;
  }

  /** Runs an action when the clock has advanced by so much. */
  public void after(long nanos, Runnable action) {
    actions.add(new Action(now + nanos, scheduled++, action));
  }

  @Override
  public void later(Runnable action) {
    after(1_000_000, action);
  }

  /** When the next action is due, or null. */
  Long nextActionAt() {
    return actions.isEmpty() ? null : actions.peek().time();
  }

  void runNext() {
    Action action = actions.remove();
    now = Math.max(now, action.time());
    action.run().run();
  }

  /** What connecting to this address ends in, or -1 for no end at all. */
  public void refuse(SocketAddress address, int errno) {
    refusals.put(address, errno);
  }

  Integer refusal(SocketAddress address) {
    Integer errno = refusals.get(address);
    if (errno != null) {
      return errno;
    }
    return listeners.containsKey(address) ? null : Errno.ECONNREFUSED;
  }

  @Override
  public InetSocketAddress anyAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public InetSocketAddress refusingAddress() {
    return newAddress();
  }

  private InetSocketAddress newAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), nextPort++);
  }

  /** Begins to listen; connections are put into the queue. */
  SocketAddress bind(SocketAddress wanted, Deque<FakeSocket> backlog) throws IOException {
    InetSocketAddress address = (InetSocketAddress) wanted;
    if (address.isUnresolved()) {
      throw new BindException("cannot bind " + address + ": unresolved");
    }
    if (address.getPort() == 0) {
      address = newAddress();
    }
    if (listeners.putIfAbsent(address, backlog) != null) {
      throw new BindException("cannot bind " + address + ": Address already in use");
    }
    opened();
    return address;
  }

  void unbind(SocketAddress address) {
    for (FakeSocket waiting : listeners.remove(address)) {
      waiting.reset();
    }
    closed();
  }

  /** Makes a connection; its other end is put into the listener's queue. */
  FakeSocket dial(SocketAddress address) {
    FakePipe there = new FakePipe();
    FakePipe back = new FakePipe();
    SocketAddress local = newAddress();
    listeners.get(address).add(new FakeSocket(this, there, back, address, local));
    return new FakeSocket(this, back, there, local, address);
  }

  @Override
  public FakePeer connect(SocketAddress listening) throws IOException {
    if (refusal(listening) != null) {
      throw new ConnectException("Connection refused: " + listening);
    }
    return new FakePeer(dial(listening));
  }

  @Override
  public FakePeerListener listen() throws IOException {
    Deque<FakeSocket> backlog = new ArrayDeque<>();
    return new FakePeerListener(bind(anyAddress(), backlog), backlog);
  }

  /** A peer that waits for connections of the transport. */
  public record FakePeerListener(SocketAddress address, Deque<FakeSocket> backlog)
      implements PeerListener {
    @Override
    public FakePeer accept() {
      return backlog.isEmpty() ? null : new FakePeer(backlog.remove());
    }
  }

  void opened() {
    openSockets++;
  }

  void closed() {
    openSockets--;
  }

  @Override
  public long openDescriptors() {
    return openSockets;
  }

  @Override
  public void close() {
    transports.forEach(FakeTransport::close);
  }
}
