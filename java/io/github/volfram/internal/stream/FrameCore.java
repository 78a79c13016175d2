package io.github.volfram.internal.stream;

import io.github.volfram.FrameStream;
import io.github.volfram.ProtocolException;
import io.github.volfram.StreamOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.WriteOutcome;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.ProtocolViolation;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Frames over one channel, without blocking. Used by one thread at a time. */
public final class FrameCore {

  private final ChannelInput input;
  private final StreamOutput output;
  private final FrameReader reader;
  private boolean ended;

  /** A stream whose opening handshake is complete. */
  public FrameCore(StreamRole role, Port port, ChannelInput input, StreamOptions options) {
    this.input = input;
    this.output = new StreamOutput(port, role, options);
    this.reader = new FrameReader(StreamOutput.frameRole(role), options.maxFrameBytes());
  }

  /** Reads the next frame. */
  public FrameStream.Outcome read() throws IOException {
    reader.next();
    if (ended) {
      return FrameStream.Outcome.CLOSED;
    }
    boolean completed = false;
    try {
      FrameStream.Outcome outcome = readFrame();
      completed = outcome != FrameStream.Outcome.CLOSED;
      return outcome;
    } catch (ProtocolViolation violation) {
      throw fail(violation);
    } finally {
      if (!completed) {
        ended = true;
        reader.release();
        input.release();
      }
    }
  }

  private FrameStream.Outcome readFrame() throws IOException, ProtocolViolation {
    while (true) {
      while (!input.isEmpty()) {
        input.consumed(reader.receive(input.buffer(), input.index(), input.length()));
        if (reader.isComplete()) {
          return FrameStream.Outcome.FRAME;
        }
      }
      int read = input.fill();
      if (read == 0) {
        return FrameStream.Outcome.WOULD_BLOCK;
      }
      if (read == ChannelInput.END) {
        return FrameStream.Outcome.CLOSED;
      }
    }
  }

  private ProtocolException fail(ProtocolViolation violation) {
    ProtocolException failure =
        new ProtocolException(
            String.valueOf(violation.getMessage()), violation.closeCode(), violation.rfcSection());
    try {
      output.close(CloseFrame.encode(violation.closeCode(), ""));
      output.flush();
    } catch (IOException alsoBroken) {
      failure.addSuppressed(alsoBroken);
    }
    return failure;
  }

  /** Whether the frame ends its message. */
  public boolean fin() {
    return reader.fin();
  }

  /** The opcode of the frame. */
  public int opcode() {
    return reader.opcode();
  }

  /** The payload of the frame; a view that is valid until the next read. */
  public ByteBuffer payload() {
    return reader.payload();
  }

  /** Queues a frame. */
  public WriteOutcome write(boolean fin, int opcode, ByteBuffer payload) throws IOException {
    if (opcode < 0 || opcode > 0xF || !Opcode.isDefined(opcode)) {
      throw new IllegalArgumentException("expected opcode 0, 1, 2, 8, 9 or 10, got " + opcode);
    }
    if (Opcode.isControl(opcode)) {
      if (!fin) {
        throw new IllegalArgumentException(
            "expected a control frame that ends its message (RFC 6455 §5.5), got FIN=0");
      }
      ControlFrames.checked(payload);
    }
    return output.write(fin, opcode, payload);
  }

  /** Writes what waits. */
  public WriteOutcome flush() throws IOException {
    return output.flush();
  }

  /** Whether a flush is due when the channel can be written. */
  public boolean wantsWrite() {
    return output.isPending();
  }

  /** How many bytes wait for the channel. */
  public int pendingBytes() {
    return output.pendingBytes();
  }

  /** Whether there may be more to read. */
  public boolean canRead() {
    return !ended;
  }
}
