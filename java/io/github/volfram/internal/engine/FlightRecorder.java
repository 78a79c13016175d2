package io.github.volfram.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * What is told to the JDK Flight Recorder, if there is one: the module {@code jdk.jfr} may be
 * missing, so nothing else mentions it but {@link FlightEvents}, which is loaded only then. An
 * event that is not recorded costs a comparison and allocates nothing. Any thread.
 */
final class FlightRecorder {

  private static final boolean PRESENT = isPresent();

  private FlightRecorder() {}

  private static boolean isPresent() {
    try {
      Class.forName("jdk.jfr.Event", false, FlightRecorder.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Whether somebody records: before, to load the events would stop the loop for long. */
  private static boolean isOn() {
    return PRESENT && Started.byAnyone();
  }

  private static final class Started {

    static boolean byAnyone() {
      return jdk.jfr.FlightRecorder.isInitialized();
    }
  }

  static void opened(Connection connection) {
    if (isOn()) {
      FlightEvents.opened(connection);
    }
  }

  /** A handshake failed: with an HTTP status, or 0 and a cause. */
  static void handshakeFailed(Connection connection, int status, @Nullable Throwable cause) {
    if (isOn()) {
      FlightEvents.handshakeFailed(connection, status, cause);
    }
  }

  static void closed(Connection connection, int code, String reason, @Nullable Throwable cause) {
    if (isOn()) {
      FlightEvents.closed(connection, code, reason, cause);
    }
  }

  /** More than the soft mark is buffered, and was not before. */
  static void backpressure(Connection connection, long bufferedBytes) {
    if (isOn()) {
      FlightEvents.backpressure(connection, bufferedBytes);
    }
  }

  /** Begins to time a callback; null when that is not recorded. */
  static @Nullable Object beginCallback() {
    return isOn() ? FlightEvents.beginCallback() : null;
  }

  /** Ends what {@link #beginCallback} began. */
  static void endCallback(@Nullable Object began, Connection connection, String callback) {
    if (began != null) {
      FlightEvents.endCallback(began, connection, callback);
    }
  }

  static void stalled(Thread loop, long millis, String callback, String stack) {
    if (isOn()) {
      FlightEvents.stalled(loop, millis, callback, stack);
    }
  }
}
