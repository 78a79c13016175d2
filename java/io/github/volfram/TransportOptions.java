package io.github.volfram;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which threads and sockets servers and clients use; they are set by {@link
 * ConnectionOptions.Builder}. Immutable; any thread may use it.
 */
public abstract sealed class TransportOptions permits ConnectionOptions {

  private final ConnectionValues values;

  TransportOptions(ConnectionValues values) {
    this.values = values;
  }

  /** Which code polls the sockets. */
  public Backend backend() {
    return values.backend;
  }

  /** What the native backend polls with. */
  public Poller poller() {
    return values.poller;
  }

  /** What an event loop does when nothing is ready. */
  public IdleStrategy idle() {
    return values.idle;
  }

  /** Whether the one event loop has no thread and is turned by its owner's calls of poll. */
  public boolean invoker() {
    return values.invoker;
  }

  /** How many event loops there are, each with one thread. */
  public int loops() {
    return values.loops;
  }

  /** Which CPUs the threads of the event loops are bound to, one after the other; empty for any. */
  public List<Integer> cpus() {
    return values.cpus;
  }

  /** What makes the threads of the event loops, or null for the library's own. */
  public @Nullable ThreadFactory threadFactory() {
    return values.threadFactory;
  }

  /** Whether small segments are sent at once (TCP_NODELAY). */
  public boolean tcpNoDelay() {
    return values.tcpNoDelay;
  }

  /** SO_RCVBUF, or 0 for the system's choice. */
  public int receiveBufferBytes() {
    return values.receiveBufferBytes;
  }

  /** SO_SNDBUF, or 0 for the system's choice. */
  public int sendBufferBytes() {
    return values.sendBufferBytes;
  }

  /** SO_BUSY_POLL; zero for the system's choice. */
  public Duration busyPoll() {
    return values.busyPoll;
  }

  /** Whether what was received is acknowledged at once (TCP_QUICKACK). */
  public boolean quickAck() {
    return values.quickAck;
  }
}
