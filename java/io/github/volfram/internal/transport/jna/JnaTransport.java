package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.AcceptedSocket;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Errno;
import io.github.volfram.internal.transport.SocketSettings;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transport on the native library: each {@link #turn} is one call into C, and so is each {@link
 * #flush}; everything else but listening and connecting is queued for the next of them.
 *
 * <p>Received bytes may be submitted where they lie. They stay there until the sends have been
 * tried: C receives anew only afterwards, and not into an arena that holds bytes which the kernel
 * did not take.
 */
public final class JnaTransport implements Transport {

  /** Two sockets can deliver the most they may in one turn. */
  private static final int RECEIVE_ARENA_BYTES = 2 * MAX_RECEIVE_BYTES + 1024;

  /** io_uring takes a buffer of its own for each socket, however little there is to receive. */
  private static final int URING_ARENA_BYTES = 2 << 20;

  private static final int FIRST_SLOTS = 256;
  private static final int FIRST_SUBMISSIONS = 1024;

  private static final int EADDRNOTAVAIL = 99;
  private static final int EAFNOSUPPORT = 97;

  private final ByteBuffer sendArena = ByteBuffer.allocateDirect(SEND_ARENA_BYTES);
  private final ByteBuffer arena0;
  private final ByteBuffer arena1;
  private final BufferAddresses addresses;
  private final SlotTable slots;
  private final Submissions submissions;
  private final Completions turnCompletions;
  private final Completions flushCompletions;
  private final FlatAddress flatAddress;

  /** Held while the handle is used by {@link #wakeup} and while it becomes invalid. */
  private final Object wakeupLock = new Object();

  /** The native loop; 0 after close. */
  private long loop;

  private boolean spins;
  private boolean inTurn;
  private boolean inFlush;

  /** Opens a native loop with the usual poller, as {@link #JnaTransport(NativePoller)} does. */
  public JnaTransport() {
    this(NativePoller.USUAL);
  }

  /**
   * Opens a native loop. With {@link NativePoller#URING} it belongs to the thread of its first turn
   * or flush.
   *
   * @throws IllegalStateException with the cause, when the native library is not there
   * @throws UncheckedIOException when the kernel refuses (another of) this poller
   */
  public JnaTransport(NativePoller poller) {
    NativeSupport support = NativeSupport.current();
    if (!support.isAvailable()) {
      throw new IllegalStateException(support.unavailabilityCause());
    }
    int arenaBytes = poller == NativePoller.URING ? URING_ARENA_BYTES : RECEIVE_ARENA_BYTES;
    arena0 = ByteBuffer.allocateDirect(arenaBytes);
    arena1 = ByteBuffer.allocateDirect(arenaBytes);
    addresses = new BufferAddresses(sendArena, arena0, arena1);
    slots = new SlotTable(FIRST_SLOTS);
    submissions = new Submissions(FIRST_SUBMISSIONS);
    turnCompletions = new Completions(arena0, arena1);
    flushCompletions = new Completions(arena0, arena1);
    flatAddress = new FlatAddress();
    long opened =
        Volfram.vf_loop_open(
            slots.address(),
            slots.capacity(),
            addresses.of(arena0),
            addresses.of(arena1),
            arenaBytes,
            poller.kind());
    if (opened < 0) {
      throw new UncheckedIOException(
          new IOException("vf_loop_open(" + poller + "): " + Errno.text((int) -opened)));
    }
    loop = opened;
  }

  @Override
  public ByteBuffer sendArena() {
    requireOpen();
    return sendArena;
  }

  @Override
  public SocketAddress listen(long token, SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new IOException("cannot listen on " + address + ": the address is unresolved");
    }
    reserve(token);
    int result = -EAFNOSUPPORT;
    int reuse = reusePort ? 1 : 0;
    boolean dualStack =
        address instanceof InetSocketAddress inet
            && inet.getAddress().isAnyLocalAddress()
            && !Boolean.getBoolean("java.net.preferIPv4Stack");
    if (dualStack) {
      flatAddress.writeWildcard(((InetSocketAddress) address).getPort());
      result = Volfram.vf_listen(loop, token, flatAddress.address(), backlog, reuse);
    }
    if (result == -EAFNOSUPPORT || result == -EADDRNOTAVAIL) {
      flatAddress.write(address);
      result = Volfram.vf_listen(loop, token, flatAddress.address(), backlog, reuse);
    }
    Errno.check("cannot listen on " + address, result);
    SocketAddress bound = localAddress(token);
    return bound == null ? address : bound;
  }

  @Override
  public void pauseAccepting(long token, boolean paused) {
    want(token, SlotTable.READ, !paused);
  }

  @Override
  public void connect(long token, SocketAddress address, SocketSettings settings)
      throws IOException {
    reserve(token);
    flatAddress.write(address);
    int result =
        Volfram.vf_connect(
            loop,
            token,
            flatAddress.address(),
            settings.receiveBufferBytes(),
            settings.sendBufferBytes(),
            settings.tcpNoDelay() ? 1 : 0,
            settings.busyPollMicros());
    if (result < 0) {
      Errno.check("cannot connect to " + address, result);
    }
    if (settings.quickAck()) {
      slots.wantQuickAck(slots.require(token));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Here the registration is queued, so that it costs no call of its own; should the kernel
   * refuse it, {@link CompletionSink#closed} says so.
   */
  @Override
  public void adopt(long token, AcceptedSocket socket, SocketSettings settings) throws IOException {
    if (!(socket instanceof AcceptedDescriptor descriptor)) {
      throw new IllegalArgumentException("not accepted by a native transport: " + socket);
    }
    reserve(token);
    int fd = descriptor.take();
    if (fd == AcceptedDescriptor.TAKEN) {
      throw new IllegalStateException("the socket was adopted or discarded before");
    }
    slots.open(token, fd);
    submissions.register(token, fd, settings);
    if (settings.quickAck()) {
      slots.wantQuickAck(slots.require(token));
    }
  }

  private void reserve(long token) throws IOException {
    requireOpen();
    if (slots.reserve(token)) {
      Errno.check("vf_loop_table", Volfram.vf_loop_table(loop, slots.address(), slots.capacity()));
    }
  }

  @Override
  public void submit(long token, ByteBuffer buffer, int index, int length) {
    requireOpen();
    int slot = slots.require(token);
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("only direct buffers can be submitted");
    }
    Objects.checkFromIndexSize(index, length, buffer.capacity());
    if (slots.phase(slot) == SlotTable.LISTENING) {
      throw new IllegalStateException("slot " + slot + " is a listening socket");
    }
    if (length > 0) {
      submissions.send(slots, slot, token, addresses.of(buffer), buffer, index, length);
    }
  }

  @Override
  public int turn(long timeoutNanos, CompletionSink sink) throws IOException {
    requireOpen();
    if (inTurn || inFlush) {
      throw new IllegalStateException("turn within a completion");
    }
    if (!flushCompletions.isDelivered()) {
      flush(sink); // a sink has thrown while they were delivered
    }
    if (turnCompletions.isDelivered()) {
      turnCompletions.reserve(submissions.count());
      take(turnCompletions, "a turn", callTurn(timeoutNanos));
    }
    inTurn = true;
    try {
      return turnCompletions.deliver(sink);
    } finally {
      inTurn = false;
    }
  }

  private int callTurn(long timeoutNanos) {
    if (spins && timeoutNanos != 0) {
      return Volfram.vf_spin(
          loop,
          submissions.address(),
          submissions.count(),
          turnCompletions.address(),
          turnCompletions.capacity(),
          timeoutNanos < 0 ? Long.MAX_VALUE : timeoutNanos);
    }
    return Volfram.vf_turn(
        loop,
        submissions.address(),
        submissions.count(),
        turnCompletions.address(),
        turnCompletions.capacity(),
        timeoutNanos);
  }

  @Override
  public boolean spinInsteadOfSleeping() {
    requireOpen();
    spins = true;
    return true;
  }

  @Override
  public void flush(CompletionSink sink) throws IOException {
    requireOpen();
    if (inFlush) {
      throw new IllegalStateException("flush within a completion of flush");
    }
    inFlush = true;
    try {
      flushCompletions.deliver(sink);
      if (submissions.count() > 0) {
        flushQuietly();
        flushCompletions.deliver(sink);
      }
    } finally {
      inFlush = false;
    }
  }

  private void flushQuietly() throws IOException {
    flushCompletions.reserve(submissions.count());
    int result =
        Volfram.vf_flush(
            loop,
            submissions.address(),
            submissions.count(),
            flushCompletions.address(),
            flushCompletions.capacity());
    take(flushCompletions, "vf_flush", result);
  }

  private void take(Completions completions, String call, int result) throws IOException {
    try {
      if (result < 0) {
        Errno.check(call, result);
      }
      completions.fill(result, submissions);
    } finally {
      submissions.clear();
    }
  }

  @Override
  public void awaitWritable(long token, boolean armed) {
    want(token, SlotTable.WRITE, armed);
  }

  @Override
  public void pauseReading(long token) {
    want(token, SlotTable.READ, false);
  }

  @Override
  public void resumeReading(long token) {
    want(token, SlotTable.READ, true);
  }

  private void want(long token, int interest, boolean wanted) {
    requireOpen();
    int slot = slots.require(token);
    if (slots.want(slot, interest, wanted)) {
      submissions.interest(token, slots.fd(slot));
    }
  }

  @Override
  public void shutdownOutput(long token) {
    requireOpen();
    submissions.end(slots, slots.require(token), token, Submissions.SHUTDOWN);
  }

  @Override
  public void close(long token) {
    requireOpen();
    int slot = slots.require(token);
    submissions.end(slots, slot, token, Submissions.CLOSE);
    slots.free(slot);
  }

  @Override
  public void abort(long token) {
    requireOpen();
    int slot = slots.require(token);
    submissions.discard(slots, slot, token);
    submissions.end(slots, slot, token, Submissions.ABORT);
    slots.free(slot);
  }

  @Override
  public @Nullable SocketAddress localAddress(long token) {
    requireOpen();
    int fd = slots.fd(slots.require(token));
    return Volfram.vf_local_address(fd, flatAddress.address()) < 0 ? null : flatAddress.read();
  }

  @Override
  public @Nullable SocketAddress remoteAddress(long token) {
    requireOpen();
    int fd = slots.fd(slots.require(token));
    return Volfram.vf_remote_address(fd, flatAddress.address()) < 0 ? null : flatAddress.read();
  }

  @Override
  public void wakeup() {
    synchronized (wakeupLock) {
      if (loop != 0) {
        Volfram.vf_wakeup(loop);
      }
    }
  }

  @Override
  public void close() {
    if (loop == 0) {
      return;
    }
    if (inTurn || inFlush) {
      throw new IllegalStateException("close within a completion");
    }
    try {
      if (submissions.count() > 0) {
        flushQuietly(); // what was closed before is closed by this
      }
    } catch (IOException e) {
      throw new AssertionError("a flush was refused", e);
    } finally {
      turnCompletions.discard();
      synchronized (wakeupLock) {
        long closing = loop;
        loop = 0;
        Volfram.vf_loop_close(closing);
      }
    }
  }

  private void requireOpen() {
    if (loop == 0) {
      throw new IllegalStateException("the transport is closed");
    }
  }
}
