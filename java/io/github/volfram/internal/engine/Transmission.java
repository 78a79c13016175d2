package io.github.volfram.internal.engine;

import io.github.volfram.OverflowPolicy;
import io.github.volfram.SendCallback;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MessageDeflater;
import io.github.volfram.internal.frame.Opcode;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of messages, on the loop's thread: compresses them, keeps whole ones out of one in
 * parts, and lets those wait that may still be dropped or replaced.
 */
abstract class Transmission extends Outbound {

  /** This frame ends its message. */
  static final int LAST = 1;

  /** This is no part of a message in parts. */
  static final int WHOLE = 2 | LAST;

  /** The message may be compressed. */
  static final int MAY_COMPRESS = 4;

  /** The message is a {@link SharedFrame}, header included. */
  private static final int SHARED = 8;

  /** A shared frame that is compressed. */
  private static final int SHARED_COMPRESSED = SHARED | 16;

  /** How much of what waits is given to the kernel before it is asked whether it took that. */
  private static final int WAITING_BATCH_BYTES = 16 * 1024;

  private @Nullable MessageDeflater deflater;

  /** Whether the peer can read what was compressed for many. */
  private boolean readsShared;

  /** Whether a message in parts is being sent, so that whole ones must wait. */
  private boolean partsOpen;

  /** Whether that message is compressed. */
  private boolean partsCompressed;

  Transmission(EventLoop loop, ConnectionSettings settings) {
    super(loop, settings);
  }

  /** Whether messages that were taken before may still leave. */
  abstract boolean mayFinishSending();

  /** Messages are compressed from now on, with a window of that size. */
  final void deflateWith(MessageDeflater negotiated, int windowBits) {
    deflater = negotiated;
    readsShared = windowBits == Topics.SHARED_WINDOW_BITS;
  }

  /** Whether a message that was compressed for many, with the largest window, may be sent. */
  final boolean readsSharedCompression() {
    return readsShared;
  }

  /** Sends a frame that many get; where it has to wait it is referred to and not copied. */
  final void transmitShared(SharedFrame frame, boolean compressed) {
    int flags = compressed ? SHARED_COMPRESSED : SHARED;
    if (isBacklogged() || mustWait(null)) {
      outbox().waiting(masks()).addShared(flags, frame);
    } else {
      shared(flags, frame.bytes());
    }
  }

  private void shared(int flags, ByteBuffer frame) {
    if (deflater != null && (flags & SHARED_COMPRESSED) == SHARED_COMPRESSED) {
      deflater.release(); // it has not seen what the peer's window now holds, so it begins afresh
    }
    loop.sender().shared(this, frame);
  }

  /** Whether a whole message goes out at once and as it is. */
  final boolean sendsPlainWhole(boolean mayCompress) {
    return (deflater == null || !mayCompress) && !mustWait(null);
  }

  /**
   * Whether a whole message has to wait: for the end of one in parts (§5.4), for those before it,
   * or because it may still be dropped or replaced while the kernel takes nothing.
   */
  private boolean mustWait(@Nullable Object key) {
    if (partsOpen) {
      return true;
    }
    Waiting messages = waiting();
    if (messages != null && !messages.isEmpty()) {
      return true;
    }
    return isBacklogged() && (key != null || settings.overflow == OverflowPolicy.DROP_OLDEST);
  }

  /**
   * Sends a message, or a part of one; the payload is sent or copied when this returns.
   *
   * @param key of a message that replaces one which waits, or null
   */
  final void transmit(
      int opcode,
      int flags,
      ByteBuffer payload,
      @Nullable SendCallback callback,
      @Nullable Object key) {
    boolean whole = (flags & WHOLE) == WHOLE;
    if (Opcode.isControl(opcode)) {
      loop.sender().frame(this, opcode, payload);
    } else if (whole && mustWait(key)) {
      byte[] copy = new byte[payload.remaining()];
      payload.get(payload.position(), copy);
      outbox().waiting(masks()).add(opcode, flags, ByteBuffer.wrap(copy), callback, key);
      return;
    } else {
      if (!partsOpen) {
        commitWaiting(); // they were sent before this message began
      }
      boolean last = (flags & LAST) != 0;
      partsOpen = !last;
      data(opcode, last, (flags & MAY_COMPRESS) != 0, payload);
    }
    if (callback != null) {
      await(callback);
    }
    if (!partsOpen && !whole) {
      sendWaiting();
    }
  }

  private void data(int opcode, boolean last, boolean mayCompress, ByteBuffer payload) {
    MessageDeflater compressor = deflater;
    if (compressor == null) {
      loop.sender().frame(this, last, 0, opcode, payload);
      return;
    }
    boolean first = opcode != Opcode.CONTINUATION;
    if (first) {
      partsCompressed = mayCompress && compressor.begin(payload.remaining());
    }
    if (!partsCompressed) {
      loop.sender().frame(this, last, 0, opcode, payload);
      return;
    }
    ByteBuffer compressed =
        compressor.deflate(payload, payload.position(), payload.remaining(), last);
    loop.sender().frame(this, last, first ? FrameEncoder.RSV1 : 0, opcode, compressed);
    loop.pool().release(compressed);
  }

  @Override
  final void sendWaiting() {
    Waiting messages = waiting();
    while (messages != null
        && !messages.isEmpty()
        && mayFinishSending()
        && !partsOpen
        && !isBacklogged()) {
      sendNext(messages);
      if (wireBytes() >= WAITING_BATCH_BYTES) {
        loop.sender().flush(); // what the kernel does not take is not to be dropped any more
      }
    }
  }

  /**
   * Sends a close frame: after the messages that wait, with which it waits, so that those which are
   * shared are not copied; or between the parts of a message, which stays incomplete.
   *
   * @param callback is called when the kernel has the frame
   */
  final void transmitClose(byte[] payload, @Nullable SendCallback callback) {
    ByteBuffer frame = ByteBuffer.wrap(payload);
    Waiting messages = waiting();
    if (messages == null || messages.isEmpty() || partsOpen) {
      loop.sender().frame(this, Opcode.CLOSE, frame);
      if (callback != null) {
        await(callback);
      }
    } else {
      messages.add(Opcode.CLOSE, WHOLE, frame, callback, null);
      settleLater(); // should nothing be on its way any more
    }
  }

  /** Sends all messages that wait, since something is to come after them. */
  final void commitWaiting() {
    Waiting messages = waiting();
    while (messages != null && !messages.isEmpty() && !partsOpen) {
      sendNext(messages);
    }
  }

  private void sendNext(Waiting messages) {
    Waiting.Message next = Objects.requireNonNull(messages.poll());
    if ((next.flags & SHARED) != 0) {
      shared(next.flags, next.payload);
    } else if (Opcode.isControl(next.opcode)) {
      loop.sender().frame(this, next.opcode, next.payload);
    } else {
      data(next.opcode, true, (next.flags & MAY_COMPRESS) != 0, next.payload);
    }
    if (next.callback != null) {
      await(next.callback);
    }
    settleLater();
  }

  @Override
  final long leavingBytes() {
    return partsOpen ? wireBytes() : loopBytes(); // what waits for parts waits for the application
  }

  @Override
  final void dropBacklog() {
    if (deflater != null) {
      deflater.release();
    }
    super.dropBacklog();
  }
}
