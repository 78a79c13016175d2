package io.github.volfram.internal.engine;

import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MaskingKeys;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Utf8;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Encodes frames into the loop's send arena. Frames for one connection that follow each other make
 * one <em>run</em>, which is submitted when another connection sends, or when the turn begins: so
 * what a callback sends leaves in one system call. Owned by the loop's thread.
 */
final class Sender {

  /**
   * From this length on a received payload is sent from where it lies instead of being copied. A
   * region of its own costs an entry in the system call's list, about as much as copying this much.
   */
  private static final int IN_PLACE_MIN_BYTES = 2048;

  /** The longest frame that is encoded in one piece; a quarter of the arena. */
  private static final int PIECE_MAX_BYTES = Transport.SEND_ARENA_BYTES / 4;

  private final Transport transport;
  private final CompletionSink sink;
  private final Masker masker;
  private final Delivery delivery;
  private final MaskingKeys keys = new MaskingKeys();
  private final ByteBuffer arena;
  private final ByteBuffer scratch = ByteBuffer.allocate(FrameEncoder.MAX_HEADER_BYTES);

  private int position;
  private int runStart;
  private @Nullable Outbound run;
  private int epoch;

  Sender(Transport transport, CompletionSink sink, Masker masker, Delivery delivery) {
    this.transport = transport;
    this.sink = sink;
    this.masker = masker;
    this.delivery = delivery;
    this.arena = transport.sendArena();
  }

  /** Counts the flushes: what was submitted in an earlier epoch the kernel has got, or we again. */
  int epoch() {
    return epoch;
  }

  /** Sends a whole frame; the payload is sent or copied when this returns. */
  void frame(Outbound to, int opcode, ByteBuffer payload) {
    frame(to, true, 0, opcode, payload);
  }

  /** Sends a frame. */
  void frame(Outbound to, boolean fin, int rsv, int opcode, ByteBuffer payload) {
    int index = payload.position();
    int length = payload.remaining();
    boolean masked = to.masks();
    int header = FrameEncoder.headerBytes(length, masked);
    to.took(header + length);
    if (length >= IN_PLACE_MIN_BYTES && !masked && fin && !to.isBacklogged()) {
      ByteBuffer base = delivery.frameInPlace(payload, opcode);
      if (base != null) {
        FrameEncoder.putHeader(base, index - header, true, rsv, opcode, length);
        submit(to, base, index - header, header + length);
        return;
      }
    }
    int key = masked ? keys.next() : 0;
    boolean whole = header + length <= PIECE_MAX_BYTES;
    if (!enter(to, whole ? header + length : header)) {
      putHeader(scratch, 0, fin, rsv, opcode, length, masked, key);
      to.backlog(scratch, 0, header, 0, 0);
      to.backlog(payload, index, length, key, 0);
      return;
    }
    putHeader(arena, position, fin, rsv, opcode, length, masked, key);
    advance(to, header);
    if (whole) {
      arena.put(position, payload, index, length);
      if (key != 0) {
        masker.mask(arena, position, length, key, 0);
      }
      advance(to, length);
    } else {
      longPayload(to, payload, index, length, key);
    }
  }

  private static void putHeader(
      ByteBuffer into,
      int at,
      boolean fin,
      int rsv,
      int opcode,
      int length,
      boolean masked,
      int key) {
    if (masked) {
      FrameEncoder.putMaskedHeader(into, at, fin, rsv, opcode, length, key);
    } else {
      FrameEncoder.putHeader(into, at, fin, rsv, opcode, length);
    }
  }

  private void longPayload(Outbound to, ByteBuffer payload, int index, int length, int key) {
    if (key == 0 && payload.isDirect()) {
      submit(to, payload, index, length);
      flush();
    } else {
      pieces(to, payload, index, length, key);
    }
  }

  private void pieces(Outbound to, ByteBuffer source, int index, int length, int key) {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, PIECE_MAX_BYTES);
      if (!enter(to, count)) {
        to.backlog(source, index + done, length - done, key, done);
        return;
      }
      arena.put(position, source, index + done, count);
      if (key != 0) {
        masker.mask(arena, position, count, key, done);
      }
      advance(to, count);
      done += count;
    }
  }

  /** Sends bytes as they are: an HTTP message. */
  void bytes(Outbound to, byte[] bytes) {
    to.took(bytes.length);
    pieces(to, ByteBuffer.wrap(bytes), 0, bytes.length, 0);
  }

  /**
   * Sends text in one frame.
   *
   * @param length of the text in UTF-8, short enough that {@link #fits} is true
   */
  void text(Outbound to, int opcode, String text, int length) {
    boolean masked = to.masks();
    int header = FrameEncoder.headerBytes(length, masked);
    if (!enter(to, header + length)) {
      frame(to, opcode, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      return;
    }
    to.took(header + length);
    int key = masked ? keys.next() : 0;
    putHeader(arena, position, true, 0, opcode, length, masked, key);
    Utf8.encode(text, arena, position + header);
    if (key != 0) {
      masker.mask(arena, position + header, length, key, 0);
    }
    advance(to, header + length);
  }

  /** Whether a frame with so long a payload is encoded in one piece. */
  static boolean fits(int length) {
    return FrameEncoder.MAX_HEADER_BYTES + length <= PIECE_MAX_BYTES;
  }

  /**
   * Makes the run this connection's, with room for so many bytes; false when the bytes must be
   * appended to its outbox instead.
   */
  private boolean enter(Outbound to, int bytes) {
    if (arena.capacity() - position < bytes && !to.isBacklogged()) {
      flush();
    }
    if (to.isBacklogged()) {
      byte[] pong = to.takeOwedPong(); // it answers a ping that came before
      if (pong != null) {
        frame(to, Opcode.PONG, ByteBuffer.wrap(pong));
      }
      return false;
    }
    if (run != to) {
      endRun();
      run = to;
      runStart = position;
    }
    return true;
  }

  private void advance(Outbound to, int bytes) {
    position += bytes;
    to.inFlight(bytes, epoch);
  }

  private void submit(Outbound to, ByteBuffer buffer, int index, int length) {
    endRun();
    transport.submit(to.token, buffer, index, length);
    to.inFlight(length, epoch);
  }

  private void endRun() {
    Outbound to = run;
    if (to != null) {
      run = null;
      transport.submit(to.token, arena, runStart, position - runStart);
    }
  }

  /** A connection's socket is about to be closed: submits its run, or drops it. */
  void leave(Outbound leaving, boolean reset) {
    if (run == leaving) {
      if (reset) {
        run = null;
      } else {
        endRun();
      }
    }
  }

  /** Submits what is left, for the turn that follows to send. */
  void beginTurn() {
    endRun();
    position = 0;
    epoch++;
  }

  /** Hands everything to the kernel now; what it does not take goes to the outboxes. */
  void flush() {
    endRun();
    try {
      transport.flush(sink);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    position = 0;
    epoch++;
  }
}
