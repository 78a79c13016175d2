package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.OutboundFullException;
import io.github.volfram.OverflowPolicy;
import io.github.volfram.SendCallback;
import io.github.volfram.WebSocketClosedException;
import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.Opcode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages, from any thread, or does not: keeps what is buffered beneath its cap. What the
 * loop's thread sends is transmitted at once, what others send is queued for it after the bound was
 * checked.
 */
abstract class Admission extends Lifecycle {

  /** What becomes of a message. */
  enum Verdict {
    /** It is sent. */
    TAKEN,
    /** It is dropped, and nothing is left to do for the caller. */
    LOST,
    /** It is not sent; the caller is told, and the callback is not. */
    REFUSED
  }

  private static final AtomicLongFieldUpdater<Admission> QUEUED =
      AtomicLongFieldUpdater.newUpdater(Admission.class, "queuedBytes");

  /** Bytes taken from other threads that the loop has not seen yet. */
  private volatile long queuedBytes;

  /** Whether the connection is given up because its peer reads too slowly. */
  private volatile boolean givenUp;

  Admission(EventLoop loop, ConnectionSettings settings, ConnectionState first) {
    super(loop, settings, first);
  }

  /** Bytes that were taken and that the kernel has not got. */
  final long buffered() {
    return queuedBytes + loopBytes();
  }

  /**
   * Sends a message, or a part of one, from any thread; the payload is sent or copied when this
   * returns.
   *
   * @param key of a message that replaces one which has not begun to leave, or null
   */
  final Verdict send(
      int opcode,
      int flags,
      ByteBuffer payload,
      @Nullable SendCallback callback,
      @Nullable Object key) {
    if (!loop.tasks().isCurrent()) {
      return enqueue(opcode, flags, payload, callback, key);
    }
    Verdict verdict = admit(payload.remaining(), mayLose(opcode, flags), callback, key);
    if (verdict == Verdict.TAKEN) {
      transmit(opcode, flags, payload, callback, key);
      noteSoftMark();
    }
    return verdict;
  }

  /** Sends a message that many get, on the loop's thread; where there is no room it is lost. */
  final void publish(SharedFrame frame, boolean compressed) {
    try {
      Verdict verdict = admitFrame(frame.length(), true, null, null);
      if (verdict == Verdict.TAKEN) {
        transmitShared(frame, compressed);
        noteSoftMark();
      } else if (verdict == Verdict.REFUSED && maySend()) {
        countDropped();
      }
    } catch (Throwable thrown) { // no memory: not now, as others are still to get it
      loop.later((Connection) this, () -> EventLoop.broken((Connection) this, thrown));
    }
  }

  private static boolean mayLose(int opcode, int flags) {
    return !Opcode.isControl(opcode) && (flags & WHOLE) == WHOLE;
  }

  final void noteSoftMark() {
    if (buffered() > settings.softMarkBytes) {
      noteAboveSoftMark();
    }
  }

  private long frameBytes(int length) {
    return FrameEncoder.headerBytes(length, masks()) + (long) length;
  }

  private boolean fits(long buffered, long frame) {
    return buffered == 0 || frame <= settings.hardCapBytes - buffered;
  }

  /**
   * Judges a message of this many bytes on the loop's thread, and tells the callback of one that is
   * lost.
   */
  final Verdict admit(
      int length, boolean mayLose, @Nullable SendCallback callback, @Nullable Object key) {
    return admitFrame(frameBytes(length), mayLose, callback, key);
  }

  private Verdict admitFrame(
      long frame, boolean mayLose, @Nullable SendCallback callback, @Nullable Object key) {
    if (!maySend() || givenUp) {
      return Verdict.REFUSED;
    }
    boolean dropsOldest = mayLose && settings.overflow == OverflowPolicy.DROP_OLDEST;
    long queued = dropsOldest ? 0 : queuedBytes;
    if (fits(queued + loopBytes(), frame)) {
      return Verdict.TAKEN;
    }
    Waiting messages = waiting();
    long replaced = messages == null ? 0 : messages.replacedBytes(key);
    if ((replaced != 0 || makeRoom()) && fits(queued + loopBytes() - replaced, frame)) {
      return Verdict.TAKEN;
    }
    if (dropsOldest && dropFor(frame)) {
      return Verdict.TAKEN;
    }
    return overflow(frame, mayLose, callback);
  }

  /** Drops the oldest messages until a frame fits; false when it would not even then. */
  private boolean dropFor(long frame) {
    Waiting messages = waiting();
    if (messages == null || !fits(wireBytes(), frame)) {
      return false;
    }
    while (!fits(loopBytes(), frame)) {
      Waiting.Message oldest = messages.poll();
      if (oldest == null) {
        return false;
      }
      long bytes = oldest.frameBytes();
      countDropped();
      tell(oldest.callback, () -> full(bytes));
    }
    return true;
  }

  /** There is no room for a message: does as the policy says. */
  private Verdict overflow(long frame, boolean mayLose, @Nullable SendCallback callback) {
    switch (settings.overflow) {
      case CLOSE -> {
        giveUp(frame);
        return Verdict.REFUSED;
      }
      case DROP_NEWEST, DROP_OLDEST -> {
        if (!mayLose) {
          return Verdict.REFUSED;
        }
        tell(callback, () -> full(frame));
        if (loop.tasks().isCurrent()) {
          countDropped();
        } else {
          loop.tasks().execute(this::countDropped);
        }
        return Verdict.LOST;
      }
      default -> {
        return Verdict.REFUSED;
      }
    }
  }

  private void giveUp(long frame) {
    if (!givenUp) {
      givenUp = true;
      OutboundFullException cause = full(frame);
      loop.tasks() // not now: a callback may be at work on what failing gives back
          .execute(
              () -> fail(CloseCode.POLICY_VIOLATION, "what was sent is not being read", cause));
    }
  }

  /** Tells a callback that its message was refused. */
  final void tellRefused(SendCallback callback, int length) {
    tell(callback, () -> refusal(length));
  }

  /** Why a message of this many bytes was refused. */
  final IOException refusal(int length) {
    return maySend() ? full(frameBytes(length)) : closed();
  }

  private static void completeLater(EventLoop loop, SendCallback callback, Exception failure) {
    loop.tasks().execute(() -> loop.complete(callback, failure));
  }

  private void tell(@Nullable SendCallback callback, Supplier<? extends Exception> failure) {
    if (callback != null) {
      completeLater(loop, callback, failure.get());
    }
  }

  private WebSocketClosedException closed() {
    return new WebSocketClosedException(
        "expected an open connection, got one that is "
            + (givenUp ? "given up, as its peer reads too slowly" : state()));
  }

  private OutboundFullException full(long frame) {
    return new OutboundFullException(settings.overflow, frame, buffered(), settings.hardCapBytes);
  }

  private Verdict enqueue(
      int opcode,
      int flags,
      ByteBuffer payload,
      @Nullable SendCallback callback,
      @Nullable Object key) {
    if (!maySend() || givenUp) {
      return Verdict.REFUSED;
    }
    int length = payload.remaining();
    long frame = frameBytes(length);
    boolean mayLose = mayLose(opcode, flags);
    boolean dropsOldest = mayLose && settings.overflow == OverflowPolicy.DROP_OLDEST;
    long queued;
    do {
      queued = queuedBytes;
      boolean room =
          fits(dropsOldest ? queued : queued + loopBytes(), frame)
              || (fits(queued, frame) && replaces(key, frame));
      if (!room) {
        return overflow(frame, mayLose, callback);
      }
    } while (!QUEUED.compareAndSet(this, queued, queued + frame));
    byte[] copy = new byte[length];
    payload.get(payload.position(), copy);
    loop.tasks()
        .execute(
            () -> dequeue(opcode, flags, ByteBuffer.wrap(copy), callback, key, frame, dropsOldest));
    return Verdict.TAKEN;
  }

  /** Whether a message takes the place of one of its key, and there is room for what it adds. */
  private boolean replaces(@Nullable Object key, long frame) {
    Waiting messages = waiting();
    long replaced = messages == null ? 0 : messages.replacedBytes(key);
    return replaced != 0 && fits(loopBytes() - replaced, frame);
  }

  private void dequeue(
      int opcode,
      int flags,
      ByteBuffer payload,
      @Nullable SendCallback callback,
      @Nullable Object key,
      long frame,
      boolean dropsOldest) {
    Verdict verdict = Verdict.LOST;
    try {
      verdict =
          dropsOldest
              ? admit(payload.remaining(), true, callback, key)
              : maySend() ? Verdict.TAKEN : Verdict.REFUSED;
      if (verdict == Verdict.TAKEN) {
        transmit(opcode, flags, payload, callback, key);
      } else if (verdict == Verdict.REFUSED) { // it was taken once
        tell(callback, this::closed);
      }
    } catch (Throwable thrown) { // no memory, a key of the application's: half a frame may be out
      tell(callback, () -> new IOException("cannot send: " + thrown, thrown));
      EventLoop.broken((Connection) this, thrown);
    } finally {
      QUEUED.addAndGet(this, -frame); // now, so that these bytes count at all times
    }
    if (verdict == Verdict.TAKEN) {
      noteSoftMark();
    }
  }
}
