package io.github.volfram;

import io.github.volfram.internal.stream.ChannelInput;
import io.github.volfram.internal.stream.FrameCore;
import io.github.volfram.internal.stream.Port;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * Bare frames over a non-blocking channel, for those who want to see or to make each frame
 * themselves (RFC 6455 §5.2). Only single frames are judged: no pong is sent by itself, no close
 * frame is answered, and neither the order of fragments nor UTF-8 is checked. There is no
 * compression: the reserved bits must be 0.
 *
 * <p>Never blocks, has no thread of its own, and is used by one thread at a time. The channel stays
 * the caller's to close. {@link StreamHandshake#frames} gives one.
 */
public final class FrameStream {

  /** What one {@link #read} came to. */
  public enum Outcome {
    /** A whole frame: see {@link #fin}, {@link #opcode}, {@link #payload}. */
    FRAME,
    /** There is no whole frame now: wait for what {@link #interestOps} says. */
    WOULD_BLOCK,
    /** The peer closed the connection, or broke a rule before: close the channel. */
    CLOSED
  }

  private final Port port;
  private final FrameCore core;

  FrameStream(StreamRole role, Port port, ChannelInput input, StreamOptions options) {
    this.port = port;
    this.core = new FrameCore(role, port, input, options);
  }

  /**
   * A stream over a connection whose opening handshake somebody else made.
   *
   * @param bytesAlreadyRead the bytes that came behind the handshake, from position to limit;
   *     copied, and possibly none
   * @throws IllegalArgumentException when the channel blocks
   */
  public static FrameStream fromPartiallyRead(
      ByteChannel channel, StreamRole role, ByteBuffer bytesAlreadyRead, StreamOptions options) {
    Port port = new Port(channel);
    ChannelInput input = new ChannelInput(port, options.readBufferBytes());
    input.prefill(bytesAlreadyRead);
    return new FrameStream(role, port, input, options);
  }

  /**
   * Reads the next frame, if the whole of it is there.
   *
   * @throws ProtocolException when the peer broke a rule (RFC 6455 §5.2, §5.5), or its frame is
   *     longer than {@link StreamOptions#maxFrameBytes}; a close frame with the right code is
   *     queued and flushed as far as the channel takes it
   * @throws IOException when the channel failed
   */
  public Outcome read() throws IOException {
    return core.read();
  }

  /** Whether the frame that was read last ends its message. */
  public boolean fin() {
    return core.fin();
  }

  /** The opcode of the frame that was read last: 0, 1, 2, 8, 9 or 10. */
  public int opcode() {
    return core.opcode();
  }

  /** The payload of the frame that was read last; a read-only view, valid until the next read. */
  public ByteBuffer payload() {
    return core.payload();
  }

  /**
   * Queues a frame, and flushes when more than {@link StreamOptions#writeBufferBytes} are pending.
   *
   * @param fin whether it ends its message
   * @param opcode 0, 1, 2, 8, 9 or 10
   * @param payload from position to limit, which are not changed; copied
   * @throws IllegalArgumentException for another opcode, and for a control frame that is a fragment
   *     or longer than 125 bytes (RFC 6455 §5.5)
   * @throws IOException when the channel failed
   */
  public WriteOutcome write(boolean fin, int opcode, ByteBuffer payload) throws IOException {
    return core.write(fin, opcode, payload);
  }

  /** Queues a frame as {@link #write} does and flushes. */
  public WriteOutcome send(boolean fin, int opcode, ByteBuffer payload) throws IOException {
    WriteOutcome written = core.write(fin, opcode, payload);
    return written == WriteOutcome.QUEUED ? core.flush() : written;
  }

  /**
   * Writes what is pending, as far as the channel takes it.
   *
   * @return SENT when nothing is left, WOULD_BLOCK when something is, CLOSED after a failure
   * @throws IOException when the channel failed
   */
  public WriteOutcome flush() throws IOException {
    return core.flush();
  }

  /** Whether bytes are pending, so that a flush is due when the channel can be written. */
  public boolean wantsWrite() {
    return core.wantsWrite();
  }

  /** How many bytes are pending, headers included. */
  public int pendingBytes() {
    return core.pendingBytes();
  }

  /** What to wait for, for {@link java.nio.channels.SelectionKey#interestOps(int)}. */
  public int interestOps() {
    return port.interestOps(core.canRead(), core.wantsWrite());
  }

  /** The channel. */
  public ByteChannel channel() {
    return port.channel();
  }
}
