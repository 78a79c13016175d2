package io.github.volfram.internal.stream;

import io.github.volfram.CloseState;
import io.github.volfram.ProtocolException;
import io.github.volfram.ReadOutcome;
import io.github.volfram.StreamOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.WriteOutcome;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.ProtocolViolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages over one channel: reading, writing and closing without blocking. Used by one thread at a
 * time.
 */
public final class StreamCore {

  /** What is read and thrown away after the last frame that counts, before the end is declared. */
  private static final int MAX_DISCARDED_BYTES = 64 << 10;

  private final StreamRole role;
  private final ChannelInput input;
  private final StreamOutput output;
  private final StreamOptions options;
  private final LongSupplier nanoClock;

  private final MessageReader reader;
  private final MessageWriter writer;

  /** No frame of the peer's counts any more: it has closed, or broken a rule. */
  private boolean discarding;

  private CloseState state = CloseState.ACTIVE;
  private @Nullable Deadline closeDeadline;
  private int discardedBytes;

  /** The code that this side failed the connection with, or 0. */
  private int failureCode;

  /** A stream whose opening handshake is complete. */
  public StreamCore(
      StreamRole role,
      Port port,
      ChannelInput input,
      StreamOptions options,
      @Nullable Compression compression,
      LongSupplier nanoClock) {
    this.role = role;
    this.input = input;
    this.output = new StreamOutput(port, role, options);
    this.options = options;
    this.nanoClock = nanoClock;
    this.reader = new MessageReader(StreamOutput.frameRole(role), options, compression);
    this.writer = new MessageWriter(output, compression);
  }

  /** Where the closing handshake is. */
  public CloseState state() {
    return state;
  }

  /** The peer's close code, or the one that this side failed the connection with, or 1006. */
  public int closeCode() {
    return failureCode != 0 ? failureCode : reader.closeCode();
  }

  /** The reason beside it. */
  public String closeReason() {
    return reader.closeReason();
  }

  /** When this side stops waiting for the peer; null while nobody has closed. */
  public @Nullable Deadline closeDeadline() {
    return state == CloseState.TERMINATED ? null : closeDeadline;
  }

  /** Whether a message would be taken if there is room. */
  public boolean canWrite() {
    return state.canWrite() && output.isOpen();
  }

  /** Whether a flush is due when the channel can be written. */
  public boolean wantsWrite() {
    return output.isPending();
  }

  /** How many bytes wait for the channel. */
  public int pendingBytes() {
    return output.pendingBytes();
  }

  /** Whether what was read last ends its message. */
  public boolean isLast() {
    return reader.isLast();
  }

  /** The payload of what was read last; a view that is valid until the next read. */
  public ByteBuffer payload() {
    return reader.payload();
  }

  /** The same as text, which is known to be UTF-8. */
  public String text() {
    return reader.text();
  }

  /** Reads the next message, control frame or end. */
  public ReadOutcome read() throws IOException {
    reader.next();
    if (state == CloseState.TERMINATED) {
      return ReadOutcome.CLOSED;
    }
    if (closeDeadline != null && closeDeadline.isPast()) {
      return terminate();
    }
    boolean completed = false;
    try {
      ReadOutcome outcome = discarding ? discard() : readFrames();
      completed = true;
      return outcome;
    } catch (ProtocolViolation violation) {
      completed = true;
      throw fail(violation);
    } finally {
      if (!completed) {
        terminate();
      }
    }
  }

  private ReadOutcome readFrames() throws IOException, ProtocolViolation {
    while (true) {
      while (!input.isEmpty()) {
        input.consumed(reader.receive(input.buffer(), input.index(), input.length()));
        ReadOutcome outcome = reader.outcome();
        if (outcome == ReadOutcome.PING) {
          output.answerPing(reader.payload());
        } else if (outcome == ReadOutcome.CLOSE) {
          closeReceived();
        }
        if (outcome != null) {
          return outcome;
        }
      }
      if (output.owesPong()) {
        flushWhileReading();
      }
      int read = input.fill();
      if (read == 0) {
        return ReadOutcome.WOULD_BLOCK;
      }
      if (read == ChannelInput.END) {
        return terminate();
      }
    }
  }

  private void closeReceived() {
    discarding = true;
    if (state == CloseState.ACTIVE) {
      become(CloseState.CLOSED_BY_PEER);
      startClosing();
      output.close(CloseFrame.encode(reader.closeCode(), ""));
      flushWhileReading();
    } else {
      become(CloseState.CLOSE_ACKNOWLEDGED);
    }
  }

  /** After the last frame that counts: sends what is left and waits for the peer to go. */
  private ReadOutcome discard() throws IOException {
    flushWhileReading();
    boolean over = state == CloseState.CLOSE_ACKNOWLEDGED || output.isBroken();
    if (over && role == StreamRole.SERVER) {
      return terminate(); // the server ends the connection first (RFC 6455 §7.1.1)
    }
    while (discardedBytes < MAX_DISCARDED_BYTES) {
      discardedBytes += input.length();
      input.consumed(input.length());
      int read = input.fill();
      if (read == 0) {
        return ReadOutcome.WOULD_BLOCK;
      }
      if (read == ChannelInput.END) {
        return terminate();
      }
    }
    return terminate();
  }

  /**
   * Flushes as a part of reading: a failure is left to the next read to report, since the peer's
   * last messages may still be there.
   */
  private void flushWhileReading() {
    try {
      flush();
    } catch (IOException leftToRead) {
      // The output has given up what waited, and takes nothing more.
    }
  }

  private ProtocolException fail(ProtocolViolation violation) {
    discarding = true;
    if (state == CloseState.ACTIVE) {
      failureCode = violation.closeCode();
      become(CloseState.CLOSED_BY_US);
      startClosing();
      output.close(CloseFrame.encode(violation.closeCode(), ""));
      flushWhileReading();
    }
    return new ProtocolException(
        String.valueOf(violation.getMessage()), violation.closeCode(), violation.rfcSection());
  }

  /** Ends the stream at once. */
  public void abort() {
    if (state != CloseState.TERMINATED) {
      terminate();
    }
  }

  private ReadOutcome terminate() {
    become(CloseState.TERMINATED);
    reader.release();
    input.release();
    output.release();
    return ReadOutcome.CLOSED;
  }

  /** Queues a text message. */
  public WriteOutcome writeText(CharSequence text, boolean mayCompress) throws IOException {
    return writer.text(text, mayCompress);
  }

  /** Queues a text message that is UTF-8 already. */
  public WriteOutcome writeTextUtf8(ByteBuffer utf8) throws IOException {
    return writer.textUtf8(utf8);
  }

  /** Queues a binary message. */
  public WriteOutcome writeBinary(ByteBuffer bytes, boolean mayCompress) throws IOException {
    return writer.binary(bytes, mayCompress);
  }

  /** Queues a part of a text message. */
  public WriteOutcome writeTextPart(ByteBuffer utf8, boolean last) throws IOException {
    return writer.textPart(utf8, last);
  }

  /** Queues a part of a binary message. */
  public WriteOutcome writeBinaryPart(ByteBuffer bytes, boolean last) throws IOException {
    return writer.binaryPart(bytes, last);
  }

  /** Queues a ping. */
  public WriteOutcome ping(ByteBuffer bytes) throws IOException {
    return output.write(true, Opcode.PING, ControlFrames.checked(bytes));
  }

  /** Queues a pong that nobody asked for. */
  public WriteOutcome pong(ByteBuffer bytes) throws IOException {
    return output.write(true, Opcode.PONG, ControlFrames.checked(bytes));
  }

  /** Writes what waits. */
  public WriteOutcome flush() throws IOException {
    WriteOutcome outcome = output.flush();
    if (outcome == WriteOutcome.SENT && state == CloseState.CLOSED_BY_PEER) {
      become(CloseState.CLOSE_ACKNOWLEDGED);
    }
    return outcome;
  }

  /** Flushes after a write that took the message. */
  public WriteOutcome flushAfter(WriteOutcome written) throws IOException {
    return written == WriteOutcome.QUEUED ? flush() : written;
  }

  /** Begins the closing handshake. */
  public WriteOutcome close(int code, String reason) throws IOException {
    byte[] frame = ControlFrames.closeByApplication(code, reason);
    if (!canWrite()) {
      return WriteOutcome.CLOSED;
    }
    become(CloseState.CLOSED_BY_US);
    startClosing();
    output.close(frame);
    return flush();
  }

  private void startClosing() {
    closeDeadline = new Deadline(nanoClock, options.closeTimeout());
  }

  private void become(CloseState next) {
    if (!mayFollow(next, state)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
  }

  private static boolean mayFollow(CloseState next, CloseState before) {
    return switch (next) {
      case ACTIVE -> false;
      case CLOSED_BY_US, CLOSED_BY_PEER -> before == CloseState.ACTIVE;
      case CLOSE_ACKNOWLEDGED ->
          before == CloseState.CLOSED_BY_US || before == CloseState.CLOSED_BY_PEER;
      case TERMINATED -> before != CloseState.TERMINATED;
    };
  }
}
