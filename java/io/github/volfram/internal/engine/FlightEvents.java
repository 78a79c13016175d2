package io.github.volfram.internal.engine;

import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of {@link FlightRecorder} as the JDK Flight Recorder knows them. Each has an instance
 * that is only asked whether it is recorded, so that nothing is made when it is not.
 */
final class FlightEvents {

  private static final Opened OPENED = new Opened();
  private static final HandshakeFailed HANDSHAKE_FAILED = new HandshakeFailed();
  private static final Closed CLOSED = new Closed();
  private static final Backpressure BACKPRESSURE = new Backpressure();
  private static final SlowCallback SLOW_CALLBACK = new SlowCallback();
  private static final LoopStalled LOOP_STALLED = new LoopStalled();

  private FlightEvents() {}

  /** What all events of a connection have. */
  @Category({"volfram"})
  @StackTrace(false)
  abstract static class ConnectionEvent extends Event {
    @Label("Role")
    @Nullable String role;

    @Label("Remote Address")
    @Nullable String remoteAddress;

    final void describe(Connection connection) {
      role = connection.settings.role.name().toLowerCase(Locale.ROOT);
      remoteAddress = String.valueOf(connection.remoteAddress());
    }
  }

  @Name("io.github.volfram.Opened")
  @Label("WebSocket Opened")
  @Description("An opening handshake is complete")
  static final class Opened extends ConnectionEvent {
    @Label("Subprotocol")
    @Nullable String subprotocol;
  }

  @Name("io.github.volfram.HandshakeFailed")
  @Label("WebSocket Handshake Failed")
  @Description("A connection could not be made, or its request was refused")
  static final class HandshakeFailed extends ConnectionEvent {
    @Label("HTTP Status")
    @Description("Answered by this server; 0 when there was no answer, and in a client")
    int status;

    @Label("Cause")
    @Nullable String cause;
  }

  @Name("io.github.volfram.Closed")
  @Label("WebSocket Closed")
  @Description("A connection that was open has ended")
  static final class Closed extends ConnectionEvent {
    @Label("Code")
    int code;

    @Label("Reason")
    @Nullable String reason;

    @Label("Cause")
    @Nullable String cause;
  }

  @Name("io.github.volfram.Backpressure")
  @Label("WebSocket Backpressure")
  @Description("More than outboundSoftMarkBytes is buffered for a peer")
  static final class Backpressure extends ConnectionEvent {
    @Label("Buffered")
    @DataAmount
    long bufferedBytes;
  }

  @Name("io.github.volfram.SlowCallback")
  @Label("WebSocket Slow Callback")
  @Description("A callback for a message took longer than the threshold")
  @Threshold("10 ms")
  static final class SlowCallback extends ConnectionEvent {
    @Label("Callback")
    @Nullable String callback;

    @Label("Listener")
    @Nullable Class<?> listener;
  }

  @Name("io.github.volfram.LoopStalled")
  @Label("Event Loop Stalled")
  @Description("A callback has blocked an event loop for longer than stallThreshold")
  @Category({"volfram"})
  @StackTrace(false)
  static final class LoopStalled extends Event {
    @Label("Event Loop")
    @Nullable Thread loop;

    @Label("Blocked For")
    @Timespan(Timespan.MILLISECONDS)
    long blockedMillis;

    @Label("Callback")
    @Nullable String callback;

    @Label("Stack")
    @Nullable String stack;
  }

  static void opened(Connection connection) {
    if (OPENED.isEnabled()) {
      Opened event = new Opened();
      event.describe(connection);
      event.subprotocol = connection.subprotocol();
      event.commit();
    }
  }

  static void handshakeFailed(Connection connection, int status, @Nullable Throwable cause) {
    if (HANDSHAKE_FAILED.isEnabled()) {
      HandshakeFailed event = new HandshakeFailed();
      event.describe(connection);
      event.status = status;
      event.cause = text(cause);
      event.commit();
    }
  }

  static void closed(Connection connection, int code, String reason, @Nullable Throwable cause) {
    if (CLOSED.isEnabled()) {
      Closed event = new Closed();
      event.describe(connection);
      event.code = code;
      event.reason = reason;
      event.cause = text(cause);
      event.commit();
    }
  }

  static void backpressure(Connection connection, long bufferedBytes) {
    if (BACKPRESSURE.isEnabled()) {
      Backpressure event = new Backpressure();
      event.describe(connection);
      event.bufferedBytes = bufferedBytes;
      event.commit();
    }
  }

  static @Nullable Object beginCallback() {
    if (!SLOW_CALLBACK.isEnabled()) {
      return null;
    }
    SlowCallback event = new SlowCallback();
    event.begin();
    return event;
  }

  static void endCallback(Object began, Connection connection, String callback) {
    SlowCallback event = (SlowCallback) began;
    event.end();
    if (event.shouldCommit()) {
      event.describe(connection);
      event.callback = callback;
      event.listener = connection.listener().getClass();
      event.commit();
    }
  }

  static void stalled(Thread loop, long millis, String callback, String stack) {
    if (LOOP_STALLED.isEnabled()) {
      LoopStalled event = new LoopStalled();
      event.loop = loop;
      event.blockedMillis = millis;
      event.callback = callback;
      event.stack = stack;
      event.commit();
    }
  }

  private static @Nullable String text(@Nullable Throwable cause) {
    return cause == null ? null : cause.toString();
  }
}
