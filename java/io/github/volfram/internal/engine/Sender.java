package io.github.volfram.internal.engine;

import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.MaskingKeys;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.Utf8;
import io.github.volfram.internal.transport.CompletionSink;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
  private final PayloadPool pool;
  private final ByteBuffer scratch = ByteBuffer.allocate(FrameEncoder.MAX_HEADER_BYTES);

  /** Buffers of TLS records that the next flush sends, and those that the turn sends. */
  private ArrayList<ByteBuffer> submitted = new ArrayList<>();

  private ArrayList<ByteBuffer> flushing = new ArrayList<>();

  private int position;
  private int runStart;
  private @Nullable Outbound run;
  private int epoch;

  Sender(
      Transport transport,
      CompletionSink sink,
      Masker masker,
      Delivery delivery,
      PayloadPool pool) {
    this.pool = pool;
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
    payOwedPong(to);
    int index = payload.position();
    int length = payload.remaining();
    boolean masked = to.masks();
    int header = FrameEncoder.headerBytes(length, masked);
    to.took((long) header + length);
    if (fin && !Opcode.isControl(opcode)) {
      to.tookMessage();
    }
    if (length >= IN_PLACE_MIN_BYTES && !masked && fin && !to.isBacklogged() && to.tls == null) {
      ByteBuffer base = delivery.frameInPlace(payload, opcode);
      if (base != null) {
        FrameEncoder.putHeader(base, index - header, true, rsv, opcode, length);
        submit(to, base, index - header, header + length);
        return;
      }
    }
    int key = masked ? keys.next() : 0;
    boolean whole = fits(length);
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

  /** Answers the ping that came before what is to be sent now (RFC 6455 §5.5.2). */
  private void payOwedPong(Outbound to) {
    byte[] pong = to.takeOwedPong();
    if (pong != null) {
      frame(to, Opcode.PONG, ByteBuffer.wrap(pong));
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
    if (key == 0 && payload.isDirect() && to.tls == null) {
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

  /** Sends a whole unmasked frame that was encoded before, from 0 to the capacity. */
  void shared(Outbound to, ByteBuffer frame) {
    payOwedPong(to);
    to.took(frame.capacity());
    to.tookMessage();
    pieces(to, frame, 0, frame.capacity(), 0);
  }

  /**
   * Sends text in one frame.
   *
   * @param length of the text in UTF-8, short enough that {@link #fits} is true
   */
  void text(Outbound to, int opcode, String text, int length) {
    payOwedPong(to);
    boolean masked = to.masks();
    int header = FrameEncoder.headerBytes(length, masked);
    if (!enter(to, header + length)) {
      frame(to, opcode, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      return;
    }
    to.took(header + length);
    to.tookMessage();
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
    return length <= PIECE_MAX_BYTES - FrameEncoder.MAX_HEADER_BYTES;
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
      Tls tls = to.tls;
      if (tls == null) {
        transport.submit(to.token, arena, runStart, position - runStart);
      } else {
        tls.send(arena, runStart, position - runStart);
      }
    }
  }

  /** Submits TLS records, from position to limit of a pooled buffer, which becomes ours. */
  void record(Outbound to, ByteBuffer records) {
    int index = records.position();
    int length = records.remaining();
    if (length == 0 || !to.socketOpen) {
      pool.release(records);
    } else if (to.isBacklogged()) {
      to.append(records, index, length, 0, 0);
      pool.release(records);
    } else {
      transport.submit(to.token, records, index, length);
      submitted.add(records);
    }
  }

  private void release(List<ByteBuffer> buffers) {
    for (int i = 0; i < buffers.size(); i++) {
      pool.release(buffers.get(i));
    }
    buffers.clear();
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
    release(flushing); // sent by the turn before
    endRun();
    ArrayList<ByteBuffer> sending = submitted;
    submitted = flushing;
    flushing = sending;
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
    release(flushing);
    release(submitted);
    position = 0;
    epoch++;
  }
}
