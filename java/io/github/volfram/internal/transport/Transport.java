package io.github.volfram.internal.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an event loop asks of the operating system, in completions: epoll, kqueue, io_uring and NIO
 * all fit it.
 *
 * <p>One instance belongs to one event loop. Every method but {@link #wakeup()} may be called by
 * the loop's thread only. A <em>token</em> names a socket; the caller chooses it ({@link Tokens}),
 * the transport hands it back untouched with every completion. A transport may keep tables indexed
 * by the token's slot, so slots are small, dense numbers.
 *
 * <p>An operation on a token that is not open (never opened, or closed) is an {@link
 * IllegalStateException}, never a crash; so is any operation on a closed transport.
 */
public interface Transport extends AutoCloseable {

  /** The most bytes that one socket delivers in one turn, so that no peer starves the others. */
  int MAX_RECEIVE_BYTES = 256 * 1024;

  /** The size of {@link #sendArena()}. */
  int SEND_ARENA_BYTES = 512 * 1024;

  /**
   * The direct buffer that frames are encoded into. Its owner is the event loop, which decides what
   * lies where; the transport only knows how to send from it quickly.
   */
  ByteBuffer sendArena();

  /** Binds a listening socket to an address of its own, as below. */
  default SocketAddress listen(long token, SocketAddress address, int backlog) throws IOException {
    return listen(token, address, backlog, false);
  }

  /**
   * Binds a listening socket and begins to accept.
   *
   * @param reusePort whether other sockets that say so, too, may listen there (SO_REUSEPORT)
   * @return the address bound, with the real port where port 0 was asked for
   * @throws IOException when the address cannot be bound; the message names the address
   */
  SocketAddress listen(long token, SocketAddress address, int backlog, boolean reusePort)
      throws IOException;

  /**
   * Stops or restarts accepting on a listening socket; connections wait in the kernel meanwhile.
   */
  void pauseAccepting(long token, boolean paused);

  /**
   * Begins to connect without blocking; ends in {@link CompletionSink#connected}. The address is
   * resolved.
   *
   * @throws IOException when the attempt fails at once; the token is then not open
   */
  void connect(long token, SocketAddress address, SocketSettings settings) throws IOException;

  /**
   * Takes over an accepted socket, which may come from the transport of another loop of the same
   * backend, and begins to read from it.
   *
   * @throws IOException when the socket cannot be registered; it is then closed
   */
  void adopt(long token, AcceptedSocket socket, SocketSettings settings) throws IOException;

  /**
   * Queues bytes to be sent at the start of the next {@link #turn} or {@link #flush}, after what
   * was queued before for the same token; all of them leave in one system call per token. The
   * region must stay untouched until that call has returned. What the kernel does not take is
   * handed back by {@link CompletionSink#unsent}.
   *
   * @param buffer a direct buffer; absolute positions are used, its position and limit are not read
   */
  void submit(long token, ByteBuffer buffer, int index, int length);

  /**
   * Sends what was submitted; waits at most {@code timeoutNanos} for something to happen (0: does
   * not wait, negative: without limit); accepts; receives at most once from every ready socket.
   *
   * <p>Completions are delivered by calling {@code sink} before this method returns. First come
   * {@code unsent} and {@code closed} of the sends, then the rest. The sink may call every method
   * of this transport except {@code turn}, {@code flush} and {@code close()}; an event of a token
   * that was closed meanwhile may still be delivered, and the sink drops it. A buffer handed to the
   * sink is valid until the sink's method returns; bytes of it that were submitted stay valid until
   * the next turn or flush has returned.
   *
   * @return the number of completions
   */
  int turn(long timeoutNanos, CompletionSink sink) throws IOException;

  /**
   * Lets every later {@link #turn} that may wait look again and again instead of sleeping, so that
   * {@link #wakeup} is no system call.
   *
   * @return whether this transport can; one that cannot sleeps as before
   */
  default boolean spinInsteadOfSleeping() {
    return false;
  }

  /**
   * Sends what was submitted, without waiting or receiving, so that the send arena can be used
   * afresh within a turn. May be called from within a completion. Delivers only {@code unsent} and
   * {@code closed}.
   */
  void flush(CompletionSink sink) throws IOException;

  /**
   * Arms (or disarms) one notification by {@link CompletionSink#writable}, which disarms itself
   * when it has been delivered.
   */
  void awaitWritable(long token, boolean armed);

  /** Stops receiving from this socket; the peer is slowed by the kernel's flow control. */
  void pauseReading(long token);

  /** Receives again after {@link #pauseReading}. */
  void resumeReading(long token);

  /**
   * Half-closes, by the next turn at the latest: the peer reads end of stream after what was sent.
   * Errors are not reported.
   */
  void shutdownOutput(long token);

  /**
   * Closes the socket after what was submitted for it has been offered to the kernel. The token is
   * not open any more when this returns; the descriptor is freed by the next turn at the latest.
   */
  void close(long token);

  /** Closes at once with a reset (SO_LINGER 0), discarding what was submitted. */
  void abort(long token);

  /** The local address, or null when the kernel no longer knows it. */
  @Nullable SocketAddress localAddress(long token);

  /** The peer's address, or null when the kernel no longer knows it. */
  @Nullable SocketAddress remoteAddress(long token);

  /**
   * Makes the current or else the next {@link #turn} return soon. May be called from any thread,
   * and after close (then without effect).
   */
  void wakeup();

  /** Closes every socket and frees all memory. Idempotent. */
  @Override
  void close();
}
