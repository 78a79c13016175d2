package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.SendCallback;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Tokens;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread, one transport, any number of connections. Everything here happens on the loop's
 * thread but what {@link Tasks} says; {@link #poll()} is one turn.
 */
final class EventLoop implements CompletionSink {

  private static final long MAX_POOLED_BYTES = 64L << 20;

  private final Transport transport;
  private final Masker masker;
  private final LoopClock clock;
  private final Idle idle;
  private final Tasks tasks;
  private final DeflatePool deflatePool;
  private final PayloadPool pool = new PayloadPool(MAX_POOLED_BYTES);
  private final ConnectionRegistry registry = new ConnectionRegistry();
  private final Delivery delivery = new Delivery();
  private final Assemblers assemblers;
  private final Sender sender;
  private final Deadlines deadlines;
  private final IntConsumer onExpired = this::expired;

  /** What is done before the loop waits again, and not within a callback. */
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();

  private ArrayList<Outbound> toSettle = new ArrayList<>();
  private ArrayList<Outbound> settling = new ArrayList<>();

  final Topics topics = new Topics(this);
  final LoopCounters counters = new LoopCounters();
  private final Listeners listeners;
  private @Nullable ByteBuffer receiving;
  private @Nullable ByteBuffer plaintext;

  EventLoop(
      Transport transport,
      Masker masker,
      DeflatePool deflatePool,
      Idle idle,
      LongSupplier nanoTime) {
    this.deflatePool = deflatePool;
    this.transport = transport;
    this.masker = masker;
    this.idle = idle;
    this.tasks = new Tasks(transport);
    this.clock = new LoopClock(nanoTime, tasks.pulse());
    this.assemblers = new Assemblers(masker, pool);
    this.deadlines = new Deadlines(now());
    this.listeners = new Listeners(transport, registry, deadlines, counters);
    this.sender = new Sender(transport, new FlushSink(this), masker, delivery, pool);
  }

  Transport transport() {
    return transport;
  }

  Masker masker() {
    return masker;
  }

  PayloadPool pool() {
    return pool;
  }

  DeflatePool deflatePool() {
    return deflatePool;
  }

  Assemblers assemblers() {
    return assemblers;
  }

  Sender sender() {
    return sender;
  }

  Delivery delivery() {
    return delivery;
  }

  Listeners listeners() {
    return listeners;
  }

  Tasks tasks() {
    return tasks;
  }

  ConnectionRegistry registry() {
    return registry;
  }

  /** The time of this turn, as {@link System#nanoTime()} counts it. */
  long now() {
    return clock.now();
  }

  /** The time at this moment, which callbacks may have taken from {@link #now}. */
  long readClock() {
    return clock.read();
  }

  /** The buffer that records are decrypted into, with at least so much room. */
  ByteBuffer plaintext(int bytes) {
    ByteBuffer buffer = plaintext;
    int needed = bytes + MessageAssembler.HEADROOM_BYTES;
    if (buffer == null || buffer.capacity() < needed) {
      buffer = ByteBuffer.allocateDirect(needed);
      plaintext = buffer;
    }
    return buffer;
  }

  /**
   * Whether this is the transport's buffer, whose bytes stay where they are until the next turn.
   */
  @SuppressWarnings("ReferenceEquality") // which buffer it is matters, not what it contains
  boolean isReceivingInto(ByteBuffer buffer) {
    return buffer == receiving;
  }

  /**
   * One turn: does what other threads asked for, sends, waits as the idle strategy says, receives,
   * and looks at the deadlines.
   *
   * @return how much there was to do; 0 when nothing
   */
  int poll() throws IOException {
    Thread.interrupted(); // a callback's business; it would close the channels of java.nio
    int work = tasks.run();
    runLater();
    sender.beginTurn();
    boolean mayWait = later.isEmpty() && toSettle.isEmpty();
    long timeout = mayWait ? idle.timeoutNanos(deadlines.nanosToNext(now())) : 0;
    if (timeout != 0 && !tasks.fallAsleep()) {
      timeout = 0;
    }
    clock.beginTurn();
    try {
      work += transport.turn(timeout, this);
    } finally {
      tasks.wakeUp();
      receiving = null;
    }
    boolean punctual = clock.endTurn();
    runLater();
    if (punctual) {
      deadlines.expire(now(), onExpired);
      runLater();
    }
    idle.worked(work);
    return work;
  }

  private void runLater() {
    drainLater();
    settleAll();
    drainLater(); // what the flush has broken
  }

  private void drainLater() {
    for (Runnable next = later.poll(); next != null; next = later.poll()) {
      next.run();
    }
  }

  private void settleAll() {
    if (toSettle.isEmpty()) {
      return;
    }
    sender.flush();
    ArrayList<Outbound> batch = toSettle;
    toSettle = settling;
    settling = batch;
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).settle();
    }
    batch.clear();
  }

  /** Does something after the callback that runs now, and before the loop waits. */
  void later(Connection connection, Runnable task) {
    later.add(
        () -> {
          try {
            task.run();
          } catch (Throwable thrown) {
            broken(connection, thrown);
          }
        });
  }

  void settleLater(Outbound connection) {
    toSettle.add(connection);
  }

  void complete(SendCallback callback, @Nullable Throwable failure) {
    try {
      callback.onComplete(failure);
    } catch (Throwable thrown) {
      Log.callbackThrew(thrown);
    }
  }

  /** Turns until it is stopped, then ends every connection and closes the transport. */
  void run() {
    tasks.begin();
    try {
      while (!tasks.isStopping()) {
        poll();
      }
    } catch (Throwable thrown) {
      Log.loopFailed(thrown);
    } finally {
      end();
    }
  }

  /** Ends every connection and closes the transport. */
  void end() {
    try {
      tasks.stop(); // should it have failed, so that it gets no new connections
      tasks.run();
      registry.terminateAll(new IOException("the event loop has ended"));
      drainLater();
      listeners.close();
    } finally { // whatever broke, nobody is to wait for a loop that has gone
      transport.close();
      tasks.end();
      deflatePool.close();
    }
  }

  // Sockets.

  /** Gives a connection a token, before it has a socket. */
  void register(Connection connection) {
    connection.token = registry.add(connection);
  }

  void adopt(Connection connection, AcceptedSocket socket) throws IOException {
    transport.adopt(connection.token, socket, connection.settings.socket);
    connection.socketOpen = true;
  }

  void connect(Connection connection, SocketAddress address) throws IOException {
    transport.connect(connection.token, address, connection.settings.socket);
    connection.socketOpen = true;
  }

  /** Closes a connection's socket, with a reset or after what was sent before, and its token. */
  void remove(Connection connection, boolean reset) {
    if (connection.socketOpen) {
      sender.leave(connection, reset); // before: what it encrypts now still goes out
      connection.socketOpen = false;
      if (reset) {
        transport.abort(connection.token);
      } else {
        transport.close(connection.token);
      }
    }
    deadlines.cancel(Tokens.slot(connection.token));
    registry.remove(connection.token);
    topics.forget(connection);
  }

  // Deadlines.

  void expire(Outbound connection, long nanos) {
    deadlines.set(Tokens.slot(connection.token), nanos);
  }

  void expireEarlier(Outbound connection, long nanos) {
    deadlines.setEarlier(Tokens.slot(connection.token), nanos);
  }

  private void expired(int slot) {
    Connection connection = registry.at(slot);
    if (connection != null) {
      try {
        connection.stage().expired(now());
      } catch (Throwable thrown) {
        broken(connection, thrown);
      }
    } else {
      listeners.expired(slot);
    }
  }

  /** An error of this library: ends one connection and not the loop. */
  static void broken(Connection connection, Throwable thrown) {
    Log.taskFailed(thrown);
    connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", thrown, true);
  }

  // Completions.

  @Override
  public void accepted(long listenerToken, AcceptedSocket socket) {
    clock.event();
    listeners.accepted(listenerToken, socket, now());
  }

  @Override
  public void acceptFailed(long listenerToken, int errno) {
    clock.event();
    listeners.failed(listenerToken, errno, now());
  }

  @Override
  public void connected(long token, int errno) {
    clock.event();
    Connection connection = registry.find(token);
    if (connection != null) {
      try {
        connection.stage().connected(errno);
      } catch (Throwable thrown) {
        broken(connection, thrown);
      }
    }
  }

  @Override
  public void received(long token, ByteBuffer arena, int index, int length) {
    clock.event();
    Connection connection = registry.find(token);
    if (connection != null) {
      connection.lastReceived = now();
      receiving = arena;
      try {
        connection.received(arena, index, length);
      } catch (Throwable thrown) {
        broken(connection, thrown);
      }
    }
  }

  @Override
  public void unsent(long token, ByteBuffer buffer, int index, int length) {
    Connection connection = registry.find(token);
    if (connection != null) {
      connection.unsent(buffer, index, length);
    }
  }

  @Override
  public void writable(long token) {
    clock.event();
    Connection connection = registry.find(token);
    if (connection != null) {
      connection.writable();
    }
  }

  /**
   * Deals with it after the turn: the application must not send from {@code onClose} while the send
   * arena still holds what other connections are to get in this turn.
   */
  @Override
  public void closed(long token, int errno) {
    registry.closed(token, errno);
    later.add(() -> ended(token, errno));
  }

  private void ended(long token, int errno) {
    Connection connection = registry.find(token);
    if (connection != null) {
      try {
        connection.endOfStream(errno);
      } catch (Throwable thrown) {
        broken(connection, thrown);
      }
    }
  }
}
