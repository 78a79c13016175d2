package io.github.volfram.internal.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** What the library logs, under the name {@code io.github.volfram}. Any thread. */
final class Log {

  private static final Logger LOGGER = System.getLogger("io.github.volfram");

  private Log() {}

  static void backend(String text) {
    LOGGER.log(Level.INFO, text);
  }

  static void callbackThrew(Throwable thrown) {
    LOGGER.log(Level.WARNING, "a callback of the application threw", thrown);
  }

  static void upgradeFailed(String what, Throwable thrown) {
    LOGGER.log(Level.WARNING, "a request was answered with status 500: " + what, thrown);
  }

  static void tlsFailed(Throwable thrown) {
    LOGGER.log(Level.WARNING, "a connection was dropped since TLS could not be set up", thrown);
  }

  static void acceptFailed(String reason) {
    LOGGER.log(Level.WARNING, "cannot accept connections for now: {0}", reason);
  }

  static void notPinned(int cpu, String why) {
    LOGGER.log(Level.WARNING, "an event loop runs on any CPU and not on CPU " + cpu + ": " + why);
  }

  static void noBusyPoll(String why) {
    LOGGER.log(Level.WARNING, "sockets do not poll their device (SO_BUSY_POLL): " + why);
  }

  static void notPolled() {
    LOGGER.log(
        Level.WARNING,
        "closing was given up: the thread that polls this server or client polls no more");
  }

  static void stalled(String loop, long millis, String callback, StackTraceElement[] stack) {
    Throwable place = new Throwable("where it is now; nothing was thrown");
    place.setStackTrace(stack);
    LOGGER.log(
        Level.WARNING,
        "the event loop " + loop + " has been blocked for " + millis + " ms in " + callback,
        place);
  }

  static void taskFailed(Throwable thrown) {
    LOGGER.log(Level.ERROR, "an error of the library, please report it", thrown);
  }

  static void loopFailed(Throwable thrown) {
    LOGGER.log(
        Level.ERROR,
        "an event loop has failed; its connections and listening sockets are closed",
        thrown);
  }
}
