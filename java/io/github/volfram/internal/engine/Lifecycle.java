package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.SendCallback;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.Opcode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The life of a connection, on the loop's thread: its state, its stage, and how it ends. Invariant:
 * the listener hears {@code onOpen} once, and once and last {@code onClose}.
 */
abstract class Lifecycle extends Transmission {

  static final int PAUSED_BY_APPLICATION = 1;
  static final int PAUSED_BY_BACKPRESSURE = 2;

  /** What waits for the application on its own threads has reached its bound. */
  static final int PAUSED_BY_INBOUND = 4;

  /** What follows a request comes before the answer to it. */
  static final int PAUSED_BY_DECISION = 8;

  /** The application asks for each call of its listener, and has not asked for the next one. */
  static final int PAUSED_BY_DEMAND = 16;

  /** The reasons that hold while the peer's close frame is due: what arrives is still wanted. */
  private static final int PAUSES_WHILE_CLOSING = PAUSED_BY_INBOUND | PAUSED_BY_DEMAND;

  /** What the ages of connections are counted in: 67 ms, so that nine years fit. */
  private static final int AGE_SHIFT = 26;

  private volatile ConnectionState state;
  private @Nullable Stage stage;
  private @Nullable WebSocketListener listener;
  private volatile @Nullable String subprotocol;
  private volatile @Nullable UpgradeRequest request;
  private volatile boolean requestWanted;

  /** Why reading is paused: bits, 0 when it is not. */
  private byte pauses;

  /** What the last ping of ours took until its pong; -1 for not known. */
  private volatile int roundTripMicros = -1;

  /** When this was made, in the unit of ages. */
  private final int madeAt;

  /** When the last byte arrived. */
  long lastReceived;

  Lifecycle(EventLoop loop, ConnectionSettings settings, ConnectionState first) {
    super(loop, settings);
    this.state = first;
    this.lastReceived = loop.now();
    this.madeAt = (int) (loop.now() >> AGE_SHIFT);
  }

  /** How long ago this was made. */
  final long ageNanos() {
    return Integer.toUnsignedLong((int) (loop.now() >> AGE_SHIFT) - madeAt) << AGE_SHIFT;
  }

  private Connection self() {
    return (Connection) this;
  }

  final ConnectionState state() {
    return state;
  }

  @Override
  final boolean maySend() {
    return state == ConnectionState.OPEN;
  }

  @Override
  final boolean mayFinishSending() {
    return state.receives(); // the close frame is behind what waits
  }

  final Stage stage() {
    return Objects.requireNonNull(stage);
  }

  final WebSocketListener listener() {
    return Objects.requireNonNull(listener);
  }

  final @Nullable String agreedSubprotocol() {
    return subprotocol;
  }

  final boolean isReadingPaused() {
    return pauses != 0
        && (state != ConnectionState.CLOSED_BY_US || (pauses & PAUSES_WHILE_CLOSING) != 0);
  }

  /**
   * Whether what arrives is not delivered: after {@code close()} the peer's close frame is looked
   * for behind what the application does not want to read (RFC 6455 §7.1.2).
   */
  final boolean discardsMessages() {
    return (pauses & PAUSED_BY_APPLICATION) != 0 && state == ConnectionState.CLOSED_BY_US;
  }

  final UpgradeRequest keptRequest() {
    UpgradeRequest kept = request;
    if (kept == null) {
      throw new IllegalStateException(
          "the request was dropped after onOpen; ask for it there at the latest to keep it");
    }
    requestWanted = true;
    return kept;
  }

  final void measuredRoundTrip(long nanos) {
    roundTripMicros = (int) Math.min(Math.max(nanos, 0) / 1000, Integer.MAX_VALUE);
  }

  /** The last measured time of a round trip, in microseconds; -1 for not known. Any thread. */
  final int roundTripMicros() {
    return roundTripMicros;
  }

  final void become(ConnectionState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " may not become " + next);
    }
    state = next;
  }

  final void enter(Stage next) {
    stage = next;
  }

  /** Bytes have arrived. */
  final void received(ByteBuffer buffer, int index, int length) {
    if (tls == null) {
      deliver(buffer, index, length);
    } else {
      tls.received(buffer, index, length);
    }
  }

  /** Bytes have arrived, of HTTP or of frames. */
  final void deliver(ByteBuffer buffer, int index, int length) {
    countReceived(length);
    stage().received(buffer, index, length);
  }

  /** The peer's stream has ended: in good order (0), or broken by an error. */
  final void endOfStream(int errno) {
    if (tls == null) {
      stage().endOfStream(errno);
    } else {
      tls.endOfStream(errno);
    }
  }

  /** The handshake is complete; {@code next} receives what follows. */
  final void opened(
      Stage next, WebSocketListener told, @Nullable String agreed, UpgradeRequest opening) {
    become(ConnectionState.OPEN);
    stage = next;
    listener = told;
    subprotocol = agreed;
    request = opening;
    loop.expire(this, loop.now() + Math.min(settings.quietNanos(), settings.writeNanos));
    loop.counters.opened();
    FlightRecorder.opened(self());
    try {
      told.onOpen(self());
    } catch (Throwable thrown) {
      callbackThrew(thrown);
    }
    if (!requestWanted) {
      request = null; // it would be most of what an idle connection weighs
    }
  }

  /** A callback threw: this connection ends with 1011 and no other is harmed. */
  final void callbackThrew(Throwable thrown) {
    Log.callbackThrew(thrown);
    fail(CloseCode.INTERNAL_ERROR, "", thrown);
  }

  /** Fails the connection (RFC 6455 §7.1.7). */
  final void fail(int code, String reason, Throwable cause) {
    switch (state) {
      case OPEN -> {
        loop.sender().frame(this, Opcode.CLOSE, ByteBuffer.wrap(closePayload(code, reason)));
        become(ConnectionState.FAILED);
        linger(code, reason, cause, true);
      }
      case CLOSED_BY_US -> { // §5.5.1: nothing is sent after a close frame
        commitWaiting();
        become(ConnectionState.FAILED);
        linger(code, reason, cause, true);
      }
      case CONNECTING, HANDSHAKING -> terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
      case REFUSED, CLOSED_BY_PEER, CLOSE_ACKNOWLEDGED, FAILED, TERMINATED -> {}
    }
  }

  private static byte[] closePayload(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(text.length, CloseFrame.MAX_REASON_BYTES);
    return CloseFrame.encode(code, new String(text, 0, length, StandardCharsets.US_ASCII));
  }

  /**
   * The peer has sent a close frame (§5.5.1); answers it unless ours was first. Code and reason are
   * what the listener is told (§7.1.5, §7.1.6), with no cause: it ended cleanly (§7.1.4).
   */
  final void closedByPeer(int code, String reason) {
    if (state == ConnectionState.OPEN) {
      loop.sender().frame(this, Opcode.CLOSE, ByteBuffer.wrap(CloseFrame.encode(code, "")));
      become(ConnectionState.CLOSED_BY_PEER);
    } else {
      commitWaiting();
      become(ConnectionState.CLOSE_ACKNOWLEDGED);
    }
    linger(code, reason, null, !masks()); // §7.1.1: the server closes the TCP connection first
  }

  /** Answers a refused handshake and closes. */
  final void refuse(byte[] answer, @Nullable Throwable cause) {
    become(ConnectionState.REFUSED);
    int status = (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
    if (status >= 400) { // else it is a page that was asked for
      loop.counters.handshakeFailed();
      FlightRecorder.handshakeFailed(self(), status, cause);
    }
    loop.sender().bytes(this, answer);
    linger(CloseCode.ABNORMAL_CLOSURE, "", cause, true);
  }

  private void linger(int code, String reason, @Nullable Throwable cause, boolean endOutput) {
    stage().release();
    LingerStage next = new LingerStage(self(), code, reason, cause, endOutput);
    stage = next;
    pauses = 0;
    loop.transport().resumeReading(token); // also when it was resumed, but not there yet
    loop.later(self(), next::begin);
  }

  /** Begins the closing handshake (§7.1.2). */
  final void close(byte[] payload) {
    close(payload, null);
  }

  /** The same; calls back when the kernel has the close frame, if one is sent. */
  final void close(byte[] payload, @Nullable SendCallback callback) {
    switch (state) {
      case OPEN -> {
        transmitClose(payload, callback);
        boolean paused = isReadingPaused();
        become(ConnectionState.CLOSED_BY_US);
        loop.expire(this, loop.now() + settings.closeNanos);
        readAgain(paused);
      }
      case CONNECTING, HANDSHAKING -> terminate(CloseCode.ABNORMAL_CLOSURE, "", null, true);
      default -> {}
    }
  }

  /** Drops the connection; the listener is told later, since a callback may have asked for it. */
  final void drop() {
    end(CloseCode.ABNORMAL_CLOSURE, "", null, true, true);
  }

  /** Closes the socket and tells the listener. */
  final void terminate(int code, String reason, @Nullable Throwable cause, boolean reset) {
    end(code, reason, cause, reset, false);
  }

  private void end(
      int code, String reason, @Nullable Throwable cause, boolean reset, boolean tellLater) {
    if (state == ConnectionState.TERMINATED) {
      return;
    }
    boolean opened = state.wasOpened();
    // One that was refused has failed before; one without a cause was given up for another.
    boolean failed = !opened && state != ConnectionState.REFUSED && cause != null;
    Stage last = stage();
    become(ConnectionState.TERMINATED);
    if (opened) {
      loop.counters.closed(cause == null && code != CloseCode.ABNORMAL_CLOSURE);
    } else if (failed) {
      loop.counters.handshakeFailed();
    }
    loop.remove(self(), reset);
    last.release();
    if (tls != null) {
      tls.release();
    }
    dropBacklog();
    AddressLimit addresses = settings.addresses;
    if (addresses != null) {
      addresses.remove(self().remoteAddress());
    }
    if (last.counts()) {
      settings.population.remove();
    }
    if (!opened) {
      if (failed) {
        FlightRecorder.handshakeFailed(self(), 0, cause);
      }
      last.abandoned(cause);
    } else if (tellLater) {
      loop.later(self(), () -> tellClosed(code, reason, cause));
    } else {
      tellClosed(code, reason, cause);
    }
  }

  private void tellClosed(int code, String reason, @Nullable Throwable cause) {
    failPending();
    FlightRecorder.closed(self(), code, reason, cause);
    try {
      listener().onClose(self(), code, reason, cause);
    } catch (Throwable thrown) {
      Log.callbackThrew(thrown);
    }
  }

  @Override
  final void drained() {
    if (state != ConnectionState.TERMINATED) {
      stage().drained();
    }
  }

  @Override
  final void tellBackpressure() {
    FlightRecorder.backpressure(self(), self().bufferedBytes());
    if (settings.pausesAboveSoftMark) {
      stopReading(PAUSED_BY_BACKPRESSURE);
    }
    if (state.receives()) {
      try {
        listener().onBackpressure(self());
      } catch (Throwable thrown) {
        callbackThrew(thrown);
      }
    }
  }

  @Override
  final void tellDrained() {
    startReading(PAUSED_BY_BACKPRESSURE);
    if (state.receives()) {
      try {
        listener().onDrained(self());
      } catch (Throwable thrown) {
        callbackThrew(thrown);
      }
    }
  }

  /** Stops reading for one more reason. */
  final void stopReading(int reason) {
    if (state == ConnectionState.TERMINATED || stage instanceof LingerStage) {
      return;
    }
    boolean paused = isReadingPaused();
    pauses |= (byte) reason;
    if (!paused && isReadingPaused()) {
      loop.transport().pauseReading(token);
    }
  }

  /** A reason to stop reading has ended; reads again when it was the last. */
  final void startReading(int reason) {
    if (pauses == 0 || state == ConnectionState.TERMINATED) {
      return;
    }
    boolean paused = isReadingPaused();
    pauses &= (byte) ~reason;
    readAgain(paused);
  }

  /** Reads again if reading was paused and is not any more. */
  private void readAgain(boolean paused) {
    if (paused && !isReadingPaused()) {
      lastReceived = loop.now();
      loop.later(self(), () -> stage().resumed()); // not within the call: it delivers messages
    }
  }
}
