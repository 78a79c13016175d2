package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.internal.frame.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whole messages of one connection that have not begun to leave, oldest first; behind them at most
 * one close frame. Owned by the loop's thread; {@link #bytes()} and {@link #replacedBytes} are read
 * by any. Invariant: for each key there is at most one message.
 */
final class Waiting {

  /** A message that waits; its payload is its own, and is replaced by that of a later one. */
  static final class Message {
    final @Nullable Object key;
    int opcode;
    int flags;
    ByteBuffer payload;
    @Nullable SendCallback callback;
    private int frameBytes;

    private Message(@Nullable Object key, ByteBuffer payload) {
      this.key = key;
      this.payload = payload;
    }

    int frameBytes() {
      return frameBytes;
    }
  }

  private final boolean masked;
  private final ArrayDeque<Message> messages = new ArrayDeque<>();
  private final ConcurrentHashMap<Object, Message> keyed = new ConcurrentHashMap<>();
  private long bytes;

  Waiting(boolean masked) {
    this.masked = masked;
  }

  /** What the messages will make on the wire if they are not compressed. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** How long the frame is that a message of this key would replace; 0 when there is none. */
  int replacedBytes(@Nullable Object key) {
    Message old = find(key);
    return old == null ? 0 : old.frameBytes;
  }

  private @Nullable Message find(@Nullable Object key) {
    return key == null ? null : keyed.get(key);
  }

  /** Adds a message, or puts it in the place of the one with its key; the payload is ours now. */
  void add(
      int opcode,
      int flags,
      ByteBuffer payload,
      @Nullable SendCallback callback,
      @Nullable Object key) {
    Message message = find(key);
    if (message == null) {
      message = new Message(key, payload);
      if (key != null) {
        keyed.put(key, message); // first of all: a key of the application's may throw
      }
      messages.addLast(message);
    }
    int frame = payload.remaining() + FrameEncoder.headerBytes(payload.remaining(), masked);
    bytes += frame - message.frameBytes;
    message.frameBytes = frame;
    message.opcode = opcode;
    message.flags = flags;
    message.payload = payload;
    message.callback = callback;
  }

  /** Adds a frame that is shared, header included. */
  void addShared(int flags, SharedFrame frame) {
    Message message = new Message(null, frame.bytes());
    message.flags = flags;
    message.frameBytes = frame.length();
    bytes += frame.length();
    messages.addLast(message);
  }

  /** Takes the oldest message, or null when there is none. */
  @Nullable Message poll() {
    Message oldest = discard();
    if (oldest != null && oldest.key != null) {
      keyed.remove(oldest.key);
    }
    return oldest;
  }

  /** The same where nothing is to be replaced any more: asks nothing of the keys. */
  @Nullable Message discard() {
    Message oldest = messages.pollFirst();
    if (oldest != null) {
      bytes -= oldest.frameBytes;
    }
    return oldest;
  }
}
