package io.github.volfram.internal.stream;

import io.github.volfram.Interest;
import io.github.volfram.TlsChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** A non-blocking channel and what is known of it. Used by the thread that drives the stream. */
public final class Port {

  private final ByteChannel channel;
  private final @Nullable TlsChannel tls;

  /**
   * Whether a channel that took or gave less than it could would block now. A socket would, and so
   * would {@link TlsChannel}; another that wraps one may only have come to the end of a record.
   */
  private final boolean shortMeansBlocked;

  /**
   * Wraps a channel.
   *
   * @throws IllegalArgumentException when the channel blocks
   */
  public Port(ByteChannel channel) {
    if (channel instanceof SelectableChannel selectable && selectable.isBlocking()) {
      throw new IllegalArgumentException(
          "the channel must be non-blocking (configureBlocking(false)), not blocking: " + channel);
    }
    this.channel = channel;
    this.tls = channel instanceof TlsChannel secure ? secure : null;
    this.shortMeansBlocked = channel instanceof SelectableChannel || tls != null;
  }

  /** The channel. */
  public ByteChannel channel() {
    return channel;
  }

  /** Whether the channel is known to lack TLS: it is a socket itself. */
  boolean isPlainSocket() {
    return channel instanceof SelectableChannel;
  }

  /** Whether the channel is known to be over TLS. */
  boolean isSecure() {
    return tls != null;
  }

  /** Whether a short read or write says that the channel would block now. */
  public boolean shortMeansBlocked() {
    return shortMeansBlocked;
  }

  /** Reads once. */
  public int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Writes until the buffer is empty or the channel takes no more. */
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      int offered = from.remaining();
      int taken = channel.write(from);
      if (taken == 0 || (taken < offered && shortMeansBlocked)) {
        return;
      }
    }
  }

  /** Passes on what the channel itself holds back; false when it cannot do so now. */
  boolean flush() throws IOException {
    return tls == null || tls.flush();
  }

  /** Whether the channel itself holds something back. */
  boolean holdsBack() {
    return tls != null && tls.wantsWrite();
  }

  /** What to wait for after a read that gave nothing. */
  Interest toRead() {
    return tls == null ? Interest.READ : tls.readInterest();
  }

  /** What to wait for after a write that left something. */
  Interest toWrite() {
    return tls == null ? Interest.WRITE : tls.writeInterest();
  }

  /** What to wait for as bits of a selection key. */
  public int interestOps(boolean reading, boolean writing) {
    return (reading ? toRead().selectionOps() : 0) | (writing ? toWrite().selectionOps() : 0);
  }
}
